/** Files that lie on something slow: what was begun is finished, and nothing stays locked or held. */
import * as FaultyBackend from "@effix/testing/FaultyBackend"
import * as Effect from "effect/Effect"
import { AT_FDCWD, AT_REMOVEDIR } from "../../../src/abi/Fcntl.js"
import { O_APPEND, O_CREAT, O_DIRECTORY, O_RDONLY, O_RDWR, O_WRONLY } from "../../../src/abi/OpenFlags.js"
import { _PC_NAME_MAX } from "../../../src/abi/Pathconf.js"
import { AF_UNIX, SOCK_STREAM } from "../../../src/abi/Socket.js"
import * as MemoryBackend from "../../../src/backend/MemoryBackend.js"
import type { Any } from "../../../src/Errno.js"
import type { SystemCalls } from "../../../src/Sys.js"
import * as Machine from "../machine.js"
import { pipeOf } from "./pipes.js"
import { bytes, type Call, complain, does, FIRST, hold, letGo, type Row } from "./row.js"

/** Turns that each answer of the backend takes. */
const TURNS = 2

export const slow = () => ({
  backend: FaultyBackend.delayed(MemoryBackend.make({ bytesMax: 1 << 20, inodesMax: 100, now: 0n }), TURNS)
})

const CONTENT = 50
/** The first name is the victim's, the other the heir's; both have them. */
const NAMES = ["mine", "other"]

interface Expected {
  /** Below `/d`, for either: there when the call has succeeded, and only then. */
  readonly made?: (name: string) => string
  /** The opposite. */
  readonly gone?: (name: string) => string
}

type Act = (sys: SystemCalls, name: string) => Effect.Effect<unknown, Any>

/** The call of one, and of another in the same directory. */
const onPath = (calls: Row["calls"], act: Act, { gone, made }: Expected = {}): Row => ({
  name: `${calls[0]} on something slow`,
  calls,
  signals: "waits",
  options: slow,
  set: ({ init, machine }) =>
    Effect.gen(function*() {
      const { vfs } = machine.rooms
      const { root } = vfs
      yield* vfs.mkdir(init, root, "/d", 0o755)
      for (const name of NAMES) {
        yield* vfs.mkdir(init, root, `/d/${name}.dir`, 0o755)
        yield* vfs.symlink(init, root, "nowhere", `/d/${name}.link`)
        const file = hold(yield* vfs.open(init, root, `/d/${name}`, O_RDWR | O_CREAT, 0o644))
        yield* file.pwrite(bytes(CONTENT), 0, init)
        yield* letGo(file)
      }
      let isThere: boolean | undefined
      const [mine, other] = NAMES as [string, string]
      const watched = made?.(mine) ?? gone?.(mine)
      return {
        call: (sys) => act(sys, `/d/${mine}`),
        heir: (sys) => act(sys, `/d/${other}`),
        end: watched === undefined
          ? Effect.void
          : Effect.map(
            Effect.option(Effect.suspend(() => vfs.find(init, root, `/d/${watched}`, false))),
            ({ _tag }) => {
              isThere = _tag === "Some"
            }
          ),
        check: ({ seen: { answer, status } }) => {
          if (watched === undefined || status?._tag !== "Exited" || answer === undefined) return
          if (answer._tag === "Failure" && answer.cause._tag !== "Fail") return
          const should = (answer._tag === "Success") === (made !== undefined)
          if (isThere !== should) complain(`${watched} is ${isThere === true ? "" : "not "}there`)
        }
      }
    })
})

/** Opens it, makes the call, and closes it. */
const onFile = (
  calls: Row["calls"],
  flags: number,
  act: (sys: SystemCalls, fd: number) => Effect.Effect<unknown, Any>
): Row =>
  onPath(
    calls,
    (sys, path) =>
      Effect.flatMap(sys.open(path, flags), (fd) =>
        Effect.zipRight(Effect.tapError(act(sys, fd), () => sys.close(fd)), sys.close(fd)))
  )

const onDirectory = (calls: Row["calls"], act: (sys: SystemCalls, fd: number) => Effect.Effect<unknown, Any>): Row =>
  onPath(
    calls,
    (sys) =>
      Effect.flatMap(sys.open("/d", O_RDONLY | O_DIRECTORY), (fd) => Effect.zipRight(act(sys, fd), sys.close(fd)))
  )

const one = () => bytes(9)
const new_ = (name: string) => `${name}.new`

const paths: ReadonlyArray<Row> = [
  onPath(["open"], (sys, path) => Effect.flatMap(sys.open(new_(path), O_WRONLY | O_CREAT), (fd) => sys.close(fd)), {
    made: new_
  }),
  onPath(["openat", "close"], (sys, path) => Effect.flatMap(sys.openat(AT_FDCWD, path, O_RDWR), (fd) => sys.close(fd))),
  onPath(
    ["openat2"],
    (sys, path) => Effect.flatMap(sys.openat2(AT_FDCWD, path, { flags: O_RDONLY }), (fd) => sys.close(fd))
  ),
  onPath(["creat"], (sys, path) => Effect.flatMap(sys.creat(new_(path)), (fd) => sys.close(fd)), { made: new_ }),
  onPath(["stat"], (sys, path) => sys.stat(path)),
  onPath(["lstat"], (sys, path) => sys.lstat(`${path}.link`)),
  onPath(["fstatat"], (sys, path) => sys.fstatat(AT_FDCWD, path)),
  onPath(["statx"], (sys, path) => sys.statx(AT_FDCWD, path)),
  onPath(["access"], (sys, path) => sys.access(path, 4)),
  onPath(["faccessat"], (sys, path) => sys.faccessat(AT_FDCWD, path, 4)),
  onPath(["chmod"], (sys, path) => sys.chmod(path, 0o600)),
  onPath(["fchmodat"], (sys, path) => sys.fchmodat(AT_FDCWD, path, 0o600)),
  onPath(["chown"], (sys, path) => sys.chown(path, 1, 1)),
  onPath(["lchown"], (sys, path) => sys.lchown(path, 1, 1)),
  onPath(["fchownat"], (sys, path) => sys.fchownat(AT_FDCWD, path, 1, 1)),
  onPath(["utimensat"], (sys, path) => sys.utimensat(AT_FDCWD, path, "now", 5n)),
  onPath(["truncate"], (sys, path) => sys.truncate(path, 5)),
  onPath(["mkdir"], (sys, path) => sys.mkdir(new_(path)), { made: new_ }),
  onPath(["mkdirat"], (sys, path) => sys.mkdirat(AT_FDCWD, new_(path)), { made: new_ }),
  onPath(["mknod"], (sys, path) => sys.mknod(new_(path), 0o100644), { made: new_ }),
  onPath(["mknodat"], (sys, path) => sys.mknodat(AT_FDCWD, new_(path), 0o100644), { made: new_ }),
  onPath(["mkfifo"], (sys, path) => sys.mkfifo(new_(path)), { made: new_ }),
  onPath(["mkfifoat"], (sys, path) => sys.mkfifoat(AT_FDCWD, new_(path)), { made: new_ }),
  onPath(["rmdir"], (sys, path) => sys.rmdir(`${path}.dir`), { gone: (name) => `${name}.dir` }),
  onPath(["unlink"], (sys, path) => sys.unlink(path), { gone: (name) => name }),
  onPath(["unlinkat"], (sys, path) => sys.unlinkat(AT_FDCWD, `${path}.dir`, AT_REMOVEDIR), {
    gone: (name) => `${name}.dir`
  }),
  onPath(["link"], (sys, path) => sys.link(path, new_(path)), { made: new_ }),
  onPath(["linkat"], (sys, path) => sys.linkat(AT_FDCWD, path, AT_FDCWD, new_(path)), { made: new_ }),
  onPath(["symlink"], (sys, path) => sys.symlink("to", new_(path)), { made: new_ }),
  onPath(["symlinkat"], (sys, path) => sys.symlinkat("to", AT_FDCWD, new_(path)), { made: new_ }),
  onPath(["readlink"], (sys, path) => sys.readlink(`${path}.link`)),
  onPath(["readlinkat"], (sys, path) => sys.readlinkat(AT_FDCWD, `${path}.link`)),
  onPath(["rename"], (sys, path) => sys.rename(path, new_(path)), { made: new_ }),
  onPath(["renameat2"], (sys, path) => sys.renameat2(AT_FDCWD, path, AT_FDCWD, `${path}.dir/new`), {
    made: (name) => `${name}.dir/new`
  }),
  onPath(["chdir", "getcwd"], (sys, path) => Effect.zipRight(sys.chdir(`${path}.dir`), sys.getcwd())),
  onPath(["chroot"], (sys) => sys.chroot("/d")),
  onPath(["statfs"], (sys, path) => sys.statfs(path)),
  onPath(["pathconf"], (sys, path) => sys.pathconf(path, _PC_NAME_MAX)),
  onPath(["getxattr", "setxattr", "listxattr", "removexattr"], (sys, path) =>
    Effect.all([
      sys.setxattr(path, "user.a", one()),
      sys.getxattr(path, "user.a", one()),
      sys.listxattr(path),
      sys.removexattr(path, "user.a")
    ])),
  onPath(["lgetxattr", "lsetxattr", "llistxattr", "lremovexattr"], (sys, path) =>
    Effect.all([
      sys.lsetxattr(path, "user.a", one()),
      sys.lgetxattr(path, "user.a", one()),
      sys.llistxattr(path),
      sys.lremovexattr(path, "user.a")
    ])),
  onPath(
    ["inotifyAddWatch"],
    (sys, path) =>
      Effect.flatMap(sys.inotifyInit(), (fd) => Effect.zipRight(sys.inotifyAddWatch(fd, path, 2), sys.close(fd)))
  ),
  onPath(["sync"], (sys) => sys.sync())
]

const files: ReadonlyArray<Row> = [
  onFile(["read"], O_RDONLY, (sys, fd) => sys.read(fd, one())),
  onFile(["write"], O_WRONLY | O_APPEND, (sys, fd) => sys.write(fd, one())),
  onFile(["pread"], O_RDONLY, (sys, fd) => sys.pread(fd, one(), 3)),
  onFile(["pwrite"], O_WRONLY, (sys, fd) => sys.pwrite(fd, one(), 3)),
  onFile(["readv"], O_RDONLY, (sys, fd) => sys.readv(fd, [one(), one()])),
  onFile(["writev"], O_WRONLY, (sys, fd) => sys.writev(fd, [one(), one()])),
  onFile(["preadv"], O_RDONLY, (sys, fd) => sys.preadv(fd, [one(), one()], 3)),
  onFile(["pwritev"], O_WRONLY, (sys, fd) => sys.pwritev(fd, [one(), one()], 3)),
  onFile(["preadv2"], O_RDONLY, (sys, fd) => sys.preadv2(fd, [one(), one()], 3, 0)),
  onFile(["pwritev2"], O_WRONLY, (sys, fd) => sys.pwritev2(fd, [one(), one()], 3, 0)),
  onFile(["lseek"], O_RDONLY, (sys, fd) => sys.lseek(fd, 0, 3)),
  onFile(["fstat"], O_RDONLY, (sys, fd) => sys.fstat(fd)),
  onFile(["fchmod"], O_RDONLY, (sys, fd) => sys.fchmod(fd, 0o600)),
  onFile(["fchown"], O_RDONLY, (sys, fd) => sys.fchown(fd, 1, 1)),
  onFile(["futimens"], O_RDONLY, (sys, fd) => sys.futimens(fd, "now", 5n)),
  onFile(["ftruncate"], O_WRONLY, (sys, fd) => sys.ftruncate(fd, 5)),
  onFile(["fallocate"], O_WRONLY, (sys, fd) => sys.fallocate(fd, 0, 0, 100)),
  onFile(["posixFallocate"], O_WRONLY, (sys, fd) => sys.posixFallocate(fd, 0, 100)),
  onFile(["fsync"], O_WRONLY, (sys, fd) => sys.fsync(fd)),
  onFile(["fdatasync"], O_WRONLY, (sys, fd) => sys.fdatasync(fd)),
  onFile(["syncfs"], O_WRONLY, (sys, fd) => sys.syncfs(fd)),
  onFile(["syncFileRange"], O_WRONLY, (sys, fd) => sys.syncFileRange(fd, 0, 10, 2)),
  onFile(["fstatfs"], O_RDONLY, (sys, fd) => sys.fstatfs(fd)),
  onFile(["fgetxattr", "fsetxattr", "flistxattr", "fremovexattr"], O_RDWR, (sys, fd) =>
    Effect.all([
      sys.fsetxattr(fd, "user.a", one()),
      sys.fgetxattr(fd, "user.a", one()),
      sys.flistxattr(fd),
      sys.fremovexattr(fd, "user.a")
    ])),
  onFile(["copyFileRange"], O_RDWR, (sys, fd) => sys.copyFileRange(fd, 0, fd, CONTENT, 20)),
  onFile(["sendfile"], O_RDWR, (sys, fd) => sys.sendfile(fd, fd, 0, 20)),
  onFile(["dup2"], O_RDONLY, (sys, fd) => sys.dup2(fd, fd + 1)),
  onFile(["dup3"], O_RDONLY, (sys, fd) => Effect.flatMap(sys.dup(fd), (other) => sys.dup3(fd, other, 0))),
  onFile(["closeRange"], O_RDONLY, (sys, fd) => sys.closeRange(fd + 1, 100)),
  onDirectory(["getdents"], (sys, fd) => sys.getdents(fd)),
  onDirectory(["fchdir"], (sys, fd) => sys.fchdir(fd))
]

/** Between a pipe and a slow file: no byte is lost on the way. */
const spliced = (name: string, out: boolean): Row => ({
  name,
  calls: ["splice"],
  signals: "restarts",
  options: slow,
  alone: true,
  set: (world) =>
    Effect.gen(function*() {
      const { init, machine } = world
      const { vfs } = machine.rooms
      const { end, pipe, queues, reader, writer } = pipeOf(world)
      const file = hold(yield* vfs.open(init, vfs.root, "/file", O_RDWR | O_CREAT, 0o644))
      if (!out) yield* file.pwrite(bytes(CONTENT), 0, init)
      const call: Call = out
        ? (sys) => sys.splice(FIRST, undefined, FIRST + 1, 0, 10)
        : (sys) => sys.splice(FIRST + 1, 0, FIRST, undefined, 10)
      let found = 0
      let given = 0
      return {
        fds: [out ? reader : writer, file],
        call,
        grant: out ? does(() => (given += Machine.ready(writer.write(bytes(10), init)))) : Effect.void,
        end: Effect.suspend(() => {
          found = pipe.held + (out ? file.inode.size : 0)
          return Effect.zipRight(end, letGo(file))
        }),
        check: ({ seen: { answer } }) => {
          const told = answer?._tag === "Success" ? 10 : 0
          if (out ? found !== given : found < told || found > 10) complain(`${found} bytes are there, told of ${told}`)
        },
        queues
      }
    })
})

const socketAt = (path: string) => ({ family: "unix", path }) as const

/** Ends with files open, which are given back before anybody is told. */
const exiting: Row = {
  ...onPath(["exit"], (sys, path) => Effect.zipRight(sys.open(path, O_RDWR), sys.exit(0))),
  alone: true,
  replaces: true
}

export const slowFiles: ReadonlyArray<Row> = [
  ...paths,
  ...files,
  onPath(
    ["bind"],
    (sys, path) =>
      Effect.flatMap(
        sys.socket(AF_UNIX, SOCK_STREAM),
        (fd) => Effect.zipRight(sys.bind(fd, socketAt(new_(path))), sys.close(fd))
      ),
    { made: new_ }
  ),
  onPath(
    ["connect"],
    (sys, path) =>
      Effect.flatMap(
        sys.socket(AF_UNIX, SOCK_STREAM),
        (fd) => Effect.zipRight(Effect.ignore(sys.connect(fd, socketAt(path))), sys.close(fd))
      )
  ),
  exiting,
  spliced("splice to something slow", true),
  spliced("splice from something slow", false)
]
