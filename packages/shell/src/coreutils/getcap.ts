/**
 * Shows and sets the capabilities of files.
 *
 * @see getcap(8)
 * @see setcap(8)
 */
import { isDirectory, isRegular, isSymlink } from "@effix/kernel/abi/FileMode"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import * as CapabilityText from "../CapabilityText.js"
import * as Directory from "../Directory.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const NAME = "security.capability"

/** What a file has; an errno where that cannot be told, ENODATA where there is nothing. */
function* read(run: Utility.Run, path: string): Steps<CapabilityText.FileCapabilities | Errno.Any> {
  const into = new Uint8Array(64)
  const count = yield* attempt(run.sys.getxattr(path, NAME, into))
  return Errno.isErrno(count) ? count : CapabilityText.decode(into.subarray(0, count)) ?? Errno.make("EINVAL")
}

interface Shown {
  readonly all: boolean
  readonly namespaces: boolean
}

function* show(run: Utility.Run, path: string, mode: number, { all, namespaces }: Shown): Steps<void> {
  if (!isRegular(mode)) {
    if (all) run.out.text(`${path} (Not a regular file)\n`)
    return
  }
  const found = yield* read(run, path)
  if (!Errno.isErrno(found)) {
    const rootid = namespaces && found.rootid !== 0 ? ` [rootid=${found.rootid}]` : ""
    run.out.text(`${path} ${CapabilityText.format(found)}${rootid}\n`)
  } else if (found._tag !== "ENODATA") {
    yield* run.error(`Failed to get capabilities of file '${path}' (${Errno.text(found._tag)})\n`)
  } else if (all) run.out.text(`${path}\n`)
}

function* descend(run: Utility.Run, path: string, mode: number, shown: Shown): Steps<void> {
  yield* show(run, path, mode, shown)
  const entries = isDirectory(mode) ? yield* Directory.list(run.sys, path) : []
  if (Errno.isErrno(entries)) return
  for (const { name } of entries) {
    const below = Directory.join(path, name)
    const stat = yield* run.lstat(below)
    if (!Errno.isErrno(stat)) yield* descend(run, below, stat.mode, shown)
  }
}

const getUsage = "usage: getcap [-h] [-l] [-n] [-r] [-v] <filename> [<filename> ...]\n\n" +
  "\tdisplays the capabilities on the queried file(s)."

export const main = Utility.make(
  {
    usage: "[-hnrv] FILE...",
    does: "Show the capabilities of each FILE.",
    short: "hlnrv",
    hintText: getUsage
  },
  function*(run, { operands, options }) {
    const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
    if (has("h")) {
      yield* run.error(`${getUsage}\n`)
      return 0
    }
    if (operands.length === 0) return yield* run.misuse()
    const shown = { all: has("v"), namespaces: has("n") }
    for (const path of operands) {
      const stat = yield* run.lstat(path)
      if (Errno.isErrno(stat)) yield* run.error(`${path} (${Errno.text(stat._tag)})\n`)
      else yield* (has("r") ? descend : show)(run, path, stat.mode, shown)
    }
    return 0
  }
)

const setUsage = `usage: setcap [-h] [-q] [-v] [-n <rootid>] (-r|-|<caps>) <filename> [ ... (-r|-|<capsN>) <filenameN> ]

 Note <filename> must be a regular (non-symlink) file.
 -r          remove capability from file
 -           read capability text from stdin
 <capsN>     cap_from_text(3) formatted file capability
 [ Note: capsh --suggest="something..." might help you pick. ]
 -h          this message and exit status 0
 -q          quietly
 -v          validate supplied capability matches file
 -n <rootid> write a user namespace (!= 0) limited capability
 --license   display the license info
`

const differing = (a: CapabilityText.FileCapabilities, b: CapabilityText.FileCapabilities): string =>
  (a.permitted === b.permitted ? "" : "p") + (a.inheritable === b.inheritable ? "" : "i") +
  (a.effective === b.effective ? "" : "e")

function* verify(
  run: Utility.Run,
  path: string,
  wanted: CapabilityText.FileCapabilities,
  quiet: boolean
): Steps<boolean> {
  const found = yield* read(run, path)
  const has = Errno.isErrno(found) ? CapabilityText.none : found
  const differs = differing(has, wanted)
  const isSame = differs === "" && has.rootid === wanted.rootid
  if (quiet) return isSame
  if (has.rootid !== wanted.rootid) run.out.text(`nsowner[got=${has.rootid}, want=${wanted.rootid}],`)
  run.out.text(isSame ? `${path}: OK\n` : `${path} differs in [${differs}]\n`)
  return isSame
}

/** `undefined` removes them. */
function* store(
  run: Utility.Run,
  path: string,
  wanted: CapabilityText.FileCapabilities | undefined
): Steps<Errno.Any | void> {
  const stat = yield* run.lstat(path)
  if (Errno.isErrno(stat)) return stat
  if (!isRegular(stat.mode) || isSymlink(stat.mode)) return Errno.make("EINVAL")
  if (wanted === undefined) return yield* attempt(run.sys.removexattr(path, NAME))
  const value = CapabilityText.encode(wanted)
  if (value !== undefined) return yield* attempt(run.sys.setxattr(path, NAME, value))
  // The original explains it where the first capability is effective.
  if ((wanted.effective & 1n) === 1n) yield* run.error(note)
  return Errno.make("EINVAL")
}

const note = "NOTE: Under Linux, effective file capabilities must either be empty, or\n" +
  "      exactly match the union of selected permitted and inheritable bits.\n"

const complaint = (path: string, { _tag }: Errno.Any): string =>
  _tag === "EINVAL"
    ? `Invalid file '${path}' for capability operation\n`
    : _tag === "ENODATA"
    ? `File '${path}' has no capablity to remove\n`
    : `Failed to set capabilities on file '${path}': ${Errno.text(_tag)}\n`

/** Standard input, up to an empty line where it comes line by line. */
function* typed(run: Utility.Run, quiet: boolean): Steps<string> {
  if (!quiet) yield* run.error("Please enter caps for file [empty line to end]:\n")
  const into = new Uint8Array(4096)
  for (let text = "";;) {
    const count = yield* attempt(run.sys.read(0, into))
    if (Errno.isErrno(count) || count === 0 || into[0] === 10) return text
    text += Bytes.decode(into.subarray(0, count))
  }
}

/** @see setcap(8) */
export const setcap = Utility.make(
  {
    usage: "[-qv] [-n ROOTID] {CAPABILITIES|-|-r} FILE...",
    does: "Set the capabilities of each FILE.",
    // What looks like an option may stand for each file anew.
    modernize: (args) => ["--", ...args]
  },
  function*(run, { operands }) {
    const misuse = function*(): Steps<number> {
      yield* run.error(setUsage)
      return 1
    }
    let quiet = false
    let verifies = false
    let rootid = 0
    let done = 0
    for (let i = 0; i < operands.length; i++) {
      const word = operands[i]!
      if (word === "-q") quiet = true
      else if (word === "-v") verifies = true
      else if (word === "-h") {
        yield* run.error(setUsage)
        return 0
      } else if (word === "-n") {
        rootid = Number(operands[++i] ?? "")
        if (!Number.isInteger(rootid) || rootid < 1 || rootid > 0xffff_fffe) {
          yield* run.error(`bad ns rootid: want positive integer, got "${operands[i] ?? ""}"\n`)
          return 1
        }
      } else {
        const text = word === "-" ? yield* typed(run, quiet) : word
        const read = word === "-r" ? undefined : CapabilityText.parse(text)
        if (word !== "-r" && read === undefined) yield* run.error("fatal error: Invalid argument\n")
        const path = operands[++i]
        if (path === undefined || (word !== "-r" && read === undefined)) return yield* misuse()
        const wanted = read && { ...read, rootid }
        done++
        if (verifies) {
          if (!(yield* verify(run, path, wanted ?? CapabilityText.none, quiet))) return 1
          continue
        }
        const failed = yield* store(run, path, wanted)
        if (!Errno.isErrno(failed)) continue
        yield* run.error(complaint(path, failed))
        return 1
      }
    }
    return done === 0 ? yield* misuse() : 0
  }
)
