/**
 * Changes timestamps, and makes files that are not there.
 *
 * @see touch(1)
 */
import { AT_FDCWD, AT_SYMLINK_NOFOLLOW } from "@effix/kernel/abi/Fcntl"
import { O_CREAT, O_NOCTTY, O_NONBLOCK, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import * as DateText from "../DateText.js"
import * as Quote from "../Quote.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... FILE...",
  does: "Update the access and modification times of each FILE; a FILE that does not exist is created empty.",
  short: "acd:fhmr:t:",
  long: {
    "time=": "time",
    "no-create": "c",
    "date=": "d",
    "reference=": "r",
    "no-dereference": "h"
  }
}

interface Times {
  readonly access: bigint | "now" | "omit"
  readonly modification: bigint | "now" | "omit"
}

interface Asked {
  which: "both" | "access" | "modification"
  create: boolean
  follow: boolean
  times: Times
}

const accessWords = ["access", "atime", "use"]
const modificationWords = ["modify", "mtime"]

function* one(run: Utility.Run, path: string, asked: Asked): Steps<void> {
  const access = asked.which === "modification" ? "omit" : asked.times.access
  const modification = asked.which === "access" ? "omit" : asked.times.modification
  if (path === "-") {
    const error = yield* attempt(run.sys.futimens(1, access, modification))
    if (Errno.isErrno(error)) yield* run.failDoing("setting times of", path, error)
    return
  }
  let opened: number | Errno.Any | undefined
  if (asked.create && asked.follow) {
    opened = yield* attempt(run.sys.open(path, O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY, 0o666))
    if (typeof opened === "number") yield* attempt(run.sys.close(opened))
  }
  const flags = asked.follow ? 0 : AT_SYMLINK_NOFOLLOW
  const error = yield* attempt(run.sys.utimensat(AT_FDCWD, path, access, modification, flags))
  if (!Errno.isErrno(error)) return
  if (error._tag === "ENOENT" && !asked.create) return
  if (Errno.isErrno(opened) && opened._tag !== "EISDIR") yield* run.failDoing("cannot touch", path, opened)
  else yield* run.failDoing("setting times of", path, error)
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  let access = false
  let modification = false
  let reference: string | undefined
  let date: string | undefined
  let stamp: string | undefined
  const asked: Asked = { which: "both", create: true, follow: true, times: { access: "now", modification: "now" } }
  for (const { key, value } of options) {
    if (key === "a" || (key === "time" && accessWords.includes(value))) access = true
    else if (key === "m" || (key === "time" && modificationWords.includes(value))) modification = true
    else if (key === "time") return yield* run.misuse(`invalid argument ${Quote.value(value)} for '--time'`)
    else if (key === "c") asked.create = false
    else if (key === "h") asked.follow = false
    else if (key === "r") reference = value
    else if (key === "d") date = value
    else if (key === "t") stamp = value
  }
  if (access !== modification) asked.which = access ? "access" : "modification"
  if (stamp !== undefined && (date !== undefined || reference !== undefined)) {
    return yield* run.misuse("cannot specify times from more than one source")
  }
  if (reference !== undefined) {
    const stat = yield* asked.follow ? run.stat(reference) : run.lstat(reference)
    if (Errno.isErrno(stat)) {
      return yield* run.die(`failed to get attributes of ${Quote.quoted(reference)}: ${Errno.text(stat._tag)}`)
    }
    asked.times = { access: stat.atime, modification: stat.mtime }
  }
  const now = yield* run.sys.clockGettime("realtime")
  const text = date ?? stamp
  if (text !== undefined) {
    const base = typeof asked.times.modification === "bigint" ? asked.times.modification : now
    const time = date === undefined ? DateText.parseStamp(text, now) : DateText.parse(text, base)
    if (time === undefined) return yield* run.die(`invalid date format ${Quote.value(text)}`)
    asked.times = { access: time, modification: time }
  }
  if (operands.length === 0) return yield* run.misuse("missing file operand")
  for (const path of operands) yield* one(run, path, asked)
})
