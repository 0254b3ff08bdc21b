/**
 * Changes owners and groups.
 *
 * @see chown(1)
 * @see chgrp(1)
 */
import { isDirectory } from "@effix/kernel/abi/FileMode"
import * as Errno from "@effix/kernel/Errno"
import type { Stat } from "@effix/kernel/Inode"
import * as Accounts from "../Accounts.js"
import * as Directory from "../Directory.js"
import { last } from "../Options.js"
import * as Quote from "../Quote.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const common = {
  short: "HLPRcfhv",
  long: {
    changes: "c",
    dereference: "dereference",
    "from=": "from",
    "no-dereference": "h",
    "no-preserve-root": "no-preserve-root",
    "preserve-root": "preserve-root",
    quiet: "f",
    recursive: "R",
    "reference=": "reference",
    silent: "f",
    verbose: "v"
  }
}

interface How {
  /** -1 leaves an id as it is. */
  readonly uid: number
  readonly gid: number
  readonly from: { readonly uid: number; readonly gid: number }
  readonly recursive: boolean
  readonly follow: boolean
  readonly through: "none" | "operands" | "all"
  readonly quiet: boolean
  readonly say: "nothing" | "changes" | "all"
  readonly group: boolean
  readonly accounts: Accounts.Accounts
}

/** `user:group`, with either missing; a text is a complaint. */
const readOwner = (text: string, accounts: Accounts.Accounts): { uid: number; gid: number } | string => {
  const separator = text.includes(":") ? ":" : accounts.uid(text) === undefined && text.includes(".") ? "." : undefined
  const at = separator === undefined ? -1 : text.indexOf(separator)
  const user = at < 0 ? text : text.slice(0, at)
  const group = at < 0 ? undefined : text.slice(at + 1)
  const uid = user === "" ? -1 : accounts.uid(user)
  if (uid === undefined) return `invalid user: ${Quote.value(text)}`
  if (group === undefined) return { uid, gid: -1 }
  if (group === "") {
    const login = accounts.users.find((account) => account.id === uid)
    return user === ""
      ? { uid, gid: -1 }
      : login === undefined
      ? `invalid spec: ${Quote.value(text)}`
      : { uid, gid: login.gid }
  }
  const gid = accounts.gid(group)
  return gid === undefined ? `invalid group: ${Quote.value(text)}` : { uid, gid }
}

const shownOwner = (how: How, uid: number, gid: number): string => {
  const user = uid < 0 ? "" : how.accounts.userName(uid) ?? String(uid)
  const group = gid < 0 ? "" : how.accounts.groupName(gid) ?? String(gid)
  return how.group ? group : uid < 0 ? `:${group}` : gid < 0 ? user : `${user}:${group}`
}

const describe = (run: Utility.Run, path: string, how: How, stat: Stat): void => {
  const changed = (how.uid >= 0 && how.uid !== stat.uid) || (how.gid >= 0 && how.gid !== stat.gid)
  if (how.say === "nothing" || (how.say === "changes" && !changed)) return
  const what = how.group ? "group" : "ownership"
  const old = shownOwner(how, how.uid < 0 ? -1 : stat.uid, how.gid < 0 ? -1 : stat.gid)
  run.out.line(
    changed
      ? `changed ${what} of ${Quote.quoted(path)} from ${old} to ${shownOwner(how, how.uid, how.gid)}`
      : `${what} of ${Quote.quoted(path)} retained as ${old}`
  )
}

function* one(run: Utility.Run, path: string, how: How, operand: boolean): Steps<void> {
  const direct = how.follow && (!how.recursive || how.through === "all" || (operand && how.through === "operands"))
  const stat = yield* direct ? run.stat(path) : run.lstat(path)
  if (Errno.isErrno(stat)) {
    run.status = 1
    if (!how.quiet) {
      yield* run.failDoing(
        direct && !Errno.isErrno(yield* run.lstat(path)) ? "cannot dereference" : "cannot access",
        path,
        stat
      )
    }
    return
  }
  const asked = (how.from.uid < 0 || how.from.uid === stat.uid) && (how.from.gid < 0 || how.from.gid === stat.gid)
  if (asked) {
    const followed = direct || (how.follow && how.through !== "none") || (how.recursive && isDirectory(stat.mode))
    const error = yield* attempt(
      followed ? run.sys.chown(path, how.uid, how.gid) : run.sys.lchown(path, how.uid, how.gid)
    )
    if (Errno.isErrno(error)) {
      run.status = 1
      if (!how.quiet) yield* run.failDoing(`changing ${how.group ? "group" : "ownership"} of`, path, error)
    } else describe(run, path, how, stat)
  }
  if (!how.recursive || !isDirectory(stat.mode)) return
  const entries = yield* Directory.list(run.sys, path)
  if (Errno.isErrno(entries)) return yield* run.failDoing("cannot read directory", path, entries)
  for (const { name } of entries) yield* one(run, Directory.join(path, name), how, false)
}

const make = (group: boolean) => {
  const what = group ? "GROUP" : "[OWNER][:[GROUP]]"
  const utility: Utility.Utility = {
    ...common,
    usage: `[OPTION]... ${what} FILE...\n[OPTION]... --reference=RFILE FILE...`,
    does: `Change the ${group ? "group" : "owner and/or group"} of each FILE.`
  }
  return Utility.make(utility, function*(run, { operands, options }) {
    const accounts = yield* Accounts.load(run.sys)
    const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
    const reference = last(options, "reference")?.value
    const paths = reference === undefined ? operands.slice(1) : operands
    if (paths.length === 0) {
      return yield* operands[0] === undefined
        ? run.missingOperand()
        : run.missingOperand(operands[0])
    }
    let owner: { uid: number; gid: number } | string
    if (reference !== undefined) {
      const stat = yield* run.stat(reference)
      if (Errno.isErrno(stat)) {
        return yield* run.die(`failed to get attributes of ${Quote.quoted(reference)}: ${Errno.text(stat._tag)}`)
      }
      owner = { uid: group ? -1 : stat.uid, gid: stat.gid }
    } else if (group) {
      const gid = operands[0] === "" ? -1 : accounts.gid(operands[0]!)
      owner = gid === undefined ? `invalid group: ${Quote.value(operands[0]!)}` : { uid: -1, gid }
    } else owner = readOwner(operands[0]!, accounts)
    if (typeof owner === "string") return yield* run.die(owner)
    const spec = options.find(({ key }) => key === "from")?.value
    const from = spec === undefined ? { uid: -1, gid: -1 } : readOwner(spec, accounts)
    if (typeof from === "string") return yield* run.die(from)
    const through = last(options, "H", "L", "P")?.key
    const how: How = {
      ...owner,
      from,
      recursive: has("R"),
      follow: !has("h"),
      through: through === "H" ? "operands" : through === "L" ? "all" : "none",
      quiet: has("f"),
      say: has("v") ? "all" : has("c") ? "changes" : "nothing",
      group,
      accounts
    }
    for (const path of paths) yield* one(run, path, how, true)
  })
}

export const main = make(false)
export const chgrp = make(true)
