/**
 * One step of a program, as a call of `Sys`, and what it answered as text.
 */
import { type Errno, Fcntl, FileMode, OpenFlags, Statx, type Sys, type VfsBackend } from "@effix/kernel"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { BUFFER_MAX, pattern } from "./pattern.js"
import { performLock } from "./performLock.js"
import { performSocket } from "./performSocket.js"
import { performWaiting } from "./performWaiting.js"
import { type Argument, escape, NOWHERE, type Step } from "./program.js"
import type { Said } from "./said.js"

const timeOf = (word: string): bigint | "now" | "omit" => word === "now" || word === "omit" ? word : BigInt(word)

export type Answer = Effect.Effect<string, Errno.Any>

const done = <E extends Errno.Any>(call: Effect.Effect<unknown, E>): Answer => Effect.as(call, "0")
const value = <E extends Errno.Any>(call: Effect.Effect<number, E>): Answer => Effect.map(call, String)

/** What every call of a program comes down to. Arguments are there as `calls` says, and of those kinds. */
export const perform = (sys: Sys.SystemCalls, said: Said, [call, ...args]: Step): Answer => {
  const n = (i: number): number => args[i] as number
  const s = (i: number): string => args[i] as string
  const stat = <E extends Errno.Any>(asked: Effect.Effect<Parameters<Said["stat"]>[0], E>): Answer =>
    Effect.map(asked, (st) => said.stat(st))
  const bytes = <E extends Errno.Any>(into: Uint8Array, read: Effect.Effect<number, E>): Answer =>
    Effect.map(read, (count) => said.bytes(into.subarray(0, count)))
  switch (call) {
    case "open":
      return value(sys.open(s(0), n(1), n(2)))
    case "openat":
      return value(sys.openat(n(0), s(1), n(2), n(3)))
    case "creat":
      return value(sys.creat(s(0), n(1)))
    case "openat2":
      return value(sys.openat2(n(0), s(1), { flags: n(2), mode: n(3), resolve: n(4) }))
    case "memfd_create":
      return value(sys.memfdCreate(s(0), n(1)))
    case "close_range":
      return done(sys.closeRange(n(0), n(1), n(2)))
    case "close":
      return done(sys.close(n(0)))
    case "read": {
      const into = new Uint8Array(Math.min(n(1), BUFFER_MAX))
      return bytes(into, sys.read(n(0), into))
    }
    case "pread": {
      const into = new Uint8Array(Math.min(n(1), BUFFER_MAX))
      return bytes(into, sys.pread(n(0), into, n(2)))
    }
    case "write":
      return value(sys.write(n(0), pattern(n(1), n(2))))
    case "pwrite":
      return value(sys.pwrite(n(0), pattern(n(1), n(2)), n(3)))
    case "lseek":
      return seek(sys, n(0), n(1), n(2))
    case "dup":
      return value(sys.dup(n(0)))
    case "dup2":
      return value(sys.dup2(n(0), n(1)))
    case "dup3":
      return value(sys.dup3(n(0), n(1), n(2)))
    case "fcntl":
      return value(sys.fcntl(n(0), n(1), n(2)))
    case "pipe2":
      return Effect.map(sys.pipe(n(0)), ([reader, writer]) => `${reader} ${writer}`)
    case "poll":
      return Effect.map(
        sys.poll([{ fd: n(0), events: n(1) }, { fd: n(2), events: n(3) }], 0),
        (found) => found.map((events) => events.toString(16)).join(" ")
      )
    case "fsync":
      return done(sys.fsync(n(0)))
    case "ftruncate":
      return done(sys.ftruncate(n(0), n(1)))
    case "list":
      return list(sys, said, n(0))
    case "fionread":
      return value(sys.fionread(n(0)))
    case "stat":
      return stat(sys.stat(s(0)))
    case "lstat":
      return stat(sys.lstat(s(0)))
    case "fstat":
      return stat(sys.fstat(n(0)))
    case "fstatat":
      return stat(sys.fstatat(n(0), s(1), n(2)))
    case "statx":
      return Effect.map(
        sys.statx(n(0), s(1), n(2), n(3)),
        (stx) => {
          const made = (stx.mask & Statx.STATX_BTIME) === 0 ? "unknown" : stx.btime >= 10n ** 18n ? "now" : "then"
          const type = stx.mode & FileMode.S_IFMT
          const lies = type === FileMode.S_IFREG || type === FileMode.S_IFDIR || type === FileMode.S_IFLNK
          const bits = stx.mask & (Statx.STATX_MNT_ID | Statx.STATX_MNT_ID_UNIQUE)
          const mount = lies ? ` m=${bits.toString(16)}:${said.mount(stx.mountId)}` : ""
          return `${said.stat(stx)} x=${stx.attributes.toString(16)} t=${made}${mount}`
        }
      )
    case "access":
      return done(sys.access(s(0), n(1)))
    case "faccessat":
      return done(sys.faccessat(n(0), s(1), n(2), n(3)))
    case "chmod":
      return done(sys.chmod(s(0), n(1)))
    case "fchmod":
      return done(sys.fchmod(n(0), n(1)))
    case "fchmodat":
      return done(sys.fchmodat(n(0), s(1), n(2), n(3)))
    case "fchownat":
      return done(sys.fchownat(n(0), s(1), n(2), n(3), n(4)))
    case "mknodat":
      return done(sys.mknodat(n(0), s(1), n(2), n(3)))
    case "symlinkat":
      return done(sys.symlinkat(s(0), n(1), s(2)))
    case "chown":
      return done(sys.chown(s(0), n(1), n(2)))
    case "lchown":
      return done(sys.lchown(s(0), n(1), n(2)))
    case "fchown":
      return done(sys.fchown(n(0), n(1), n(2)))
    case "utimensat":
      return done(sys.utimensat(n(0), s(1), timeOf(s(2)), timeOf(s(3)), n(4)))
    case "futimens":
      return done(sys.futimens(n(0), timeOf(s(1)), timeOf(s(2))))
    case "truncate":
      return done(sys.truncate(s(0), n(1)))
    case "mkdir":
      return done(sys.mkdir(s(0), n(1)))
    case "mkdirat":
      return done(sys.mkdirat(n(0), s(1), n(2)))
    case "mknod":
      return done(sys.mknod(s(0), n(1), n(2)))
    case "mkfifo":
      return done(sys.mkfifo(s(0), n(1)))
    case "rmdir":
      return done(sys.rmdir(s(0)))
    case "unlink":
      return done(sys.unlink(s(0)))
    case "unlinkat":
      return done(sys.unlinkat(n(0), s(1), n(2)))
    case "link":
      return done(sys.link(s(0), s(1)))
    case "linkat":
      return done(sys.linkat(n(0), s(1), n(2), s(3), n(4)))
    case "symlink":
      return done(sys.symlink(s(0), s(1)))
    case "readlink":
      return Effect.map(sys.readlink(s(0)), escape)
    case "readlinkat":
      return Effect.map(sys.readlinkat(n(0), s(1)), escape)
    case "rename":
      return done(sys.rename(s(0), s(1)))
    case "renameat2":
      return done(sys.renameat2(n(0), s(1), n(2), s(3), n(4)))
    default:
      const step: Step = [call, ...args]
      return transfer(sys, said, step) ?? attribute(sys, said, step) ?? performLock(sys, said, step) ??
        performSocket(sys, said, step) ?? performWaiting(sys, said, step) ?? onSelf(sys, call, args)
  }
}

const lengths = (text: string): ReadonlyArray<number> => text === "" ? [] : text.split(",").map(Number)

const offsetOf = (offset: number): number | undefined => offset === NOWHERE ? undefined : offset

const fsOf = <E extends Errno.Any>(call: Effect.Effect<VfsBackend.StatFs, E>): Answer =>
  Effect.map(call, ({ bsize, namelen, type }) => `${type.toString(16)} ${bsize} ${namelen}`)

/** Calls on several buffers, between descriptors, and on what a file takes of its storage. */
const transfer = (sys: Sys.SystemCalls, said: Said, [call, ...args]: Step): Answer | undefined => {
  const n = (i: number): number => args[i] as number
  const s = (i: number): string => args[i] as string
  /** Reads into as many buffers as are asked for, and tells what is in them together. */
  const into = <E extends Errno.Any>(read: (vector: ReadonlyArray<Uint8Array>) => Effect.Effect<number, E>): Answer =>
    Effect.suspend(() => {
      const vector = lengths(s(1)).map((length) => new Uint8Array(length))
      return Effect.map(read(vector), (count) => said.bytes(join(vector).subarray(0, count)))
    })
  const from = (): ReadonlyArray<Uint8Array> => {
    const all = lengths(s(1))
    const bytes = pattern(all.reduce((sum, each) => sum + each, 0), n(2))
    let at = 0
    return all.map((length) => bytes.subarray(at, at += length))
  }
  /**
   * What is sent onto itself piece by piece depends on the pieces, and on Linux the pages of a file in a pipe change with
   * the file: neither is compared.
   */
  const apart = (from: number, to: number, sends: boolean, call: Effect.Effect<number, Errno.Any>): Answer =>
    Effect.flatMap(
      Effect.all([Effect.either(sys.fstat(from)), Effect.either(sys.fstat(to))]),
      ([a, b]) => {
        if (Either.isLeft(a) || Either.isLeft(b)) return value(call)
        if (sends && a.right.ino === b.right.ino && a.right.dev === b.right.dev) return Effect.succeed("same")
        const shared = FileMode.isRegular(a.right.mode) && FileMode.isFifo(b.right.mode)
        return shared ? Effect.succeed("file") : value(call)
      }
    )
  switch (call) {
    case "readv":
      return into((vector) => sys.readv(n(0), vector))
    case "preadv":
      return into((vector) => sys.preadv(n(0), vector, n(2)))
    case "preadv2":
      return into((vector) => sys.preadv2(n(0), vector, n(2), n(3)))
    case "writev":
      return value(sys.writev(n(0), from()))
    case "pwritev":
      return value(sys.pwritev(n(0), from(), n(3)))
    case "pwritev2":
      return value(sys.pwritev2(n(0), from(), n(3), n(4)))
    case "copy_file_range":
      return value(sys.copyFileRange(n(0), offsetOf(n(1)), n(2), offsetOf(n(3)), n(4), n(5)))
    case "sendfile":
      return apart(n(1), n(0), true, sys.sendfile(n(0), n(1), offsetOf(n(2)), n(3)))
    case "splice":
      return apart(n(0), n(2), false, sys.splice(n(0), offsetOf(n(1)), n(2), offsetOf(n(3)), n(4), n(5)))
    case "feed":
      return Effect.flatMap(sys.memfdCreate("feed"), (file) =>
        Effect.zipRight(
          sys.write(file, pattern(n(1), n(2))),
          Effect.flatMap(
            Effect.either(sys.splice(file, n(3), n(0), undefined, n(4), n(5))),
            (spliced) => Effect.zipRight(sys.close(file), value(spliced))
          )
        ))
    case "vmsplice":
      return Effect.flatMap(
        Effect.orElseSucceed(sys.fcntl(n(0), Fcntl.F_GETFL), () => OpenFlags.O_RDWR),
        (flags) =>
          (flags & OpenFlags.O_ACCMODE) === OpenFlags.O_RDONLY
            ? into((vector) => sys.vmsplice(n(0), vector, n(3)))
            : value(sys.vmsplice(n(0), from(), n(3)))
      )
    case "tee":
      return value(sys.tee(n(0), n(1), n(2), n(3)))
    case "fallocate":
      return done(sys.fallocate(n(0), n(1), n(2), n(3)))
    case "fdatasync":
      return done(sys.fdatasync(n(0)))
    case "sync":
      return done(sys.sync())
    case "syncfs":
      return done(sys.syncfs(n(0)))
    case "sync_file_range":
      return done(sys.syncFileRange(n(0), n(1), n(2), n(3)))
    case "fstatfs":
      return fsOf(sys.fstatfs(n(0)))
    case "statfs":
      return fsOf(sys.statfs(s(0)))
    default:
      return undefined
  }
}

const join = (vector: ReadonlyArray<Uint8Array>): Uint8Array => {
  const joined = new Uint8Array(vector.reduce((sum, each) => sum + each.length, 0))
  let at = 0
  for (const each of vector) {
    joined.set(each, at)
    at += each.length
  }
  return joined
}

/** Calls on extended attributes. */
const attribute = (sys: Sys.SystemCalls, said: Said, [call, ...args]: Step): Answer | undefined => {
  const n = (i: number): number => args[i] as number
  const s = (i: number): string => args[i] as string
  const got = <E extends Errno.Any>(get: (into: Uint8Array) => Effect.Effect<number, E>): Answer =>
    Effect.suspend(() => {
      const into = new Uint8Array(n(2))
      return Effect.map(get(into), (count) => n(2) === 0 ? `length ${count}` : said.bytes(into.subarray(0, count)))
    })
  const names = <E extends Errno.Any>(list: Effect.Effect<ReadonlyArray<string>, E>): Answer =>
    Effect.map(list, (found) => [found.length, ...[...found].sort().map(escape)].join(" "))
  switch (call) {
    case "getxattr":
      return got((into) => sys.getxattr(s(0), s(1), into))
    case "lgetxattr":
      return got((into) => sys.lgetxattr(s(0), s(1), into))
    case "fgetxattr":
      return got((into) => sys.fgetxattr(n(0), s(1), into))
    case "setxattr":
      return done(sys.setxattr(s(0), s(1), pattern(n(2), n(3)), n(4)))
    case "lsetxattr":
      return done(sys.lsetxattr(s(0), s(1), pattern(n(2), n(3)), n(4)))
    case "fsetxattr":
      return done(sys.fsetxattr(n(0), s(1), pattern(n(2), n(3)), n(4)))
    case "listxattr":
      return names(sys.listxattr(s(0), n(1)))
    case "llistxattr":
      return names(sys.llistxattr(s(0), n(1)))
    case "flistxattr":
      return names(sys.flistxattr(n(0), n(1)))
    case "removexattr":
      return done(sys.removexattr(s(0), s(1)))
    case "lremovexattr":
      return done(sys.lremovexattr(s(0), s(1)))
    case "fremovexattr":
      return done(sys.fremovexattr(n(0), s(1)))
    default:
      return undefined
  }
}

/** Calls on the process itself. */
const onSelf = (sys: Sys.SystemCalls, call: Step[0], args: ReadonlyArray<Argument>): Answer => {
  const n = (i: number): number => args[i] as number
  const s = (i: number): string => args[i] as string
  switch (call) {
    case "chdir":
      return done(sys.chdir(s(0)))
    case "fchdir":
      return done(sys.fchdir(n(0)))
    case "getcwd":
      return Effect.map(sys.getcwd(), escape)
    case "chroot":
      // Whoever stays outside can climb out.
      return done(Effect.zipRight(sys.chroot(s(0)), sys.chdir("/")))
    case "umask":
      return value(sys.umask(n(0)))
    case "setresuid":
      return done(sys.setresuid(n(0), n(1), n(2)))
    case "setresgid":
      return done(sys.setresgid(n(0), n(1), n(2)))
    case "setuid":
      return done(sys.setuid(n(0)))
    case "setgid":
      return done(sys.setgid(n(0)))
    case "setgroups":
      return done(sys.setgroups(s(0) === "" ? [] : s(0).split(",").map(Number)))
    case "ids":
      return Effect.map(
        sys.credentials(),
        (c) =>
          `u=${c.uid},${c.euid},${c.suid} g=${c.gid},${c.egid},${c.sgid} +${[...c.groups].sort((a, b) => a - b).join()}`
      )
    case "setrlimit":
      return done(sys.setrlimit(n(0), { soft: n(1), hard: n(1) }))
    case "wait":
      return Effect.map(sys.poll([{ fd: n(0), events: n(1) }], -1), ([events = 0]) => events.toString(16))
    default:
      return Effect.die(`no such call: ${call}`)
  }
}

/** Where a directory is read on is a number that means nothing to anybody else, and so is the sum of it and another. */
const seek = (sys: Sys.SystemCalls, fd: number, offset: number, whence: number): Answer => {
  const directory = Effect.match(sys.fstat(fd), {
    onFailure: () => false,
    onSuccess: ({ mode }) => FileMode.isDirectory(mode)
  })
  return Effect.flatMap(Effect.either(sys.lseek(fd, offset, whence)), (to) =>
    Effect.flatMap(directory, (is) => {
      const opaque = Either.isRight(to) || (whence === Fcntl.SEEK_CUR && to.left._tag === "EINVAL")
      return is && opaque ? Effect.succeed("cursor") : Effect.map(to, String)
    }))
}

/** All entries from the descriptor's position on, sorted. */
const list = (sys: Sys.SystemCalls, said: Said, fd: number): Answer =>
  Effect.gen(function*() {
    const all: Array<{ readonly name: string; readonly type: number; readonly ino: number }> = []
    for (;;) {
      const some = yield* sys.getdents(fd)
      if (some.length === 0) break
      all.push(...some)
    }
    const { dev } = yield* sys.fstat(fd)
    all.sort((a, b) => a.name < b.name ? -1 : 1)
    return [
      all.length,
      ...all.map(({ ino, name, type }) =>
        `${escape(name)}:${said.letter(type)}${said.disk && name === ".." ? "" : `:${said.file(dev, ino)}`}`
      )
    ].join(" ")
  })
