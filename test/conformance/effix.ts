/**
 * Runs the same programs in a process of Effix, and tells what every call answered, as the helper does for Linux.
 */
import { AbiSignals, type Errno, FileMode, Kernel, MemoryBackend, SignalFlags, Sys, Vfs } from "@effix/kernel"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { held } from "./held.js"
import { Keeper, viewerOf } from "./keeper.js"
import { setting } from "./linux.js"
import { perform } from "./perform.js"
import { escape, type Program, type Step } from "./program.js"
import { Said } from "./said.js"

/** How much of each file is looked at in the end. */
const CONTENT = 1 << 18

/** How long a call may take before it is said to block, in seconds. */
const PATIENCE = 0.004

const mayBlock: ReadonlyArray<string> = [
  "open",
  "openat",
  "openat2",
  "creat",
  "truncate",
  "vmsplice",
  "read",
  "write",
  "readv",
  "writev",
  "preadv2",
  "pwritev2",
  "sendfile",
  "splice",
  "feed",
  "tee",
  "wait",
  "accept",
  "connect",
  "send",
  "sendto",
  "sendmsg",
  "recv",
  "recvfrom",
  "recvmsg",
  "select",
  "poll2",
  "epoll_wait"
]

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
export const prepare = (sys: Sys.SystemCalls, root: string): Effect.Effect<void, Errno.Any> =>
  Effect.gen(function*() {
    yield* sys.chroot(root)
    yield* sys.chdir("/")
    for (const fd of [0, 1, 2]) yield* sys.close(fd)
    yield* sys.umask(0o022)
    yield* sys.sigaction(AbiSignals.SIGPIPE, { disposition: "ignore" })
    yield* sys.sigaction(AbiSignals.SIGXFSZ, { disposition: "ignore" })
    yield* sys.sigprocmask(SignalFlags.SIG_BLOCK, held)
    // The first alarm could come before the call has begun.
    yield* sys.sigaction(AbiSignals.SIGALRM, { disposition: () => sys.alarm(PATIENCE) })
  })

/** Everything below the working directory. */
export const tree = (
  sys: Sys.SystemCalls,
  said: Said,
  depth: number,
  lines: Array<string>
): Effect.Effect<void, Errno.Any> =>
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
export const inProcess = (
  kernel: Kernel.HostInterface,
  body: (sys: Sys.SystemCalls) => Effect.Effect<void, Errno.Any>
) =>
  Effect.scoped(
    Effect.gen(function*() {
      const handle = yield* kernel.spawn(Effect.flatMap(Sys.Sys, (sys) => Effect.as(body(sys), 0)))
      return yield* handle.wait
    })
  )

/** Links, files and FIFOs are guarded as on the machine that is asked. @see proc_sys_fs(5) */
const guardAsLinux = ({ settings }: Vfs.Vfs["Type"]): void => {
  for (const name of ["protected_symlinks", "protected_hardlinks", "protected_fifos", "protected_regular"] as const) {
    settings[name].value = setting(name)
  }
}

let programs = 0

/** A line for each step, then one for each file that is there in the end. */
export const run = (
  program: Program,
  disk = false
): Effect.Effect<ReadonlyArray<string>, Errno.Any, Kernel.Kernel | Vfs.Vfs> =>
  Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const vfs = yield* Vfs.Vfs
    guardAsLinux(vfs)
    const root = `/mnt/${programs++}`
    const lines: Array<string> = []
    const said = new Said(disk)
    yield* kernel.mount(
      root,
      MemoryBackend.make({ bytesMax: 2 ** 33, inodesMax: 100_000, now: BigInt(Date.now()) * 1_000_000n })
    )
    const keeper = new Keeper(vfs, yield* vfs.findDirectory(viewerOf(vfs.root), vfs.root, root))
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
