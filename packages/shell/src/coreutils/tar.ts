/**
 * Keeps files in an archive, and gets them back.
 *
 * @see tar(1)
 */
import { O_CREAT, O_RDWR } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import { BufferedWriter } from "../BufferedWriter.js"
import { ByteReader, descriptor } from "../ByteReader.js"
import { isGzip } from "../gzip/read.js"
import { attempt, type Steps } from "../Steps.js"
import { shown } from "../tar/names.js"
import * as Utility from "../Utility.js"
import { ArchiveReader, ArchiveWriter } from "./tarArchive.js"
import { compareAll } from "./tarCompare.js"
import { Creator, namesOf, Prefixes } from "./tarCreate.js"
import { Extractor } from "./tarExtract.js"
import { Lister } from "./tarList.js"
import * as TarOptions from "./tarOptions.js"
import { Selection, walk } from "./tarWalk.js"

const utility: Utility.Utility = {
  ...TarOptions.accepted,
  usage: "[OPTION...] [FILE]...",
  does: "Save many files together into a single archive, and restore individual files from the archive.",
  failure: 2,
  misused: 64,
  hintText: TarOptions.hint,
  modernize: TarOptions.modernize
}

/** Names are printed where the archive is not. */
const namesOut = (run: Utility.Run, busy: boolean): BufferedWriter => busy ? new BufferedWriter(run.sys, 2) : run.out

function* create(run: Utility.Run, asked: TarOptions.Asked): Steps<void> {
  const archive = yield* ArchiveWriter.create(run, asked)
  const out = namesOut(run, asked.archive === "-")
  yield* new Creator(run, asked, archive, out, () => true).operands(asked.operands)
  yield* out.flush()
  yield* archive.end()
}

/** Goes on behind what is in an archive, or begins one. */
function* append(run: Utility.Run, asked: TarOptions.Asked): Steps<void> {
  const { archive: path, mode } = asked
  const name = shown(path, true)
  if (asked.gzip) return yield* TarOptions.fatal(run, "Cannot update compressed archives")
  if (path === "-") return yield* run.misuse("Options '-Aru' are incompatible with '-f -'", 2)
  const fd = yield* attempt(run.sys.open(path, O_RDWR | O_CREAT, 0o666))
  if (Errno.isErrno(fd)) return yield* TarOptions.fatal(run, `${name}: Cannot open: ${Errno.text(fd._tag)}`)
  const times = new Map<string, bigint>()
  const head = new Uint8Array(2)
  const count = yield* attempt(run.sys.pread(fd, head, 0))
  if (isGzip(head)) return yield* TarOptions.fatal(run, "Cannot update compressed archives")
  let at = 0
  if (count !== 0) {
    const input = new ByteReader(descriptor(run.sys, fd))
    const archive = ArchiveReader.over(run, fd, input)
    at = yield* walk(run, asked, archive, function*(member) {
      times.set(member.name, member.mtime)
    })
    if (run.status !== 0) return yield* run.die("Error is not recoverable: exiting now", 2)
    const moved = yield* attempt(run.sys.lseek(fd, at, 0))
    if (Errno.isErrno(moved)) return yield* TarOptions.fatal(run, `${name}: Cannot seek: ${Errno.text(moved._tag)}`)
  }
  const isNewer = (member: string, mtime: bigint): boolean => {
    const known = times.get(member)
    return known === undefined || mtime / 1_000_000_000n > known / 1_000_000_000n
  }
  const archive = new ArchiveWriter(run, fd, asked)
  yield* new Creator(run, asked, archive, run.out, mode === "u" ? isNewer : () => true).operands(asked.operands)
  yield* archive.end(at)
}

function* list(run: Utility.Run, asked: TarOptions.Asked, archive: ArchiveReader): Steps<void> {
  const selection = new Selection(asked)
  const lister = new Lister(asked, run.out)
  const prefixes = new Prefixes(run, asked.absolute)
  yield* walk(run, asked, archive, function*(member) {
    if (selection.find(member.name) === undefined) return
    const { name = "" } = yield* namesOf(asked, prefixes, member)
    lister.member(member, asked.showTransformed ? name : member.name, asked.verbosity > 0)
  })
  yield* selection.conclude(run)
}

export const main = Utility.make(utility, function*(run, parsed) {
  const asked = yield* TarOptions.read(run, parsed)
  if (asked.mode === "c") yield* create(run, asked)
  else if (asked.mode === "r" || asked.mode === "u") yield* append(run, asked)
  else {
    const archive = yield* ArchiveReader.open(run, asked)
    if (asked.mode === "t") yield* list(run, asked, archive)
    else if (asked.mode === "d") yield* compareAll(run, asked, archive)
    else yield* new Extractor(run, asked, archive, namesOut(run, asked.toStdout)).all()
  }
  if (asked.late.length > 0) {
    yield* run.warn(
      "The following options were used after any non-optional arguments in archive create or update mode.  " +
        "These options are positional and affect only arguments that follow them.  Please, rearrange them properly."
    )
    for (const text of asked.late) yield* run.fail(text)
  }
  if (run.status === 2) yield* run.warn("Exiting with failure status due to previous errors")
})
