/**
 * Random programs of file calls that run in two directories at once: every answer has to be the same.
 */
import * as Fcntl from "@effix/kernel/abi/Fcntl"
import * as FileMode from "@effix/kernel/abi/FileMode"
import * as OpenFlags from "@effix/kernel/abi/OpenFlags"
import type { Any } from "@effix/kernel/Errno"
import type { SystemCalls } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import { Random } from "../random.js"

const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC } = OpenFlags

/** Makes the same call below one directory or the other; `fds` are the descriptors that it has open there. */
type Step = (sys: SystemCalls, top: string, fds: Array<number>) => Effect.Effect<unknown, Any>

interface Named {
  readonly text: string
  readonly step: Step
}

const letters = ["a", "b", "c"]

const path = (random: Random): string => {
  const depth = 1 + random.between(0, 3 - 1)
  return Array.from({ length: depth }, () => `/${letters[random.between(0, letters.length - 1)]!}`).join("")
}

const statOf = (sys: SystemCalls, at: string) =>
  Effect.map(sys.lstat(at), ({ ctime, gid, mode, mtime, nlink, rdev, size, uid }) => ({
    mode,
    uid,
    gid,
    nlink,
    rdev,
    size: FileMode.isDirectory(mode) ? 0 : size,
    mtime,
    ctime
  }))

const names = (sys: SystemCalls, fd: number) =>
  Effect.gen(function*() {
    const all: Array<string> = []
    for (;;) {
      const entries = yield* sys.getdents(fd, 3)
      if (entries.length === 0) return all.sort()
      all.push(...entries.map(({ name, type }) => `${name}:${type}`))
    }
  })

const listing = (sys: SystemCalls, at: string) =>
  Effect.acquireUseRelease(
    sys.open(at, O_RDONLY | O_DIRECTORY),
    (fd) => names(sys, fd),
    (fd) => Effect.ignore(sys.close(fd))
  )

const content = (sys: SystemCalls, at: string) =>
  Effect.acquireUseRelease(sys.open(at, O_RDONLY | OpenFlags.O_NONBLOCK), (fd) =>
    Effect.gen(function*() {
      const { size } = yield* sys.fstat(fd)
      const into = new Uint8Array(size + 1)
      let done = 0
      for (let count = 1; count > 0; done += count) count = yield* sys.read(fd, into.subarray(done))
      return digest(into.subarray(0, done))
    }), (fd) => Effect.ignore(sys.close(fd)))

const digest = (bytes: Uint8Array): string => {
  let hash = 7
  for (let i = 0; i < bytes.length; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0
  return `${bytes.length}:${hash}`
}

const bytes = (random: Random): Uint8Array => {
  const length = random.pick([3, 3, 3, 50, 50, 5000, 70_000])
  const seed = random.between(0, 256 - 1)
  const whole = new Uint8Array(length)
  for (let i = 0; i < length; i++) whole[i] = i * 7 + seed
  return whole
}

const flagsOf = [O_RDONLY, O_RDWR, O_RDWR | O_CREAT, O_RDWR | O_CREAT | O_EXCL, O_RDWR | O_TRUNC, O_RDWR | O_APPEND]

const kinds: ReadonlyArray<readonly [weight: number, make: (random: Random) => Named]> = [
  [8, (r) => write(path(r), bytes(r))],
  [8, (r) => mkdir(path(r))],
  [4, (r) => named("rmdir", path(r), (p) => (sys, top) => sys.rmdir(top + p))],
  [6, (r) => named("unlink", path(r), (p) => (sys, top) => sys.unlink(top + p))],
  [10, (r) => named2("rename", path(r), path(r), (p, q) => (sys, top) => sys.rename(top + p, top + q))],
  [3, (r) => {
    const flags = 1 + r.between(0, 2 - 1)
    return named2(
      `renameat2 ${flags}`,
      path(r),
      path(r),
      (p, q) => (sys, top) => sys.renameat2(Fcntl.AT_FDCWD, top + p, Fcntl.AT_FDCWD, top + q, flags)
    )
  }],
  [6, (r) => named2("link", path(r), path(r), (p, q) => (sys, top) => sys.link(top + p, top + q))],
  [3, (r) => named2("symlink", path(r), path(r), (p, q) => (sys, top) => sys.symlink(`.${q}`, top + p))],
  [2, (r) => named("readlink", path(r), (p) => (sys, top) => sys.readlink(top + p))],
  [1, (r) => named("mkfifo", path(r), (p) => (sys, top) => sys.mkfifo(top + p))],
  [3, (r) => {
    const mode = r.between(0, 0o10000 - 1)
    return named(`chmod ${mode.toString(8)}`, path(r), (p) => (sys, top) => sys.chmod(top + p, mode))
  }],
  [2, (r) => {
    const uid = r.between(0, 3 - 1)
    return named(`lchown ${uid}`, path(r), (p) => (sys, top) => sys.lchown(top + p, uid, -1))
  }],
  [2, (r) => {
    const time = BigInt(r.between(0, 1000 - 1))
    return named(`utimens ${time}`, path(r), (p) => (sys, top) => sys.utimensat(Fcntl.AT_FDCWD, top + p, "omit", time))
  }],
  [3, (r) => {
    const size = [0, 2, 100, 80_000][r.between(0, 4 - 1)]!
    return named(`truncate ${size}`, path(r), (p) => (sys, top) => sys.truncate(top + p, size))
  }],
  [6, (r) => named("stat", path(r), (p) => (sys, top) => statOf(sys, top + p))],
  [5, (r) => named("list", path(r), (p) => (sys, top) => listing(sys, top + p))],
  [5, (r) => named("read", path(r), (p) => (sys, top) => content(sys, top + p))],
  [5, (r) => {
    const flags = flagsOf[r.between(0, flagsOf.length - 1)]!
    return named(
      `open ${flags}`,
      path(r),
      (p) => (sys, top, fds) => Effect.map(sys.open(top + p, flags | OpenFlags.O_NONBLOCK), (fd) => void fds.push(fd))
    )
  }],
  [5, (r) => onFd(r, "pwrite", (fd, sys) => sys.pwrite(fd, Uint8Array.of(1, 2, 3), 4))],
  [5, (r) =>
    onFd(r, "pread", (fd, sys) => {
      const into = new Uint8Array(200)
      return Effect.map(sys.pread(fd, into, 1), (count) => digest(into.subarray(0, count)))
    })],
  [
    3,
    (r) =>
      onFd(
        r,
        "fstat",
        (fd, sys) =>
          Effect.map(sys.fstat(fd), ({ mode, nlink, size }) => [mode, nlink, FileMode.isDirectory(mode) ? 0 : size])
      )
  ],
  [2, (r) => onFd(r, "ftruncate", (fd, sys) => sys.ftruncate(fd, 10))],
  [2, (r) => onFd(r, "getdents", (fd, sys) => names(sys, fd))]
]

const named = (what: string, p: string, step: (p: string) => Step): Named => ({ text: `${what} ${p}`, step: step(p) })

const named2 = (what: string, p: string, q: string, step: (p: string, q: string) => Step): Named => ({
  text: `${what} ${p} ${q}`,
  step: step(p, q)
})

/** A call on one of the descriptors that are open; on none, if there is none. */
const onFd = (
  random: Random,
  what: string,
  call: (fd: number, sys: SystemCalls) => Effect.Effect<unknown, Any>
): Named => {
  const which = random.between(0, 4 - 1)
  return { text: `${what} #${which}`, step: (sys, _, fds) => call(fds[which] ?? 999, sys) }
}

const write = (p: string, data: Uint8Array): Named => ({
  text: `write ${p} ${data.length}`,
  step: (sys, top) =>
    Effect.acquireUseRelease(
      sys.open(top + p, O_RDWR | O_CREAT | O_APPEND),
      (fd) => sys.write(fd, data),
      (fd) => Effect.ignore(sys.close(fd))
    )
})

const mkdir = (p: string): Named => named("mkdir", p, (at) => (sys, top) => sys.mkdir(top + at))

const total = kinds.reduce((sum, [weight]) => sum + weight, 0)

export const program = (seed: number, length: number): ReadonlyArray<Named> => {
  const random = new Random(seed)
  return Array.from({ length }, () => {
    let at = random.between(0, total - 1)
    const kind = kinds.find(([weight]) => (at -= weight) < 0)!
    return kind[1](random)
  })
}

/** Makes a tree in which most paths are there, and then some more. */
export const filling = (seed: number, length: number): ReadonlyArray<Named> => {
  const random = new Random(seed)
  const steps: Array<Named> = []
  const at = (p: string, directories: number): void => {
    steps.push(random.chance(directories) ? mkdir(p) : write(p, bytes(random)))
  }
  for (const one of letters) {
    at(`/${one}`, 0.85)
    for (const two of letters) {
      if (random.chance(0.8)) at(`/${one}/${two}`, 0.5)
      for (const three of letters) {
        if (random.chance(0.3)) at(`/${one}/${two}/${three}`, 0.3)
      }
    }
  }
  return [...steps, ...program(seed + 1, length)]
}

const answer = (effect: Effect.Effect<unknown, Any>): Effect.Effect<string> =>
  Effect.match(effect, {
    onFailure: ({ _tag }) => _tag,
    onSuccess: (value) =>
      JSON.stringify(value, (_, each: unknown) => typeof each === "bigint" ? `${each}n` : each) ?? "ok"
  })

/** Every file below a directory, with what is in it. */
export const tree = (sys: SystemCalls, top: string): Effect.Effect<ReadonlyArray<string>, Any> =>
  Effect.gen(function*() {
    const all: Array<string> = []
    const pending = [""]
    for (let at = pending.shift(); at !== undefined; at = pending.shift()) {
      for (const entry of yield* listing(sys, top + at)) {
        const name = entry.slice(0, entry.lastIndexOf(":"))
        if (name === "." || name === "..") continue
        const here = `${at}/${name}`
        const stat = yield* statOf(sys, top + here)
        const inside = FileMode.isRegular(stat.mode)
          ? yield* content(sys, top + here)
          : FileMode.isSymlink(stat.mode)
          ? yield* sys.readlink(top + here)
          : ""
        all.push(`${here} ${JSON.stringify({ ...stat, mtime: `${stat.mtime}`, ctime: `${stat.ctime}` })} ${inside}`)
        if (FileMode.isDirectory(stat.mode)) pending.push(here)
      }
    }
    return all
  })

/** Runs a program in both directories, step by step; answers what is not the same. */
export const compare = (
  sys: SystemCalls,
  [left, right]: readonly [string, string],
  steps: ReadonlyArray<Named>,
  tick: Effect.Effect<void>
): Effect.Effect<string | undefined, Any> =>
  Effect.gen(function*() {
    const [leftFds, rightFds]: [Array<number>, Array<number>] = [[], []]
    let difference: string | undefined
    for (const [i, { step, text }] of steps.entries()) {
      if (i % 8 === 0) yield* tick
      const expected = yield* answer(Effect.suspend(() => step(sys, left, leftFds)))
      const actual = yield* answer(Effect.suspend(() => step(sys, right, rightFds)))
      if (expected === actual) continue
      difference = `${text}: ${actual} and not ${expected}`
      break
    }
    for (const fd of [...leftFds, ...rightFds]) yield* Effect.ignore(sys.close(fd))
    if (difference !== undefined) return difference
    const [before, after] = [yield* tree(sys, left), yield* tree(sys, right)]
    const at = before.findIndex((line, i) => line !== after[i])
    if (at >= 0) return `the tree: ${after[at] ?? "nothing"} and not ${before[at]}`
    return after.length > before.length ? `the tree: ${after[before.length]} besides` : undefined
  })
