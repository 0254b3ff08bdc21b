/**
 * Programs about users and capabilities, as Effix performs them: the counterpart of `native/powers.c`.
 */
import {
  AbiSignals,
  Bytes,
  Capabilities,
  CapabilitySet,
  Fcntl,
  FileMode,
  Kernel,
  OpenFlags,
  Prctl,
  Programs,
  Sys
} from "@effix/kernel"
import { Effect, Layer } from "effect"
import type { Random } from "./random.js"

/** What a call answers in the end, as one line says it. */
const said = (call: Effect.Effect<unknown, { readonly _tag: string }>): Effect.Effect<string> =>
  Effect.match(call, {
    onFailure: ({ _tag }) => `!${_tag}`,
    onSuccess: (value) => typeof value === "number" ? `${value}` : "0"
  })

const SECURITY = "security.capability"

const modeOf = (sys: Sys.SystemCalls, step: string, path: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.match(sys.lstat(path), {
    onFailure: () => "",
    onSuccess: ({ gid, mode, uid }) => `${step} mode ${mode.toString(8)} uid ${uid} gid ${gid}`
  }).pipe(
    Effect.flatMap((text) =>
      text === "" ? Effect.succeed([]) : Effect.map(lent(sys, path), (more) => [`${text} caps ${more}`])
    )
  )

/** The capabilities of a file, as bytes. */
const lent = (sys: Sys.SystemCalls, path: string): Effect.Effect<string> => {
  const into = new Uint8Array(64)
  return Effect.match(sys.getxattr(path, SECURITY, into), {
    onFailure: ({ _tag }) => `!${_tag}`,
    onSuccess: (length) => Array.from(into.subarray(0, length), (byte) => byte.toString(16).padStart(2, "0")).join("")
  })
}

/** Words of 32 bits as they stand in memory. */
const bytesOf = (words: ReadonlyArray<string>): Uint8Array =>
  new Uint8Array(Uint32Array.from(words, (word) => Number.parseInt(word, 16)).buffer)

const opened = (sys: Sys.SystemCalls, path: string, flags: number) =>
  Effect.flatMap(sys.open(path, flags, 0o644), (fd) => sys.close(fd))

const show = (sys: Sys.SystemCalls): Effect.Effect<string> =>
  Effect.map(sys.credentials(), (c) => {
    const sets = [c.effective, c.permitted, c.inheritable, c.bounding, c.ambient].map((set) => set.toString(16))
    return `${sets.join(" ")} bits ${c.securebits} nnp ${c.noNewPrivileges ? 1 : 0} uid ${c.uid} ${c.euid} ${c.suid} ` +
      `${c.fsuid} gid ${c.gid} ${c.egid} ${c.sgid} ${c.fsgid}`
  })

/** As C reads them: octal behind a 0. */
const numberOf = (text: string): number => /^0\d/.test(text) ? Number.parseInt(text, 8) : Number(text)

/** One step; the lines that it says. */
const perform = (
  sys: Sys.SystemCalls,
  step: string,
  rest: string,
  victim: number
): Effect.Effect<ReadonlyArray<string>> => {
  const [call = "", path = "", other = ""] = step.split(" ")
  const [a = 0, b = 0, c = 0] = step.split(" ").slice(1).map(numberOf)
  const line = (answer: Effect.Effect<unknown, { readonly _tag: string }>) =>
    Effect.map(said(answer), (text) => [`${step} ${text}`])
  const withMode = (answer: Effect.Effect<unknown, { readonly _tag: string }>) =>
    Effect.zipWith(line(answer), modeOf(sys, step, path), (first, second) => [...first, ...second])
  switch (call) {
    case "capset":
      return line(sys.capset({ effective: a, permitted: b, inheritable: c }))
    case "prctl":
      return line(sys.prctl(a, b, c))
    case "setresuid":
      return line(sys.setresuid(a, b, c))
    case "setresgid":
      return line(sys.setresgid(a, b, c))
    case "setuid":
      return line(sys.setuid(a))
    case "setgid":
      return line(sys.setgid(a))
    case "setfsuid":
      return line(sys.setfsuid(a))
    case "setfsgid":
      return line(sys.setfsgid(a))
    case "setgroups":
      return line(sys.setgroups([a]))
    case "show":
      return Effect.map(show(sys), (text) => [`${step} ${text}`])
    case "chown":
      return withMode(sys.chown(path, b, c))
    case "chmod":
      return withMode(sys.chmod(path, b))
    case "read":
      return line(opened(sys, path, OpenFlags.O_RDONLY))
    case "noatime":
      return line(opened(sys, path, OpenFlags.O_RDONLY | OpenFlags.O_NOATIME))
    case "write":
      return withMode(Effect.gen(function*() {
        const fd = yield* sys.open(path, OpenFlags.O_WRONLY)
        const count = yield* sys.write(fd, Bytes.encode("x"))
        yield* sys.close(fd)
        return count
      }))
    case "truncate":
      return withMode(sys.truncate(path, 1))
    case "cut":
      return line(opened(sys, path, OpenFlags.O_RDONLY | OpenFlags.O_TRUNC))
    case "keep":
      return line(Effect.zipRight(sys.open(path, OpenFlags.O_WRONLY), Effect.void))
    case "lend":
      return withMode(sys.setxattr(path, SECURITY, bytesOf(step.split(" ").slice(3)), b))
    case "unlend":
      return withMode(sys.removexattr(path, SECURITY))
    case "allocate":
      return withMode(Effect.gen(function*() {
        const fd = yield* sys.open(path, OpenFlags.O_WRONLY)
        yield* sys.fallocate(fd, 0, 0, 10)
        yield* sys.close(fd)
      }))
    case "lease":
      return line(
        Effect.flatMap(
          sys.open(path, OpenFlags.O_RDONLY),
          (fd) => Effect.zipLeft(Effect.exit(sys.fcntl(fd, Fcntl.F_SETLEASE, b)), sys.close(fd)).pipe(Effect.flatten)
        )
      )
    case "access":
      return line(sys.access(path, b))
    case "create":
      return withMode(opened(sys, path, OpenFlags.O_CREAT | OpenFlags.O_EXCL | OpenFlags.O_WRONLY))
    case "mkdir":
      return withMode(sys.mkdir(path, 0o2775))
    case "mkset":
      return withMode(sys.mknod(path, FileMode.S_IFREG | 0o2775))
    case "unlink":
      return line(sys.unlink(path))
    case "mknod":
      return line(sys.mknod(path, FileMode.S_IFCHR | 0o666, FileMode.makedev(1, 3)))
    case "link":
      return line(sys.link(path, other))
    case "linkfd":
      return line(Effect.gen(function*() {
        const fd = yield* sys.open(path, OpenFlags.O_PATH)
        yield* Effect.ensuring(
          sys.linkat(fd, "", Fcntl.AT_FDCWD, other, Fcntl.AT_EMPTY_PATH),
          Effect.ignore(sys.close(fd))
        )
      }))
    case "utime":
      return line(sys.utimensat(Fcntl.AT_FDCWD, path, 5n, 5n))
    case "touch":
      return line(sys.utimensat(Fcntl.AT_FDCWD, path, "now", "now"))
    case "chroot":
      return line(sys.chroot("/"))
    case "kill":
      return line(sys.kill(victim, 0))
    case "exec":
      return line(sys.exec(path, [path, "--", rest, `${victim}`]))
    default:
      return Effect.succeed([`${step} ?`])
  }
}

const say = (sys: Sys.SystemCalls, lines: ReadonlyArray<string>) =>
  sys.write(1, Bytes.encode(lines.map((each) => `${each}\n`).join("")))

/** Runs steps until one of them is an exec that works. */
const actor: Programs.Main = ([, , steps = "", victim = "0"]) =>
  Effect.gen(function*() {
    const sys = yield* Sys.Sys
    const all = steps.split(";")
    for (let i = 0; i < all.length; i++) {
      if (all[i] === "") continue
      yield* say(sys, yield* perform(sys, all[i]!, all.slice(i + 1).join(";"), Number(victim)))
    }
    return 0
  })

const populate = (sys: Sys.SystemCalls) =>
  Effect.gen(function*() {
    const put = (path: string, content: string, mode: number, uid: number, gid: number) =>
      Effect.gen(function*() {
        const fd = yield* sys.open(path, OpenFlags.O_CREAT | OpenFlags.O_WRONLY, 0o600)
        yield* sys.write(fd, Bytes.encode(content))
        yield* sys.close(fd)
        yield* sys.chown(path, uid, gid)
        yield* sys.chmod(path, mode)
      })
    const folder = (path: string, mode: number, uid: number, gid: number) =>
      Effect.gen(function*() {
        yield* sys.mkdir(path, 0o700)
        yield* sys.chown(path, uid, gid)
        yield* sys.chmod(path, mode)
      })
    const stub = Programs.stub("actor")
    yield* sys.mkdir("/work", 0o755)
    yield* sys.chdir("/work")
    yield* put("run", stub, 0o755, 0, 0)
    yield* put("lend", stub, 0o4755, 0, 0)
    yield* put("user", stub, 0o4755, 1000, 1000)
    yield* put("group", stub, 0o2755, 0, 1000)
    yield* put("lock", stub, 0o2745, 0, 1000)
    yield* put("secret", "secret", 0o600, 0, 0)
    yield* put("closed", "closed", 0, 1000, 1000)
    yield* put("other", "other", 0o644, 2000, 2000)
    yield* put("setuid", "setuid", 0o6775, 2000, 2000)
    yield* put("setgid", "setgid", 0o2666, 1000, 2000)
    yield* folder("hall", 0o555, 0, 0)
    yield* folder("sticky", 0o1777, 2000, 2000)
    yield* put("sticky/theirs", "x", 0o666, 2000, 2000)
    yield* folder("vault", 0o700, 2000, 2000)
    yield* put("vault/gold", "gold", 0o644, 2000, 2000)
    yield* folder("team", 0o2777, 0, 3000)
  })

const sleeper = Effect.gen(function*() {
  const sys = yield* Sys.Sys
  yield* sys.setresgid(1000, 1000, 1000)
  yield* sys.setresuid(1000, 1000, 1000)
  yield* sys.nanosleep(1e15)
  return 0
})

/** Runs a program in a kernel of its own, by a user 0 who has no more capabilities than `powers`. */
export const run = (program: string, powers: CapabilitySet.CapabilitySet): Promise<ReadonlyArray<string>> => {
  const main = Effect.gen(function*() {
    const sys = yield* Sys.Sys
    yield* sys.umask(0)
    yield* populate(sys)
    yield* sys.umask(0o022)
    for (let each = 0; each <= Capabilities.CAP_LAST_CAP; each++) {
      if (!CapabilitySet.has(powers, each)) yield* sys.prctl(Prctl.PR_CAPBSET_DROP, each)
    }
    yield* sys.capset({ effective: powers, permitted: powers })
    const victim = yield* sys.spawn(sleeper)
    // Until it is who it is to be.
    yield* sys.nanosleep(0)
    const child = yield* sys.spawn(Effect.suspend(() => actor(["actor", "--", program, `${victim}`])))
    yield* sys.wait(child)
    yield* sys.kill(victim, AbiSignals.SIGKILL)
    return 0
  })
  const drivers = Layer.scopedDiscard(
    Effect.flatMap(
      Programs.Programs,
      (programs) => Effect.zipRight(programs.register("actor", actor), programs.register("main", () => main))
    )
  )
  return Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const { stderrText, stdoutText } = yield* kernel.exec(["main"])
    return `${stdoutText}${stderrText}`.split("\n").filter((each) => each !== "")
  }).pipe(Effect.scoped, Effect.provide(Kernel.layerWith({ drivers })), Effect.runPromise)
}

const powersInUse = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 18, 21, 27, 31]
const users = [-1, 0, 0, 1000, 1000, 2000, 3000]
const dataFiles = ["secret", "closed", "other", "setuid", "setgid", "vault/gold", "sticky/theirs", "sticky/new", "new"]
const paths = [
  ...["secret", "closed", "other", "setuid", "setgid", "run", "lend", "user", "group", "vault/gold"],
  ...["sticky/theirs", "hall", "sticky", "vault", "team", "hall/new", "team/new", "vault/new", "sticky/new", "new"]
]
const programFiles = ["run", "run", "lend", "user", "group", "lock", "secret", "closed"]
const bits = ["0", "0x1", "0x2", "0x3", "0x4", "0x5", "0x10", "0x30", "0x40", "0xc0", "0x55", "0x3f", "0x1000"]

/** A program out of a seed: users and capabilities change, and what is left of them is tried. */
export const programOf = (random: Random, powers: CapabilitySet.CapabilitySet): string => {
  const set = (): string => {
    const some = powersInUse.filter(() => random.chance(0.5))
    const picked = random.chance(0.3) ? powers : CapabilitySet.intersection(CapabilitySet.of(...some), powers)
    return `0x${picked.toString(16)}`
  }
  const user = () => random.pick(users)
  const path = () => random.pick(paths)
  const power = () => random.pick([...powersInUse, 40, 41])
  /** Flags of setxattr(2), and words: mostly well-formed. */
  const lends = (): string => {
    const words = random.chance(0.9) ? [0x2000000, 0x3000000][random.between(0, 1)]! : random.pick([0, 0x1000000, 1, 2])
    const some = () =>
      random.chance(0.5) ? Number.parseInt(set().slice(2), 16) : random.pick([0, 0, 1, 0xc0, 2 ** 32 - 1])
    const [permitted, inheritable] = [some(), some()]
    const high = (of: number) => random.chance(0.1) ? 0xffffffff : Math.floor(of / 2 ** 32)
    const value = [
      words + (random.chance(0.5) ? 1 : 0),
      permitted % 2 ** 32,
      inheritable % 2 ** 32,
      high(permitted),
      high(inheritable)
    ]
    if (words === 0x3000000) value.push(random.pick([0, 0, 1000, 0xffffffff]))
    const cut = random.chance(0.9) ? value : value.slice(0, random.between(0, 6))
    return [random.pick([0, 0, 0, 1, 2]), ...cut.map((each) => each.toString(16))].join(" ")
  }
  const steps: ReadonlyArray<readonly [number, () => string]> = [
    [6, () => {
      const permitted = set()
      return `capset ${random.chance(0.7) ? permitted : set()} ${permitted} ${set()}`
    }],
    [2, () => `prctl 24 ${power()} 0`],
    [4, () => `prctl 47 ${random.between(0, 5)} ${random.chance(0.2) ? 0 : power()}`],
    [2, () => `prctl 8 ${random.between(0, 2)} 0`],
    [2, () => `prctl 28 ${random.pick(bits)} 0`],
    [1, () => `prctl 38 ${random.pick([1, 1, 0])} 0`],
    [1, () => `prctl ${random.pick([7, 27, 23])} ${power()} 0`],
    [4, () => `setresuid ${user()} ${user()} ${user()}`],
    [3, () => `setresgid ${user()} ${user()} ${user()}`],
    [2, () => `setuid ${user()}`],
    [2, () => `setgid ${user()}`],
    [4, () => `setfsuid ${user()}`],
    [3, () => `setfsgid ${user()}`],
    [1, () => `setgroups ${random.pick([0, 1000, 2000, 3000])}`],
    [5, () => `exec ${random.pick(programFiles)}`],
    [5, () => `lend ${random.chance(0.8) ? random.pick(programFiles) : path()} ${lends()}`],
    [1, () => `unlend ${path()}`],
    [1, () => `allocate ${random.pick(dataFiles)}`],
    [3, () => `chown ${path()} ${user()} ${user()}`],
    [3, () => `chmod ${path()} ${random.pick(["06777", "02755", "04700", "0", "0777"])}`],
    [3, () => `read ${path()}`],
    [1, () => `noatime ${path()}`],
    [3, () => `write ${random.pick(random.chance(0.6) ? dataFiles : programFiles)}`],
    [1.5, () => `truncate ${random.pick(random.chance(0.5) ? dataFiles : programFiles)}`],
    [1, () => `cut ${random.pick(programFiles)}`],
    [1, () => `keep ${random.pick(programFiles)}`],
    [1, () => `lease ${random.pick(programFiles)} ${random.between(0, 2)}`],
    [2, () => `access ${path()} ${random.between(0, 7)}`],
    [2, () => `create ${path()}`],
    [2, () => `mkdir ${path()}`],
    [1, () => `mkset ${path()}`],
    [2, () => `unlink ${path()}`],
    [1, () => `mknod ${path()}`],
    [1, () => `link ${path()} ${path()}`],
    [1, () => `linkfd ${path()} ${path()}`],
    [1, () => `utime ${path()}`],
    [1, () => `touch ${path()}`],
    [1, () => "chroot"],
    [2, () => "kill"]
  ]
  return Array.from({ length: random.between(6, 24) }, () => `${random.weighted(steps)()};show`).join(";")
}
