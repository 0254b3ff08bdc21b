/**
 * Compares the members of an archive with the files of the same names.
 *
 * @see tar(1)
 */
import * as FileMode from "@effix/kernel/abi/FileMode"
import { O_RDONLY } from "@effix/kernel/abi/OpenFlags"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import { attempt, type Steps } from "../Steps.js"
import * as Names from "../tar/names.js"
import type { Member, Members } from "../tar/read.js"
import type * as Utility from "../Utility.js"
import type { ArchiveReader } from "./tarArchive.js"
import { Directories, namesOf, Prefixes } from "./tarCreate.js"
import { Lister, typeOf } from "./tarList.js"
import type { Asked } from "./tarOptions.js"
import { Selection, walk } from "./tarWalk.js"

const SECOND = 1_000_000_000n

export function* compareAll(run: Utility.Run, asked: Asked, archive: ArchiveReader): Steps<void> {
  const directories = yield* Directories.make(run)
  const selection = new Selection(asked)
  const lister = new Lister(asked, run.out)
  const prefixes = new Prefixes(run, asked.absolute)
  if (asked.operands.length === 0) yield* directories.enter(asked.directory)
  yield* walk(run, asked, archive, function*(member, members) {
    const operand = selection.find(member.name)
    if (operand === undefined) return
    yield* directories.enter(operand.directory)
    if (asked.verbosity > 0) lister.member(member, member.name, asked.verbosity > 1)
    const { name } = yield* namesOf(asked, prefixes, member)
    if (name !== undefined) yield* compare(run, member, members, name.replace(/(.)\/+$/, "$1"))
  })
  yield* selection.conclude(run)
}

function* compare(run: Utility.Run, member: Member, members: Members, path: string): Steps<void> {
  const differs = (what: string): void => {
    run.out.line(`${Names.shown(member.name.replace(/(.)\/+$/, "$1"), true)}: ${what}`)
    run.status = Math.max(run.status, 1)
  }
  const stat = yield* run.lstat(path)
  if (Errno.isErrno(stat)) {
    yield* run.warn(`${Names.shown(path, true)}: Warning: Cannot stat: ${Errno.text(stat._tag)}`)
    run.status = Math.max(run.status, 1)
    return
  }
  if (member.type === "1") {
    const target = yield* run.lstat(member.linkname)
    if (Errno.isErrno(target)) {
      yield* run.warn(`${Names.shown(member.linkname, true)}: Warning: Cannot stat: ${Errno.text(target._tag)}`)
      run.status = Math.max(run.status, 1)
    } else if (target.ino !== stat.ino || target.dev !== stat.dev) {
      differs(`Not linked to ${Names.shown(member.linkname)}`)
    }
    return
  }
  const type = typeOf(member)
  if ((stat.mode & FileMode.S_IFMT) !== type) return differs("File type differs")
  if (FileMode.isSymlink(type)) {
    const target = yield* attempt(run.sys.readlink(path))
    if (target !== member.linkname) differs("Symlink differs")
    return
  }
  if ((stat.mode & 0o7777) !== (member.mode & 0o7777)) differs("Mode differs")
  if (FileMode.isDirectory(type)) return
  if (FileMode.isCharacterDevice(type) || FileMode.isBlockDevice(type)) {
    if (stat.rdev !== FileMode.makedev(member.major, member.minor)) differs("Device number differs")
    return
  }
  if (!FileMode.isRegular(type)) return
  if (stat.uid !== member.uid) differs("Uid differs")
  if (stat.gid !== member.gid) differs("Gid differs")
  // An archive that knows whole seconds only says nothing of what lies between.
  const same = member.mtime % SECOND === 0n
    ? stat.mtime / SECOND === member.mtime / SECOND
    : stat.mtime === member.mtime
  if (!same) differs("Mod time differs")
  if (stat.size !== member.realSize) return differs("Size differs")
  if (member.extents === undefined && !(yield* sameContents(run, members, path))) differs("Contents differ")
}

function* sameContents(run: Utility.Run, members: Members, path: string): Steps<boolean> {
  const fd = yield* attempt(run.sys.open(path, O_RDONLY))
  if (Errno.isErrno(fd)) {
    yield* run.warn(`${Names.shown(path, true)}: Cannot open: ${Errno.text(fd._tag)}`)
    run.status = 2
    return true
  }
  let at = 0
  let same = true
  while (same) {
    const piece = yield* members.data()
    if (piece === undefined) break
    const there = new Uint8Array(piece.length)
    const count = yield* attempt(run.sys.pread(fd, there, at))
    same = count === piece.length && Bytes.equal(piece, there)
    at += piece.length
  }
  yield* attempt(run.sys.close(fd))
  return same
}
