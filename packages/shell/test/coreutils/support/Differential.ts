/**
 * Runs each case twice, with the host's GNU tool in a temporary directory and with ours in a kernel over the same
 * tree, and compares what was printed, how it ended and what is left.
 */
import { expect, layer } from "@effect/vitest"
import { Fcntl, Kernel, OpenFlags, Sys } from "@effix/kernel"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Coreutils from "../../../src/Coreutils.js"
import * as Shell from "../../../src/Shell.js"

/** What a path of the tree is; a text is a file's content. */
type Entry =
  | string
  | Uint8Array
  | { readonly file: string | Uint8Array; readonly mode?: number; readonly mtime?: number }
  | { readonly directory: true; readonly mode?: number; readonly mtime?: number }
  | { readonly link: string }
  | { readonly hard: string }
  | { readonly fifo: true }

type Tree = Readonly<Record<string, Entry>>

export interface Case {
  readonly argv: ReadonlyArray<string>
  readonly name?: string
  readonly stdin?: string | Uint8Array
  readonly tree?: Tree
  readonly env?: Readonly<Record<string, string>>
  /** Run as a user without privileges. */
  readonly user?: number
  /** The order of lines is the file system's. */
  readonly unordered?: boolean
  /** Rewrites outputs before they are compared, on both sides. */
  readonly normalize?: (text: string) => string
  /** Which parts of stderr count. Default: all of it. */
  readonly stderr?: "exact" | "some" | "ignore"
  /** Whether what is left is compared. Default: whether there is a tree. */
  readonly left?: boolean
  /** Whether the times of what is left are compared too. */
  readonly times?: boolean
  /** What to expect where the host's answer is not what counts. */
  readonly expected?: { readonly stdout?: string; readonly stderr?: string; readonly exitCode?: number }
}

interface Outcome {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
  readonly left: ReadonlyArray<string>
}

export const TestKernel = Kernel.layerWith({ drivers: Coreutils.layer as Layer.Layer<never, never, never> })

/** For tools that start commands. */
export const TestKernelWithShell = Kernel.layerWith({
  drivers: Layer.mergeAll(Coreutils.layer, Shell.layer) as Layer.Layer<never, never, never>
})

/** When everything in a tree was changed last, unless it says otherwise: 2024-01-02 03:04:05. */
const longAgo = 1_704_164_645

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1")
const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === "string" ? Buffer.from(content) : content

/** `true` where GNU's tools of the expected kind are at hand. */
export const hasGnu = process.platform === "linux" && process.getuid?.() === 0 &&
  spawnSync("sort", ["--version"]).stdout?.toString().includes("GNU coreutils")

interface Made {
  readonly path: string
  readonly entry: Exclude<Entry, string | Uint8Array>
}

const normalized = (tree: Tree): ReadonlyArray<Made> =>
  Object.entries(tree).map(([path, entry]) => ({
    path,
    entry: typeof entry === "string" || entry instanceof Uint8Array ? { file: entry } : entry
  }))

const makeOnHost = (root: string, tree: Tree): void => {
  const made = normalized(tree)
  for (const { entry, path: name } of made) {
    const full = path.join(root, name)
    fs.mkdirSync(path.dirname(full), { recursive: true })
    if ("file" in entry) fs.writeFileSync(full, entry.file)
    else if ("link" in entry) fs.symlinkSync(entry.link, full)
    else if ("hard" in entry) fs.linkSync(path.join(root, entry.hard), full)
    else if ("fifo" in entry) spawnSync("mkfifo", [full])
    else fs.mkdirSync(full, { recursive: true })
  }
  settleOnHost(root)
  for (const { entry, path: name } of [...made].reverse()) {
    const full = path.join(root, name)
    if ("mode" in entry && entry.mode !== undefined) fs.chmodSync(full, entry.mode)
    if ("mtime" in entry && entry.mtime !== undefined) fs.utimesSync(full, entry.mtime, entry.mtime)
  }
}

/** Gives everything the same old time. */
const settleOnHost = (directory: string): void => {
  for (const name of fs.readdirSync(directory)) {
    const full = path.join(directory, name)
    if (fs.lstatSync(full).isDirectory()) settleOnHost(full)
    else fs.lutimesSync(full, longAgo, longAgo)
  }
  fs.utimesSync(directory, longAgo, longAgo)
}

const kinds: Readonly<Record<number, string>> = {
  0o040000: "d",
  0o100000: "f",
  0o120000: "l",
  0o010000: "p",
  0o020000: "c"
}

const line = (
  name: string,
  stat: { mode: number; nlink: number; size: number; mtime: number; uid: number; gid: number },
  more: string,
  times: boolean
): string => {
  const kind = kinds[stat.mode & 0o170000] ?? "?"
  const links = kind === "d" ? "" : ` x${stat.nlink}`
  return `${kind} ${(stat.mode & 0o7777).toString(8)} ${stat.uid}:${stat.gid}${links}${
    times ? ` @${stat.mtime}` : ""
  } ${name} ${more}`
}

const leftOnHost = (root: string, times: boolean, below = ""): ReadonlyArray<string> =>
  fs.readdirSync(path.join(root, below)).sort().flatMap((name) => {
    const relative = path.join(below, name)
    const full = path.join(root, relative)
    const stat = fs.lstatSync(full)
    const more = stat.isSymbolicLink()
      ? fs.readlinkSync(full)
      : stat.isFile()
      ? latin1(fs.readFileSync(full))
      : ""
    const entry = {
      ...stat,
      mode: stat.mode,
      nlink: stat.nlink,
      size: stat.size,
      mtime: Math.floor(stat.mtimeMs / 1000),
      uid: stat.uid,
      gid: stat.gid
    }
    const own = line(relative, entry, more, times)
    return stat.isDirectory() ? [own, ...leftOnHost(root, times, relative)] : [own]
  })

interface Ended {
  readonly stdout: Buffer
  readonly stderr: Buffer
  readonly exitCode: number
}

/** Runs a tool of the host; other tests go on meanwhile. */
const runOnHost = (one: Case, cwd: string): Effect.Effect<Ended> =>
  Effect.async((resume) => {
    const [command, ...args] = one.argv
    const child = spawn(command!, args, {
      cwd,
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC", ...one.env },
      ...(one.user === undefined ? {} : { uid: one.user, gid: one.user })
    })
    const stdout: Array<Buffer> = []
    const stderr: Array<Buffer> = []
    child.stdout.on("data", (block: Buffer) => stdout.push(block))
    child.stderr.on("data", (block: Buffer) => stderr.push(block))
    child.on("error", () => resume(Effect.die(new Error(`cannot run ${command}`))))
    child.on("close", (code, signal) => {
      const exitCode = code ?? 128 + (os.constants.signals[signal!] ?? 0)
      resume(Effect.succeed({ stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr), exitCode }))
    })
    // A tool may end before it has read everything.
    child.stdin.on("error", () => {})
    child.stdin.end(bytesOf(one.stdin ?? ""))
  })

const onHost = (one: Case): Effect.Effect<Outcome> =>
  Effect.acquireUseRelease(
    Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "effix-"))),
    (root) => {
      makeOnHost(root, one.tree ?? {})
      fs.chmodSync(root, 0o777)
      return Effect.map(runOnHost(one, root), ({ exitCode, stderr, stdout }) => ({
        stdout: latin1(stdout),
        stderr: latin1(stderr),
        exitCode,
        left: one.left ?? one.tree !== undefined ? leftOnHost(root, one.times ?? false) : []
      }))
    },
    (root) => Effect.sync(() => fs.rmSync(root, { recursive: true, force: true }))
  )

let directories = 0

const attempt = Effect.merge

const makeInKernel = (root: string, tree: Tree) =>
  Effect.gen(function*() {
    const sys = yield* Sys.Sys
    yield* sys.umask(0o022)
    const parents = function*(name: string) {
      const parts = name.split("/")
      for (let i = 1; i < parts.length; i++) yield* attempt(sys.mkdir(`${root}/${parts.slice(0, i).join("/")}`, 0o777))
    }
    yield* attempt(sys.mkdir(root, 0o777))
    const made = normalized(tree)
    for (const { entry, path: name } of made) {
      const full = `${root}/${name}`
      yield* parents(name)
      if ("file" in entry) {
        const fd = yield* sys.open(full, OpenFlags.O_WRONLY | OpenFlags.O_CREAT, 0o666)
        const bytes = bytesOf(entry.file)
        for (let at = 0; at < bytes.length;) at += yield* sys.write(fd, bytes.subarray(at))
        yield* sys.close(fd)
      } else if ("link" in entry) yield* sys.symlink(entry.link, full)
      else if ("hard" in entry) yield* sys.link(`${root}/${entry.hard}`, full)
      else if ("fifo" in entry) yield* sys.mkfifo(full, 0o644)
      else yield* attempt(sys.mkdir(full, 0o777))
    }
    yield* settle(sys, root)
    for (const { entry, path: name } of [...made].reverse()) {
      const full = `${root}/${name}`
      if ("mode" in entry && entry.mode !== undefined) yield* sys.chmod(full, entry.mode)
      if ("mtime" in entry && entry.mtime !== undefined) {
        const at = BigInt(entry.mtime) * 1_000_000_000n
        yield* sys.utimensat(Fcntl.AT_FDCWD, full, at, at)
      }
    }
    yield* sys.chmod(root, 0o777)
    return 0
  })

const namesIn = function*(sys: Sys.SystemCalls, directory: string) {
  const fd = yield* sys.open(directory, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY)
  const names: Array<string> = []
  while (true) {
    const entries = yield* sys.getdents(fd)
    if (entries.length === 0) break
    for (const { name } of entries) if (name !== "." && name !== "..") names.push(name)
  }
  yield* sys.close(fd)
  return names.sort()
}

const settle = (sys: Sys.SystemCalls, directory: string): Effect.Effect<void, unknown> =>
  Effect.gen(function*() {
    const at = BigInt(longAgo) * 1_000_000_000n
    for (const name of yield* namesIn(sys, directory)) {
      const full = `${directory}/${name}`
      const stat = yield* sys.lstat(full)
      if ((stat.mode & 0o170000) === 0o040000) yield* settle(sys, full)
      else yield* sys.utimensat(Fcntl.AT_FDCWD, full, at, at, Fcntl.AT_SYMLINK_NOFOLLOW)
    }
    yield* sys.utimensat(Fcntl.AT_FDCWD, directory, at, at)
  })

const leftInKernel = (
  root: string,
  times: boolean,
  into: Array<string>,
  below = ""
): Effect.Effect<void, unknown, Sys.Sys> =>
  Effect.gen(function*() {
    const sys = yield* Sys.Sys
    for (const name of yield* namesIn(sys, path.posix.join(root, below))) {
      const relative = path.posix.join(below, name)
      const full = `${root}/${relative}`
      const stat = yield* sys.lstat(full)
      const type = stat.mode & 0o170000
      let more = ""
      if (type === 0o120000) more = yield* sys.readlink(full)
      else if (type === 0o100000) {
        const fd = yield* sys.open(full, OpenFlags.O_RDONLY)
        const buffer = new Uint8Array(65_536)
        for (let count = yield* sys.read(fd, buffer); count > 0; count = yield* sys.read(fd, buffer)) {
          more += latin1(buffer.subarray(0, count))
        }
        yield* sys.close(fd)
      }
      into.push(line(relative, { ...stat, mtime: Number(stat.mtime / 1_000_000_000n) }, more, times))
      if (type === 0o040000) yield* leftInKernel(root, times, into, relative)
    }
  })

const inside = <E>(kernel: Kernel.HostInterface, program: Effect.Effect<number, E, Sys.Sys>) =>
  Effect.scoped(
    Effect.gen(function*() {
      const handle = yield* kernel.spawn(program as Sys.Program)
      const status = yield* handle.wait
      if (status._tag !== "Exited" || status.code !== 0) throw new Error(`set-up: ${JSON.stringify(status)}`)
    })
  )

const inKernel = (one: Case) =>
  Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const root = `/tmp/case${++directories}`
    yield* inside(kernel, makeInKernel(root, one.tree ?? {}))
    const result = yield* kernel.exec(one.argv, {
      cwd: root,
      stdin: one.stdin ?? "",
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC", ...one.env },
      timeout: "10 seconds",
      ...(one.user === undefined ? {} : { user: one.user })
    })
    const left: Array<string> = []
    if (one.left ?? one.tree !== undefined) {
      yield* inside(kernel, Effect.as(leftInKernel(root, one.times ?? false, left), 0))
    }
    return { stdout: latin1(result.stdout), stderr: latin1(result.stderr), exitCode: result.exitCode, left }
  })

const shape = (one: Case, outcome: Outcome): Outcome => {
  const normalize = one.normalize ?? ((text) => text)
  const sorted = (text: string): string => one.unordered === true ? text.split("\n").sort().join("\n") : text
  const stderr = one.stderr === "ignore"
    ? ""
    : one.stderr === "some"
    ? String(outcome.stderr !== "")
    : sorted(normalize(outcome.stderr))
  // The host's tools name themselves by the path that they were found at.
  return { ...outcome, stdout: sorted(normalize(outcome.stdout)), stderr }
}

const nameOf = (one: Case): string =>
  one.name ?? one.argv.map((arg) => /^[\w./=:,+-]+$/.test(arg) ? arg : JSON.stringify(arg)).join(" ")

/** Runs one case on both sides. */
export const both = (one: Case) =>
  Effect.all({
    ours: Effect.map(inKernel(one), (outcome) => shape(one, outcome)),
    host: Effect.map(onHost(one), (outcome) => shape(one, outcome))
  }, { concurrency: 2 })

/** Declares one test for each case; `present` says whether the host has the tool. */
export const sameAsGnu = (
  title: string,
  cases: ReadonlyArray<Case>,
  kernel: Layer.Layer<Kernel.Kernel> = TestKernel,
  present = hasGnu
): void => {
  layer(kernel, { excludeTestServices: true })(title, (it) => {
    const seen = new Map<string, number>()
    for (const one of cases) {
      const name = nameOf(one)
      const times = (seen.get(name) ?? 0) + 1
      seen.set(name, times)
      it.effect.skipIf(!present)(
        `answers as GNU does: ${name}${times > 1 ? ` (${times})` : ""}`,
        () =>
          Effect.gen(function*() {
            const { host, ours } = yield* both(one)
            // oxlint-disable-next-line vitest/valid-expect
            expect(ours, name).toEqual({ ...host, ...one.expected })
          })
      )
    }
  })
}
