/**
 * Copies files to where they are used, with the mode and the owner that they need there.
 *
 * @see install(1)
 */
import { AT_FDCWD } from "@effix/kernel/abi/Fcntl"
import * as FileMode from "@effix/kernel/abi/FileMode"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import type { Stat } from "@effix/kernel/Inode"
import * as Accounts from "../Accounts.js"
import { blockSize } from "../BufferedWriter.js"
import * as Copy from "../Copy.js"
import * as Directory from "../Directory.js"
import * as Modes from "../Modes.js"
import * as Options from "../Options.js"
import * as Quote from "../Quote.js"
import { attempt, type Steps, stop } from "../Steps.js"
import * as Targets from "../Targets.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [-T] SOURCE DEST\n[OPTION]... SOURCE... DIRECTORY\n[OPTION]... -t DIRECTORY SOURCE...\n" +
    "[OPTION]... -d DIRECTORY...",
  does: "Copy files and set attributes.",
  short: "bcCsDdg:m:o:pt:TvS:Z",
  long: {
    compare: "C",
    directory: "d",
    "group=": "g",
    "mode=": "m",
    "no-target-directory": "T",
    "owner=": "o",
    "preserve-timestamps": "p",
    strip: "s",
    "suffix=": "S",
    "target-directory=": "t",
    verbose: "v"
  }
}

interface Asked {
  readonly mode: Modes.Change
  readonly uid: number | undefined
  readonly gid: number | undefined
  readonly verbose: boolean
  readonly compare: boolean
  readonly times: boolean
}

class Installer {
  private readonly copier: Copy.Copier

  constructor(private readonly run: Utility.Run, private readonly asked: Asked, umask: number) {
    this.copier = new Copy.Copier(run, {
      recursive: false,
      follow: "always",
      preserve: { mode: false, timestamps: asked.times, ownership: false, links: false },
      clobber: "yes",
      force: false,
      removeFirst: true,
      update: false,
      verbose: asked.verbose,
      make: "copy",
      attributesOnly: false,
      umask
    })
  }

  *file(pair: Targets.Pair): Steps<void> {
    const { asked, run } = this
    const { source, target } = pair
    const stat = yield* run.stat(source)
    if (Errno.isErrno(stat)) return yield* run.failDoing("cannot stat", source, stat)
    if (FileMode.isDirectory(stat.mode)) return yield* run.fail(`omitting directory ${Quote.quoted(source)}`)
    if (asked.compare && (yield* this.isSame(source, stat, target))) return
    if (yield* this.copier.copy(pair)) yield* this.attributes(target, false)
  }

  /** Whether the target is what would come of it already. */
  private *isSame(source: string, stat: Stat, target: string): Steps<boolean> {
    const { asked, run } = this
    const there = yield* run.lstat(target)
    if (Errno.isErrno(there) || !FileMode.isRegular(there.mode) || there.size !== stat.size) return false
    const credentials = yield* run.sys.credentials()
    if ((there.mode & 0o7777) !== Modes.apply(asked.mode, 0, false, 0)) return false
    if (there.uid !== (asked.uid ?? credentials.euid) || there.gid !== (asked.gid ?? credentials.egid)) return false
    const [a, b] = [yield* attempt(run.sys.open(source, 0)), yield* attempt(run.sys.open(target, 0))]
    let same = !Errno.isErrno(a) && !Errno.isErrno(b)
    const [one, two] = [new Uint8Array(blockSize), new Uint8Array(blockSize)]
    for (let at = 0; same && at < stat.size && !Errno.isErrno(a) && !Errno.isErrno(b);) {
      const count = yield* attempt(run.sys.pread(a, one, at))
      const other = yield* attempt(run.sys.pread(b, two, at))
      same = !Errno.isErrno(count) && count === other && count > 0 &&
        Bytes.equal(one.subarray(0, count), two.subarray(0, count))
      if (!Errno.isErrno(count)) at += count
    }
    for (const fd of [a, b]) if (!Errno.isErrno(fd)) yield* attempt(run.sys.close(fd))
    return same
  }

  private *attributes(path: string, directory: boolean): Steps<void> {
    const { asked, run } = this
    const { sys } = run
    if (asked.uid !== undefined || asked.gid !== undefined) {
      const error = yield* attempt(sys.lchown(path, asked.uid ?? -1, asked.gid ?? -1))
      if (Errno.isErrno(error)) yield* run.failDoing("cannot change ownership of", path, error)
    }
    const stat = yield* run.lstat(path)
    const before = directory && !Errno.isErrno(stat) ? stat.mode & 0o7000 : 0
    const error = yield* attempt(sys.chmod(path, Modes.apply(asked.mode, before, directory, 0)))
    if (Errno.isErrno(error)) yield* run.failDoing("cannot change permissions of", path, error)
    if (asked.times || directory) return
    yield* attempt(sys.utimensat(AT_FDCWD, path, "omit", "now"))
  }

  /** Makes a directory and those that it lies in; only the last one gets the mode and the owner. */
  *directory(path: string, last: boolean): Steps<boolean> {
    const { run } = this
    let made = false
    for (let at = path.indexOf("/", 1);; at = path.indexOf("/", at + 1)) {
      const part = at < 0 ? path : path.slice(0, at)
      if (part !== "" && !part.endsWith("/")) {
        const error = yield* attempt(run.sys.mkdir(part, 0o755))
        if (!Errno.isErrno(error)) {
          made = true
          if (this.asked.verbose) run.out.line(`${run.name}: creating directory ${Quote.quoted(part)}`)
        } else if (error._tag !== "EEXIST" || !Directory.isDirectory(yield* run.stat(part))) {
          const why = error._tag === "EEXIST" && at >= 0 ? "ENOTDIR" : error._tag
          yield* run.fail(`cannot create directory ${Quote.quoted(part)}: ${Errno.text(why)}`)
          return false
        }
      }
      if (at < 0) break
    }
    if (last) yield* this.attributes(path, true)
    return made || Directory.isDirectory(yield* run.stat(path))
  }
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  const last = (wanted: string): string | undefined => Options.last(options, wanted)?.value
  const text = last("m") ?? "755"
  const mode = Modes.parse(text)
  const directory = last("t")
  if (has("d") && directory !== undefined) {
    return yield* run.die("target directory not allowed when installing a directory")
  }
  if (mode === undefined) return yield* run.die(`invalid mode ${Quote.quoted(text)}`)
  if (operands.length === 0) return yield* run.misuse("missing file operand")
  const accounts = yield* Accounts.load(run.sys)
  const [owner, group] = [last("o"), last("g")]
  const uid = owner === undefined ? undefined : accounts.uid(owner)
  const gid = group === undefined ? undefined : accounts.gid(group)
  if (owner !== undefined && uid === undefined) return yield* run.die(`invalid user ${Quote.quoted(owner)}`)
  if (group !== undefined && gid === undefined) return yield* run.die(`invalid group ${Quote.quoted(group)}`)
  const asked = { mode, uid, gid, verbose: has("v"), compare: has("C"), times: has("p") }
  const installer = new Installer(run, asked, yield* Copy.umask(run))
  if (has("d")) {
    for (const path of operands) yield* installer.directory(path.replace(/(.)\/+$/, "$1"), true)
    return
  }
  if (has("D")) {
    const target = directory ?? (operands.length === 2 ? Directory.dirName(operands[1]!) : undefined)
    if (target !== undefined && !(yield* installer.directory(target, false))) return yield* stop(1)
  }
  const pairs = yield* Targets.resolve(run, operands, { directory, exact: has("T") })
  for (const pair of pairs) {
    yield* installer.file(pair)
    yield* run.out.ready()
  }
})
