/**
 * Makes the changes that a difference describes.
 *
 * @see patch(1)
 */
import * as FileMode from "@effix/kernel/abi/FileMode"
import { O_RDWR } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import type { Stat } from "@effix/kernel/Inode"
import { BufferedWriter } from "../BufferedWriter.js"
import * as Directory from "../Directory.js"
import * as Latin1 from "../Latin1.js"
import { LineReader } from "../LineReader.js"
import * as Options from "../Options.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"
import { Application, contextOf, format, type Placed } from "./patchApply.js"
import { fatal, readWhole, writeAnew } from "./patchFiles.js"
import { type BadPatch, type Change, parse, type Patch, reversed } from "./patchParse.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [ORIGFILE [PATCHFILE]]",
  does: "Apply a diff file to an original.",
  short: "bB:cd:D:eEfF:g:i:lnNo:p:r:RstTuvV:Y:z:Z",
  long: {
    backup: "b",
    batch: "t",
    binary: "binary",
    "directory=": "d",
    "dry-run": "dry-run",
    force: "f",
    forward: "N",
    "fuzz=": "F",
    "ignore-whitespace": "l",
    "input=": "i",
    "no-backup-if-mismatch": "no-backup",
    normal: "n",
    "output=": "o",
    posix: "posix",
    quiet: "s",
    "reject-file=": "r",
    "remove-empty-files": "E",
    reverse: "R",
    silent: "s",
    "strip=": "p",
    "suffix=": "z",
    unified: "u",
    verbose: "verbose"
  },
  failure: 2,
  namedHint: true
}

interface Asked {
  readonly given: (key: string) => boolean
  readonly file: string | undefined
  readonly output: string | undefined
  readonly rejects: string | undefined
  readonly strip: number | undefined
  readonly fuzz: number
  readonly suffix: string
}

/** The name with its first directories taken off; the last part alone where that is not said. */
const stripped = (name: string, count: number | undefined): string | undefined => {
  if (name === "/dev/null") return undefined
  if (count === undefined) return Directory.baseName(name)
  let rest = name
  for (let i = 0; i < count; i++) {
    const slash = rest.indexOf("/")
    if (slash < 0) return undefined
    rest = rest.slice(slash).replace(/^\/+/, "")
  }
  return rest === "" ? undefined : rest
}

/** A name that leads out of where one is. */
const isUnsafe = (name: string): boolean => name.startsWith("/") || name.split("/").includes("..")

const squeezed = (line: string): string => line.replace(/[ \t]+(?=\n?$)/, "").replace(/[ \t]+/g, " ")

class Patcher {
  private readonly out: Map<string, string> = new Map()

  /** What is said goes where the new file does not. */
  private readonly messages: BufferedWriter

  constructor(private readonly run: Utility.Run, private readonly asked: Asked) {
    this.messages = asked.output === "-" ? new BufferedWriter(run.sys, 2) : run.out
  }

  private say(text: string): void {
    if (!this.asked.given("s")) this.messages.text(text)
  }

  private *ask(question: string): Steps<boolean> {
    this.say(question)
    yield* this.messages.flush()
    const fd = yield* attempt(this.run.sys.open("/dev/tty", O_RDWR))
    if (Errno.isErrno(fd)) {
      this.say("\n")
      return false
    }
    const lines = new LineReader(this.run.sys, fd)
    while (!lines.next()) if (!(yield* lines.fill())) break
    yield* attempt(this.run.sys.close(fd))
    return lines.buffer[lines.from] === 121 || lines.buffer[lines.from] === 89
  }

  *all({ bad, changes }: Patch, cut: boolean): Steps<void> {
    for (const [index, change] of changes.entries()) {
      const last = index === changes.length - 1
      yield* this.one(change, last ? bad : undefined, last && cut)
      yield* this.messages.flush()
    }
  }

  /** The file that a change is about: of those that are there, the one with the shortest way to it. */
  private *choose({ creates, deletes, indexName, newName, oldName }: Change): Steps<string | undefined> {
    const { asked: { given, strip }, run } = this
    const reverse = given("R")
    const names: Array<string> = []
    for (const name of [oldName, newName, indexName]) {
      const plain = name === undefined ? undefined : stripped(name, strip)
      if (plain !== undefined && !names.includes(plain)) names.push(plain)
    }
    const safe: Array<string> = []
    for (const name of names) {
      if (!isUnsafe(name)) safe.push(name)
    }
    const there: Array<string> = []
    for (const name of safe) if (!Errno.isErrno(yield* run.lstat(name))) there.push(name)
    const parts = (name: string): number => name.split("/").length
    const best = (some: ReadonlyArray<string>): string | undefined =>
      [...some].sort((a, b) =>
        parts(a) - parts(b) || Directory.baseName(a).length - Directory.baseName(b).length || a.length - b.length
      )[0]
    return best(there) ?? ((reverse ? deletes : creates) ? best(safe) : undefined)
  }

  private *one(change: Change, bad: BadPatch | undefined, cut: boolean): Steps<void> {
    const { asked, run } = this
    const { given } = asked
    const path = asked.file ?? (yield* this.choose(change))
    if (path === undefined) {
      yield* this.homeless(change)
      return bad === undefined ? undefined : yield* fatal(this.run, Latin1.toText(bad.text))
    }
    const stat = yield* run.lstat(path)
    const there = !Errno.isErrno(stat)
    if (there && !FileMode.isRegular(stat.mode)) {
      this.say(`File ${path} is not a regular file -- refusing to patch\n`)
      const refused = change.hunks.map((hunk) => format(hunk, 0))
      return yield* this.reject(change, path, refused, refused.length, true, false)
    }
    const before = this.out.get(path) ?? (there ? yield* readWhole(run, path) : "")
    let reverse = given("R")
    if (before !== "" && (reverse ? change.deletes : change.creates) && !given("f")) {
      const when = reverse ? ", when reversed," : ""
      this.say(`The next patch${when} would create the file ${path},\nwhich already exists!`)
      const answer = yield* this.turn(reverse)
      if (answer === "skip") return this.ignored(change)
      if (answer === "turn") reverse = !reverse
    }
    const verb = given("dry-run") ? "checking" : "patching"
    this.say(
      asked.output === undefined
        ? `${verb} file ${path}\n`
        : `${verb} file ${asked.output} (read from ${path})\n`
    )
    if (bad !== undefined) return yield* fatal(this.run, Latin1.toText(bad.text))
    if (cut) this.say("patch unexpectedly ends in middle of line\n")
    if (there && Errno.isErrno(yield* attempt(run.sys.access(path, FileMode.W_OK)))) {
      this.say(`File ${path} is read-only; trying to patch anyway\n`)
    }
    const same = given("l")
      ? (a: string, b: string) => squeezed(a) === squeezed(b)
      : (a: string, b: string) => a === b
    const application = new Application(before.match(/[^\n]*\n|[^\n]+$/g) ?? [], same)
    const refused: Array<string> = []
    let [skip, mismatch, failed] = [false, false, 0]
    let anyway = given("f")
    for (const [index, original] of change.hunks.entries()) {
      let hunk = reverse ? reversed(original) : original
      let place: Placed | undefined
      const most = Math.min(asked.fuzz, contextOf(hunk))
      for (let fuzz = 0; !skip && place === undefined && fuzz <= most;) {
        const at = application.locate(hunk, fuzz)
        if (at !== undefined) {
          place = { at, fuzz }
          break
        }
        mismatch = true
        const turned = reversed(hunk)
        const other = index === 0 && !anyway ? application.locate(turned, fuzz) : undefined
        if (other === undefined) {
          fuzz++
          continue
        }
        this.say(reverse ? "Unreversed patch detected!" : "Reversed (or previously applied) patch detected!")
        const answer = yield* this.turn(reverse)
        if (answer === "turn") {
          reverse = !reverse
          hunk = turned
          place = { at: other, fuzz }
        } else if (answer === "skip") skip = true
        else anyway = true
      }
      const shown = (place?.at ?? hunk.from) + application.grown
      if (place === undefined) {
        failed++
        if (!skip) this.say(`Hunk #${index + 1} FAILED at ${shown}.\n`)
        refused.push(format(hunk, application.grown))
        continue
      }
      if (place.fuzz > 0 || application.offset !== 0) {
        mismatch = true
        const lines = `${application.offset} line${application.offset === 1 ? "" : "s"}`
        this.say(
          `Hunk #${index + 1} succeeded at ${shown}${place.fuzz > 0 ? ` with fuzz ${place.fuzz}` : ""}${
            application.offset === 0 ? "" : ` (offset ${lines})`
          }.\n`
        )
      } else if (given("verbose")) this.say(`Hunk #${index + 1} succeeded at ${shown}.\n`)
      application.apply(hunk, place.at)
    }
    const after = application.end()
    const removed = (reverse ? change.creates : change.deletes) || given("E")
    if (!skip && failed < change.hunks.length) {
      yield* this.store(path, there ? stat : undefined, before, after, removed, mismatch)
    } else if (mismatch && !skip && asked.output === undefined) {
      yield* this.backup(path, there ? stat : undefined, before, mismatch)
    }
    if (failed === 0) return
    if (!there && !skip) return yield* fatal(this.run, `Can't reopen file ${path} : ${Errno.text("ENOENT")}`)
    yield* this.reject(change, path, refused, failed, skip, reverse)
  }

  /** What to do with a patch that seems to be applied already. */
  private *turn(reverse: boolean): Steps<"turn" | "skip" | "go on"> {
    const { given } = this.asked
    if (given("N")) {
      this.say("  Skipping patch.\n")
      return "skip"
    }
    if (given("t")) {
      this.say(reverse ? "  Ignoring -R.\n" : "  Assuming -R.\n")
      return "turn"
    }
    if (yield* this.ask(reverse ? "  Ignore -R? [n] " : "  Assume -R? [n] ")) return "turn"
    if (yield* this.ask("Apply anyway? [n] ")) return "go on"
    this.say("Skipping patch.\n")
    return "skip"
  }

  /** A change that is about no file. */
  private *homeless(change: Change): Steps<void> {
    const { given, strip } = this.asked
    this.say(`can't find file to patch at input line ${change.at + 1}\n`)
    if (change.leading.length > 0) {
      this.say(
        strip === undefined
          ? "Perhaps you should have used the -p or --strip option?\n"
          : "Perhaps you used the wrong -p or --strip option?\n"
      )
      this.say("The text leading up to this was:\n--------------------------\n")
      for (const line of change.leading) this.say(`|${Latin1.toText(line)}`)
      this.say("--------------------------\n")
    }
    if (given("f") || given("t")) this.say("No file to patch.  Skipping patch.\n")
    else {
      this.say("File to patch: \nSkip this patch? [y] \nSkipping patch.\n")
    }
    this.ignored(change)
  }

  private ignored({ hunks }: Change): void {
    this.say(`${hunks.length} out of ${hunks.length} hunk${hunks.length === 1 ? "" : "s"} ignored\n`)
    this.run.status = 1
  }

  private *backup(path: string, stat: Stat | undefined, before: string, mismatch: boolean): Steps<void> {
    const { given, suffix } = this.asked
    if (given("dry-run") || this.out.has(path)) return
    const wanted = given("b") || given("z") || (mismatch && !given("no-backup") && !given("posix"))
    if (wanted) yield* writeAnew(this.run, path + suffix, before, stat ?? undefined)
  }

  private *store(
    path: string,
    stat: Stat | undefined,
    before: string,
    after: string,
    removed: boolean,
    mismatch: boolean
  ): Steps<void> {
    const { asked, run } = this
    const { output } = asked
    if (asked.given("dry-run")) return
    if (output === "-") {
      run.out.latin1(after)
      return
    }
    if (output !== undefined) return yield* writeAnew(this.run, output, after, stat)
    yield* this.backup(path, stat, before, mismatch)
    this.out.set(path, after)
    if (removed && after === "") {
      yield* attempt(run.sys.unlink(path))
      for (let above = Directory.dirName(path); above !== "." && above !== "/"; above = Directory.dirName(above)) {
        if (Errno.isErrno(yield* attempt(run.sys.rmdir(above)))) break
      }
      return
    }
    if (removed && !asked.given("E")) {
      this.say(`Not deleting file ${path} as content differs from patch\n`)
      run.status = 1
    }
    yield* writeAnew(this.run, path, after, stat)
  }

  private *reject(
    change: Change,
    path: string,
    refused: ReadonlyArray<string>,
    failed: number,
    skip: boolean,
    reverse: boolean
  ): Steps<void> {
    const { asked, run } = this
    const { length } = change.hunks
    run.status = 1
    const target = asked.rejects ?? `${asked.output ?? path}.rej`
    const saving = asked.given("dry-run") ? "\n" : ` -- saving rejects to file ${target}\n`
    this.say(`${failed} out of ${length} hunk${length === 1 ? "" : "s"} ${skip ? "ignored" : "FAILED"}${saving}`)
    if (asked.given("dry-run") || target === "-") return
    const [old, fresh] = change.head
    const context = change.hunks[0]?.context === true
    const [first, second] = context ? ["***", "---"] : ["---", "+++"]
    const turned = reverse && old !== undefined && fresh !== undefined
      ? [fresh.replace(second!, first!), old.replace(first!, second!)]
      : change.head
    const head = turned.length > 0 ? turned : [`${first} ${path}\n`, `${second} ${path}\n`].map(Latin1.fromText)
    yield* writeAnew(this.run, target, [...head, ...refused].join(""), undefined)
  }
}

const numeric = function*(run: Utility.Run, what: string, text: string | undefined): Steps<number | undefined> {
  if (text === undefined) return undefined
  if (/^\d+$/.test(text)) return Number(text)
  return yield* run.die(`**** ${what} ${text} is not a number`)
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const given = (key: string): boolean => options.some((option) => option.key === key)
  const last = (key: string): string | undefined => Options.last(options, key)?.value
  if (given("v")) {
    run.out.line("patch (Effix core utilities)")
    return
  }
  if (operands[2] !== undefined) {
    yield* run.warn(`${operands[2]}: extra operand`)
    return yield* run.misuse()
  }
  if (given("e")) return yield* run.die("**** ed scripts are not supported")
  const strip = yield* numeric(run, "strip count", last("p"))
  const fuzz = (yield* numeric(run, "fuzz factor", last("F"))) ?? 2
  const directory = last("d")
  if (directory !== undefined) {
    const error = yield* attempt(run.sys.chdir(directory))
    if (Errno.isErrno(error)) {
      return yield* run.die(`**** Can't change to directory ${directory} : ${Errno.text(error._tag)}`)
    }
  }
  const source = last("i") ?? operands[1] ?? "-"
  const fd = source === "-" ? 0 : yield* attempt(run.sys.open(source, 0))
  if (Errno.isErrno(fd)) {
    return yield* run.die(`**** Can't open patch file ${source} : ${Errno.text(fd._tag)}`)
  }
  const text = yield* new LineReader(run.sys, fd).whole()
  yield* run.close(fd)
  if (text === "") return
  const cut = !text.endsWith("\n")
  const patch = parse(cut ? `${text}\n` : text)
  if (patch.changes.length === 0) return yield* run.die("**** Only garbage was found in the patch input.")
  const output = last("o")
  const reject = last("r")
  yield* new Patcher(run, {
    given,
    file: operands[0],
    output,
    rejects: reject,
    strip,
    fuzz,
    suffix: last("z") ?? ".orig"
  }).all(patch, cut)
})
