/**
 * The files that patch(1) reads and makes anew.
 */
import { O_CREAT, O_EXCL, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import type { Stat } from "@effix/kernel/Inode"
import { writeAll } from "../BufferedWriter.js"
import * as Latin1 from "../Latin1.js"
import { LineReader } from "../LineReader.js"
import { attempt, type Steps } from "../Steps.js"
import type * as Utility from "../Utility.js"

/** Gives up. */
export function* fatal(run: Utility.Run, text: string): Steps<never> {
  return yield* run.die(`**** ${text}`)
}

/** All of a file. */
export function* readWhole(run: Utility.Run, path: string): Steps<string> {
  const fd = yield* attempt(run.sys.open(path, 0))
  if (Errno.isErrno(fd)) return yield* fatal(run, `Can't open file ${path} : ${Errno.text(fd._tag)}`)
  const text = yield* new LineReader(run.sys, fd).whole()
  yield* attempt(run.sys.close(fd))
  return text
}

/** Writes a file in place of what has the name, with the owner and mode of another. */
export function* writeAnew(
  run: Utility.Run,
  path: string,
  text: string,
  like: Stat | undefined
): Steps<void> {
  const { sys } = run
  let fd = yield* attempt(sys.open(path, O_WRONLY | O_CREAT | O_EXCL, 0o666))
  if (Errno.isErrno(fd) && fd._tag === "EEXIST") {
    yield* attempt(sys.unlink(path))
    fd = yield* attempt(sys.open(path, O_WRONLY | O_CREAT | O_EXCL, 0o666))
  }
  if (Errno.isErrno(fd) && fd._tag === "ENOENT") {
    for (let at = path.indexOf("/", 1); at > 0; at = path.indexOf("/", at + 1)) {
      yield* attempt(sys.mkdir(path.slice(0, at), 0o777))
    }
    fd = yield* attempt(sys.open(path, O_WRONLY | O_CREAT | O_EXCL, 0o666))
  }
  if (Errno.isErrno(fd)) return yield* fatal(run, `Can't create file ${path} : ${Errno.text(fd._tag)}`)
  const error = yield* writeAll(sys, fd, Latin1.encode(text))
  if (error !== undefined) return yield* fatal(run, `write error : ${Errno.text(error._tag)}`)
  if (like !== undefined) {
    yield* attempt(sys.fchown(fd, like.uid, like.gid))
    yield* attempt(sys.fchmod(fd, like.mode & 0o7777))
  }
  yield* attempt(sys.close(fd))
}
