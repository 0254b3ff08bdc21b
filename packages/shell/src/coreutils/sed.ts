/**
 * Edits lines by a script.
 *
 * @see sed(1)
 */
import { S_IFMT, S_IFREG } from "@effix/kernel/abi/FileMode"
import { O_CREAT, O_EXCL, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import { BufferedWriter } from "../BufferedWriter.js"
import * as Directory from "../Directory.js"
import * as Latin1 from "../Latin1.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"
import { Input } from "./sedInput.js"
import { Machine, Output } from "./sedMachine.js"
import * as Script from "./sedScript.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... {script-only-if-no-other-script} [input-file]...",
  does: "Edit lines of text by a script.",
  short: "bsnrzuEe:f:l:i::",
  long: {
    "expression=": "e",
    "file=": "f",
    "in-place=?": "i",
    "line-length=": "l",
    "null-data": "z",
    quiet: "n",
    "regexp-extended": "E",
    separate: "s",
    silent: "n",
    unbuffered: "u"
  },
  failure: 1
}

function* scriptFile(run: Utility.Run, path: string): Steps<string> {
  const fd = path === "-" ? 0 : yield* attempt(run.sys.open(path, 0))
  if (Errno.isErrno(fd)) return yield* run.die(`couldn't open file ${path}: ${Errno.text(fd._tag)}`)
  const buffer = new Uint8Array(65_536)
  let text = ""
  while (true) {
    const count = yield* attempt(run.sys.read(fd, buffer))
    if (Errno.isErrno(count)) return yield* run.die(`read error on ${path}: ${Errno.text(count._tag)}`)
    if (count === 0) break
    text += Latin1.decode(buffer, 0, count)
  }
  yield* run.close(fd)
  return text.endsWith("\n") ? text.slice(0, -1) : text
}

/** Where the old file goes: `*` in the suffix stands for its name. */
const backup = (path: string, suffix: string): string => {
  const name = Directory.baseName(path)
  const renamed = suffix.includes("*") ? suffix.replaceAll("*", name) : name + suffix
  return renamed.includes("/") ? renamed : path.slice(0, path.length - name.length) + renamed
}

/** Writes what the script makes of a file beside it, and puts that in its place. */
function* inPlace(run: Utility.Run, machine: Machine, path: string, suffix: string, end: number): Steps<void> {
  const { sys } = run
  const stat = yield* run.stat(path)
  if (Errno.isErrno(stat)) {
    run.status = 2
    return yield* run.warn(`can't read ${path}: ${Errno.text(stat._tag)}`)
  }
  if ((stat.mode & S_IFMT) !== S_IFREG) {
    run.status = 4
    return yield* run.warn(`couldn't edit ${path}: not a regular file`)
  }
  const beside = `${path}.sed${yield* sys.getpid()}`
  const fd = yield* attempt(sys.open(beside, O_WRONLY | O_CREAT | O_EXCL, stat.mode & 0o7777))
  if (Errno.isErrno(fd)) return yield* run.die(`couldn't open temporary file ${beside}: ${Errno.text(fd._tag)}`, 4)
  const out = new Output(new BufferedWriter(sys, fd), String.fromCharCode(end))
  yield* machine.over(new Input(run, [path], end), out)
  yield* machine.flush()
  yield* attempt(sys.fchmod(fd, stat.mode & 0o7777))
  yield* attempt(sys.fchown(fd, stat.uid, stat.gid))
  yield* run.close(fd)
  if (suffix !== "") yield* attempt(sys.rename(path, backup(path, suffix)))
  const renamed = yield* attempt(sys.rename(beside, path))
  if (Errno.isErrno(renamed)) return yield* run.die(`cannot rename ${beside}: ${Errno.text(renamed._tag)}`, 4)
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  let script: string | undefined
  let extended = false
  let quiet = false
  let separate = false
  let suffix: string | undefined
  let delimiter = 10
  let unbuffered = false
  let width = 70
  for (const { key, value } of options) {
    if (key === "e") script = (script === undefined ? "" : `${script}\n`) + Latin1.fromText(value)
    else if (key === "f") script = (script === undefined ? "" : `${script}\n`) + (yield* scriptFile(run, value))
    else if (key === "E" || key === "r") extended = true
    else if (key === "n") quiet = true
    else if (key === "s") separate = true
    else if (key === "i") {
      suffix = value
      separate = true
    } else if (key === "z") delimiter = 0
    else if (key === "u") unbuffered = true
    else if (key === "l") {
      if (!/^\d+$/.test(value)) return yield* run.die(`invalid line length: ${value}`)
      // As 0 does, 1 says that lines are not folded.
      width = value === "1" ? 0 : Number(value)
    }
  }
  let paths = operands
  if (script === undefined) {
    const [text, ...rest] = operands
    if (text === undefined) return yield* run.misuse()
    script = Latin1.fromText(text)
    paths = rest
  }
  if (script.startsWith("#n\n") || script === "#n") quiet = true
  const commands = Script.parse(script, { extended })
  if (commands instanceof Script.BadScript) {
    if (commands.at === undefined) return yield* run.die(commands.text, 4)
    return yield* run.die(`-e expression #1, char ${commands.at}: ${commands.text}`)
  }
  if (paths.length === 0 && suffix !== undefined) return yield* run.die("no input files", 4)
  if (paths.length === 0) paths = ["-"]
  const machine = new Machine(run, commands, { quiet, delimiter, width, unbuffered })
  yield* machine.prepare()
  for (const group of separate ? paths.map((path) => [path]) : [paths]) {
    if (suffix !== undefined) yield* inPlace(run, machine, group[0]!, suffix, delimiter)
    else yield* machine.over(new Input(run, group, delimiter), machine.out)
    if (machine.quit !== undefined) break
  }
  yield* machine.flush()
  return machine.quit === undefined || machine.quit === 0 ? run.status : machine.quit
})
