/**
 * Runs the same programs in a process of Effix, and tells what every call answered, as the helper does for Linux.
 */
import {
  AbiSignals,
  Credentials,
  type Dentry,
  Errno,
  FileMode,
  Kernel,
  MemoryBackend,
  Resources,
  Sys,
  Vfs
} from "@effix/kernel"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { type Argument, escape, kindsOf, type Program, type Step } from "./program.js"
import { Said } from "./said.js"

const BUFFER = 1 << 20
const CONTENT = 1 << 18

/** How long a call may take before it is said to block, in seconds. */
const PATIENCE = 0.004

const pattern = (length: number, seed: number): Uint8Array => {
  const bytes = new Uint8Array(Math.min(length, BUFFER))
  for (let at = 0; at < bytes.length; at++) bytes[at] = seed + at * 7 + (at >> 8) * 13
  return bytes
}

const timeOf = (word: string): bigint | "now" | "omit" => word === "now" || word === "omit" ? word : BigInt(word)

type Answer = Effect.Effect<string, Errno.Any>

const done = <E extends Errno.Any>(call: Effect.Effect<unknown, E>): Answer => Effect.as(call, "0")
const value = <E extends Errno.Any>(call: Effect.Effect<number, E>): Answer => Effect.map(call, String)

/** What every call of a program comes down to. Arguments are there as `calls` says, and of those kinds. */
const perform = (sys: Sys.SystemCalls, said: Said, [call, ...args]: Step): Answer => {
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
    case "close":
      return done(sys.close(n(0)))
    case "read": {
      const into = new Uint8Array(Math.min(n(1), BUFFER))
      return bytes(into, sys.read(n(0), into))
    }
    case "pread": {
      const into = new Uint8Array(Math.min(n(1), BUFFER))
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
    case "access":
      return done(sys.access(s(0), n(1)))
    case "faccessat":
      return done(sys.faccessat(n(0), s(1), n(2), n(3)))
    case "chmod":
      return done(sys.chmod(s(0), n(1)))
    case "fchmod":
      return done(sys.fchmod(n(0), n(1)))
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
      return onSelf(sys, call, args)
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
        (c) => `u=${c.uid},${c.euid},${c.suid} g=${c.gid},${c.egid},${c.sgid} +${[...c.groups].sort((a, b) => a - b).join()}`
      )
    case "setrlimit":
      return done(sys.setrlimit(n(0) === Resources.RLIMIT_FSIZE ? { fileSize: n(1) } : { openFiles: n(1) }))
    case "wait":
      return Effect.map(sys.poll([{ fd: n(0), events: n(1) }], -1), ([events = 0]) => events.toString(16))
    default:
      return Effect.die(`no such call: ${call}`)
  }
}

/** Where a directory is read on is a number that means nothing to anybody else, but for 0. */
const seek = (sys: Sys.SystemCalls, fd: number, offset: number, whence: number): Answer =>
  Effect.gen(function*() {
    const to = yield* sys.lseek(fd, offset, whence)
    const { mode } = yield* sys.fstat(fd)
    return to > 0 && FileMode.isDirectory(mode) ? "cursor" : String(to)
  })

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
    return [all.length, ...all.map(({ ino, name, type }) => `${escape(name)}:${said.letter(type)}:${said.file(dev, ino)}`)].join(" ")
  })

const mayBlock: ReadonlyArray<string> = ["open", "openat", "read", "write", "wait"]

/** One line about one step: what it answered, or `!` and the errno. */
const step = (sys: Sys.SystemCalls, said: Said, keeper: Keeper, each: Step): Effect.Effect<string> => {
  const [name, path, how] = each
  const call = name === "mount"
    ? keeper.mount(path as string, how !== 0)
    : name === "readonly"
    ? keeper.protect(path as string)
    : perform(sys, said, each)
  const asked = mayBlock.includes(each[0])
    ? Effect.zipLeft(Effect.zipRight(sys.alarm(PATIENCE), Effect.exit(call)), sys.alarm(0))
    : Effect.exit(call)
  return Effect.map(asked, (exit) =>
    Exit.match(exit, {
      onSuccess: (answer) => answer,
      onFailure: (cause) => cause._tag === "Fail" ? `!${cause.error._tag}` : `defect: ${Cause.pretty(cause)}`
    }))
}

/** The state in which the helper starts a program. */
const prepare = (sys: Sys.SystemCalls, root: string): Effect.Effect<void, Errno.Any> =>
  Effect.gen(function*() {
    yield* sys.chroot(root)
    yield* sys.chdir("/")
    for (const fd of [0, 1, 2]) yield* sys.close(fd)
    yield* sys.umask(0o022)
    yield* sys.sigaction(AbiSignals.SIGPIPE, { disposition: "ignore" })
    yield* sys.sigaction(AbiSignals.SIGXFSZ, { disposition: "ignore" })
    // The first alarm could come before the call has begun.
    yield* sys.sigaction(AbiSignals.SIGALRM, { disposition: () => sys.alarm(PATIENCE) })
  })

/** Everything below the working directory. */
const tree = (sys: Sys.SystemCalls, said: Said, depth: number, lines: Array<string>): Effect.Effect<void, Errno.Any> =>
  Effect.gen(function*() {
    const fd = yield* sys.open(".", 0)
    const names: Array<string> = []
    for (let some = yield* sys.getdents(fd); some.length > 0; some = yield* sys.getdents(fd)) {
      names.push(...some.map(({ name }) => name))
    }
    yield* sys.close(fd)
    for (const name of names.filter((each) => each !== "." && each !== "..").sort()) {
      const st = yield* sys.lstat(name)
      let more = ""
      if (FileMode.isRegular(st.mode)) {
        const file = yield* sys.open(name, 0)
        const into = new Uint8Array(CONTENT)
        more = ` ${said.bytes(into.subarray(0, yield* sys.read(file, into)))}`
        yield* sys.close(file)
      } else if (FileMode.isSymlink(st.mode)) more = ` -> ${escape(yield* sys.readlink(name))}`
      lines.push(`${" ".repeat(depth * 2 + 1)}${escape(name)} ${said.stat(st)}${more}`)
      if (!FileMode.isDirectory(st.mode)) continue
      yield* sys.chdir(name)
      yield* tree(sys, said, depth + 1, lines)
      yield* sys.chdir("..")
    }
  })

/** Runs `body` in a process of its own and waits for its end. */
const inProcess = (kernel: Kernel.HostInterface, body: (sys: Sys.SystemCalls) => Effect.Effect<void, Errno.Any>) =>
  Effect.scoped(
    Effect.gen(function*() {
      const handle = yield* kernel.spawn(Effect.flatMap(Sys.Sys, (sys) => Effect.as(body(sys), 0)))
      return yield* handle.wait
    })
  )

/** Mounts below the root of a program, and takes them away again. */
class Keeper {
  private readonly mounted: Array<Dentry.Location> = []

  constructor(private readonly vfs: Vfs.Vfs["Type"], private readonly root: Dentry.Location) {}

  private get viewer(): Vfs.Viewer {
    return { pid: 0, credentials: Credentials.root, root: this.root, cwd: this.root, umask: 0 }
  }

  mount(path: string, small: boolean): Answer {
    const now = BigInt(Date.now()) * 1_000_000n
    const room = small ? { bytesMax: 16_384, inodesMax: 4, now } : { bytesMax: 2 ** 30, inodesMax: 100_000, now }
    return Effect.gen(this, function*() {
      yield* this.vfs.mount(this.viewer, path, MemoryBackend.make(room))
      this.mounted.push(yield* this.vfs.findDirectory(this.viewer, this.root, path))
      return "0"
    })
  }

  protect(path: string): Answer {
    return Effect.gen(this, function*() {
      const { dentry, mount } = yield* this.vfs.findDirectory(this.viewer, this.root, path)
      if (dentry !== mount.root) return yield* Errno.fail("EINVAL")
      mount.readOnly = true
      return "0"
    })
  }

  /** Where a mount is by now is looked up from the mount itself: its directory may have been renamed. */
  leave(): Effect.Effect<void, Errno.Any> {
    return Effect.forEach(
      this.mounted.reverse(),
      (at) => this.vfs.unmount(this.viewer, this.vfs.pathOf(this.root, at) ?? "/"),
      { discard: true }
    )
  }
}

let programs = 0

/** A line for each step, then one for each file that is there in the end. */
export const run = (program: Program): Effect.Effect<ReadonlyArray<string>, Errno.Any, Kernel.Kernel | Vfs.Vfs> =>
  Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const vfs = yield* Vfs.Vfs
    const root = `/mnt/${programs++}`
    const lines: Array<string> = []
    const said = new Said()
    yield* kernel.mount(root, MemoryBackend.make({ bytesMax: 2 ** 33, inodesMax: 100_000, now: BigInt(Date.now()) * 1_000_000n }))
    const viewer = { pid: 0, credentials: Credentials.root, root: vfs.root, cwd: vfs.root, umask: 0 }
    const keeper = new Keeper(vfs, yield* vfs.findDirectory(viewer, vfs.root, root))
    const status = yield* inProcess(kernel, (sys) =>
      Effect.gen(function*() {
        yield* prepare(sys, root)
        for (const each of program) lines.push(yield* step(sys, said, keeper, each))
      }))
    if (status._tag !== "Exited") lines.push(`ended by ${JSON.stringify(status)}`)
    yield* inProcess(kernel, (sys) =>
      Effect.gen(function*() {
        yield* sys.chroot(root)
        yield* sys.chdir("/")
        lines.push(`/ ${said.stat(yield* sys.lstat("/"))}`)
        yield* tree(sys, said, 0, lines)
      }))
    // What a process leaves behind keeps its file system busy.
    const left = yield* Effect.exit(Effect.zipRight(keeper.leave(), kernel.unmount(root)))
    if (Exit.isFailure(left)) lines.push("still busy")
    return lines
  })

/** Whether a program fits `calls`: what a test writes by hand may not. */
export const isWellFormed = (program: Program): boolean =>
  program.every(([call, ...args]) =>
    args.length === kindsOf(call).length &&
    args.every((argument, i) => (typeof argument === "string") === ["text", "time", "ids"].includes(kindsOf(call)[i]!)))
