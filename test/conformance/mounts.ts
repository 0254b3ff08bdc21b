/**
 * Programs about mounts, as Effix performs them: the counterpart of `native/mounts.c`.
 */
import { Bytes, FileMode, Kernel, MountFlags, OpenFlags, Sys } from "@effix/kernel"
import { Effect } from "effect"
import type { Random } from "./random.js"

type Failing = { readonly _tag: string }

const said = (call: Effect.Effect<unknown, Failing>): Effect.Effect<string> =>
  Effect.match(call, { onFailure: ({ _tag }) => `!${_tag}`, onSuccess: () => "0" })

const readAll = (sys: Sys.SystemCalls, path: string) =>
  Effect.gen(function*() {
    const fd = yield* sys.open(path, OpenFlags.O_RDONLY)
    const into = new Uint8Array(65_536)
    let text = ""
    for (let count = -1; count !== 0;) {
      count = yield* sys.read(fd, into)
      text += Bytes.decode(into.subarray(0, count))
    }
    yield* sys.close(fd)
    return text
  })

const list = (sys: Sys.SystemCalls, step: string, path: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.gen(function*() {
    const fd = yield* sys.open(path, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY)
    // A directory that is gone ends at once, says the C library.
    const entries = yield* Effect.catchTag(sys.getdents(fd), "ENOENT", () => Effect.succeed([]))
    yield* sys.close(fd)
    const names = entries.map(({ name }) => name).filter((name) => name !== "." && name !== "..").sort()
    return [[step, ...names].join(" ")]
  }).pipe(Effect.catchAll(({ _tag }) => Effect.succeed([`${step} !${_tag}`])))

/** What mountinfo says, without the numbers. */
const info = (sys: Sys.SystemCalls, step: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.match(readAll(sys, "/proc/self/mountinfo"), {
    onFailure: ({ _tag }) => [`${step} !${_tag}`],
    onSuccess: (text) =>
      text.split("\n").filter((line) => line !== "").map((line) => `${step} ${line.split(" ").slice(3).join(" ")}`)
  })

const absent = (text: string | undefined): string => text === undefined || text === "-" ? "" : text

class Actor {
  private readonly slots: Array<number> = []

  constructor(private readonly sys: Sys.SystemCalls, private readonly lines: Array<string>) {}

  private open(slot: number, path: string, flags: number) {
    const { slots, sys } = this
    return Effect.gen(function*() {
      const before = slots[slot]
      if (before !== undefined) yield* Effect.ignore(sys.close(before))
      delete slots[slot]
      slots[slot] = yield* sys.open(path, flags, 0o644)
    })
  }

  private close(slot: number): Effect.Effect<ReadonlyArray<string>> {
    const fd = this.slots[slot]
    delete this.slots[slot]
    return fd === undefined ? Effect.succeed([]) : Effect.as(Effect.ignore(this.sys.close(fd)), [])
  }

  private step(step: string): Effect.Effect<ReadonlyArray<string>> {
    const { sys } = this
    const words = step.split(" ")
    const text = (i: number): string => absent(words[i])
    const number = (i: number): number => Number(words[i] ?? 0)
    const line = (answer: Effect.Effect<unknown, Failing>) => Effect.map(said(answer), (end) => [`${step} ${end}`])
    const shows = <A>(answer: Effect.Effect<A, Failing>, show: (value: A) => string) =>
      Effect.match(answer, {
        onFailure: ({ _tag }) => [`${step} !${_tag}`],
        onSuccess: (value) => [`${step} ${show(value)}`]
      })
    switch (words[0]) {
      case "mount":
        return line(sys.mount(text(1), text(2), text(3) === "" ? undefined : text(3), number(4), text(5)))
      case "umount":
        return line(sys.umount(text(1), number(2)))
      case "pivot":
        return line(sys.pivotRoot(text(1), text(2)))
      case "unshare":
        return line(sys.unshare(MountFlags.CLONE_NEWNS))
      case "chdir":
        return line(sys.chdir(text(1)))
      case "chroot":
        return line(Effect.zipRight(sys.chroot(text(1)), sys.chdir("/")))
      case "open":
        return line(this.open(number(1), text(2), number(3)))
      case "close":
        return this.close(number(1))
      case "list":
        return list(sys, step, text(1))
      case "stat":
        return shows(sys.stat(text(1)), ({ mode }) => mode.toString(8))
      case "statfs":
        return shows(sys.statfs(text(1)), ({ flags = 0, type }) => `${flags.toString(16)} ${type.toString(16)}`)
      case "access":
        return line(sys.access(text(1), number(2)))
      case "create":
        return line(
          Effect.flatMap(
            sys.open(text(1), OpenFlags.O_CREAT | OpenFlags.O_EXCL | OpenFlags.O_WRONLY, 0o644),
            (fd) => sys.close(fd)
          )
        )
      case "mkdir":
        return line(sys.mkdir(text(1), 0o755))
      case "rmdir":
        return line(sys.rmdir(text(1)))
      case "unlink":
        return line(sys.unlink(text(1)))
      case "rename":
        return line(sys.rename(text(1), text(2)))
      case "link":
        return line(sys.link(text(1), text(2)))
      case "chmod":
        return line(sys.chmod(text(1), 0o755))
      case "truncate":
        return line(sys.truncate(text(1), 1))
      case "cwd":
        return shows(Effect.orElseSucceed(sys.getcwd(), () => "nowhere"), (path) => path)
      case "info":
        return info(sys, step)
      default:
        return Effect.succeed([`${step} ?`])
    }
  }

  perform(program: string): Effect.Effect<void> {
    const { lines, sys } = this
    return Effect.gen(this, function*() {
      const steps = program.split(";").filter((each) => each !== "")
      for (const [i, each] of steps.entries()) {
        if (each !== "branch") {
          lines.push(...yield* this.step(each))
          continue
        }
        const rest = steps.slice(i + 1).join(";")
        const branch = Effect.flatMap(Sys.Sys, (own) => {
          lines.push("branch 0")
          const actor = new Actor(own, lines)
          actor.slots.push(...this.slots)
          return Effect.as(actor.perform(rest), 0)
        })
        yield* sys.spawn(branch, { mountNamespace: true }).pipe(
          Effect.flatMap((pid) => sys.wait(pid)),
          Effect.catchAll(({ _tag }) => Effect.sync(() => lines.push(`branch !${_tag}`)))
        )
        lines.push(...yield* info(sys, "after"), ...yield* list(sys, "after", "."))
        return
      }
    })
  }
}

const populate = (sys: Sys.SystemCalls) =>
  Effect.gen(function*() {
    const put = (path: string, mode: number) =>
      Effect.gen(function*() {
        const fd = yield* sys.open(path, OpenFlags.O_CREAT | OpenFlags.O_WRONLY, 0o600)
        yield* sys.write(fd, Bytes.encode(path))
        yield* sys.fchmod(fd, mode)
        yield* sys.close(fd)
      })
    for (const path of ["a", "a/d", "b", "c", "proc"]) yield* sys.mkdir(path, 0o755)
    yield* put("f", 0o644)
    yield* put("g", 0o644)
    yield* put("a/f", 0o644)
    yield* put("run", 0o755)
    yield* sys.symlink("a", "s")
    yield* sys.mknod("null", FileMode.S_IFCHR | 0o666, FileMode.makedev(1, 3))
  })

/** Peer groups by the first mount of theirs that is listed, for their numbers are the machine's. */
const named = (listed: ReadonlyArray<string>): ReadonlyArray<string> => {
  const groups = /(shared|master|propagate_from):(\d+)/g
  const plain = (line: string) => line.replace(groups, "$1")
  const names = new Map<string, string>()
  for (const line of [...listed].sort((a, b) => plain(a) < plain(b) ? -1 : plain(a) > plain(b) ? 1 : 0)) {
    const [, id] = /shared:(\d+)/.exec(line) ?? []
    if (id !== undefined && !names.has(id)) names.set(id, plain(line).split(" ").slice(1, 3).join(" "))
  }
  return listed.map((line) => line.replace(groups, (_, field: string, id: string) => `${field}:<${names.get(id)}>`))
}

/** What is compared: the mounts in any order, for older kernels list them in another. */
export const comparable = (lines: ReadonlyArray<string>): ReadonlyArray<string> => {
  const groups: Array<Array<string>> = []
  const isListed = (line: string | undefined) => line !== undefined && /^(info|after) \//.test(line)
  for (const line of lines) {
    const last = groups[groups.length - 1]
    if (isListed(line) && last !== undefined && isListed(last[0])) last.push(line)
    else groups.push([line])
  }
  return groups.flatMap((group) => isListed(group[0]) ? [...named(group)].sort() : group)
}

/** Runs a program in a kernel of its own, and answers a line or more for each step. */
export const run = (program: string): Promise<ReadonlyArray<string>> => {
  const lines: Array<string> = []
  const main = Effect.gen(function*() {
    const sys = yield* Sys.Sys
    yield* sys.unshare(MountFlags.CLONE_NEWNS)
    yield* sys.mount("whole", "/mnt", "tmpfs", 0, "mode=755")
    yield* sys.chdir("/mnt")
    yield* sys.pivotRoot(".", ".")
    yield* sys.umount(".", MountFlags.MNT_DETACH)
    yield* populate(sys)
    yield* sys.mount("proc", "/proc", "proc", MountFlags.MS_NOSUID)
    yield* new Actor(sys, lines).perform(program)
    return 0
  })
  return Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const handle = yield* kernel.spawn(main)
    const status = yield* handle.wait
    if (status._tag !== "Exited" || status.code !== 0) lines.push(`ended by ${JSON.stringify(status)}`)
    return lines
  }).pipe(Effect.scoped, Effect.provide(Kernel.layer), Effect.runPromise)
}

const directories = [
  "a",
  "a",
  "b",
  "c",
  "a/d",
  "b/d",
  "s",
  ".",
  "..",
  "/",
  "a/..",
  "b/..",
  "s/d",
  "a/new",
  "c/new"
]
const files = [
  "f",
  "g",
  "a/f",
  "b/f",
  "s/f",
  "c/f",
  "null",
  "b/null",
  "run",
  "b/run",
  "c/run",
  "new",
  "b/new",
  "c/new",
  "nothing"
]
const mountFlags = [0, 0, 1, 2, 4, 8, 256, 1024, 2048, 1024 | 2048, 0x1000000, 0x200000, 15]
const propagations = [0x100000, 0x100000, 0x100000, 0x80000, 0x80000, 0x40000, 0x20000]
const options = ["-", "-", "size=1m", "mode=700,nr_inodes=10", "bogus", "mode=777,uid=5"]

/**
 * Marks a mount, and mostly asks again. It is looked into before, so that it is fresh: whether a look that fails makes it so
 * depends on what Linux remembers of the name.
 */
const expire = (random: Random, at: string): string => {
  const ask = `umount ${at} 4;info`
  return [`list ${at}`, ask, ...(random.chance(0.7) ? [ask] : [])].join(";")
}

/** Where kin meet: mounts that share with others, or follow them, are mounted upon one another. */
const kinPlaces = ["a", "a", "b", "b", "c", "a/d", "b/d", "c/d", "/", ".", "a/d/e", "b/d/e"]

/** A program about those who hear of what is mounted elsewhere. */
const kinOf = (random: Random): string => {
  const at = () => random.pick(kinPlaces)
  const rec = () => random.chance(0.4) ? 16_384 : 0
  /** A second view that follows the first, and mostly shares what it hears. */
  const followed = (): string => {
    const [from, to] = [at(), at()]
    const shares = random.chance(0.7) ? `;info;mount - ${to} - ${0x100000 + rec()}` : ""
    return `mount ${from} ${to} - ${4096 + rec()};info;mount - ${to} - ${0x80000 + rec()}${shares}`
  }
  const steps: ReadonlyArray<readonly [number, () => string]> = [
    [6, () => `mount x ${at()} tmpfs 0`],
    [9, () => `mount ${at()} ${at()} - ${4096 + rec()}`],
    [6, followed],
    [4, () => `mount ${at()} ${at()} - 8192`],
    [14, () => `mount - ${at()} - ${random.pick(propagations) + rec()}`],
    [8, () => `umount ${at()} ${random.pick([0, 0, 2])}`],
    [1, () => `pivot ${at()} ${at()}`],
    [1, () => "unshare"],
    [1, () => "branch"],
    [1, () => `chroot ${at()}`],
    [1, () => `chdir ${at()}`],
    [2, () => `mkdir ${at()}`],
    [1, () => `rmdir ${at()}`],
    [1, () => `rename ${at()} ${at()}`],
    [1, () => `open ${random.between(0, 3)} ${at()} 0`],
    [1, () => `close ${random.between(0, 3)}`],
    [1, () => `list ${at()}`]
  ]
  const start = random.chance(0.6) ? ["mount - / - 1064960"] : []
  const body = Array.from({ length: random.between(6, 16) }, () => `${random.weighted(steps)()};info`)
  return settled([...start, "mkdir a/d/e", ...body].join(";"))
}

/** Whether a copy of a mount is unbindable as well depends on the kernel. */
const settled = (program: string): string =>
  /unshare|branch/.test(program) ? program.replace(/ (131072|147456|393216)\b/g, " 262144") : program

/** A program out of a seed: mounts come, move, change and go, with files and directories in use. */
export const programOf = (random: Random): string => {
  if (random.chance(0.4)) return kinOf(random)
  const directory = () => random.pick(directories)
  const file = () => random.pick(files)
  const any = () => random.chance(0.6) ? directory() : file()
  const flags = () => random.pick(mountFlags)
  const slot = () => random.between(0, 3)
  const steps: ReadonlyArray<readonly [number, () => string]> = [
    [6, () => `mount ${random.pick(["x", "y", "-"])} ${directory()} tmpfs ${flags()} ${random.pick(options)}`],
    [
      6,
      () => `mount ${any()} ${any()} - ${4096 + (random.chance(0.3) ? 16_384 : 0) + (random.chance(0.2) ? flags() : 0)}`
    ],
    [3, () => `mount ${directory()} ${directory()} - 8192`],
    [4, () => `mount - ${directory()} - ${32 + (random.chance(0.6) ? 4096 : 0) + flags()}`],
    [1, () => `mount - ${directory()} - 32 ${random.pick(options)}`],
    [
      3,
      () => `mount - ${directory()} - ${random.pick(propagations) + (random.chance(0.4) ? 16_384 : 0)}`
    ],
    [0.3, () => `mount - ${any()} - ${random.pick([0x60000, 0x120000, 0x140010, 0x180000, 0x108000])}`],
    [1, () => `mount x ${any()} ${random.pick(["nonesuch", "tmpfs", "-"])} ${flags()}`],
    [7, () => `umount ${any()} ${random.pick([0, 0, 0, 2, 2, 8, 6, 1, 16])}`],
    [1.5, () => expire(random, directory())],
    [2, () => `pivot ${directory()} ${directory()}`],
    [1, () => "unshare"],
    [1, () => "branch"],
    [4, () => `chdir ${directory()}`],
    [1, () => `chroot ${directory()}`],
    [4, () => `open ${slot()} ${any()} ${random.pick([0, 0, 1, 2, 65_536])}`],
    [2, () => `close ${slot()}`],
    [2, () => `list ${directory()}`],
    [2, () => `stat ${any()}`],
    [2, () => `statfs ${any()}`],
    [1, () => `access ${file()} ${random.between(0, 7)}`],
    [2, () => `create ${file()}`],
    [2, () => `mkdir ${directory()}`],
    [3, () => `rmdir ${directory()}`],
    [2, () => `unlink ${file()}`],
    [3, () => `rename ${any()} ${any()}`],
    [1, () => `link ${file()} ${file()}`],
    [1, () => `chmod ${file()}`],
    [1, () => `truncate ${file()}`],
    [3, () => "cwd"]
  ]
  const start = random.chance(0.3) ? ["mount - / - 1064960"] : []
  const body = Array.from({ length: random.between(6, 30) }, () => {
    const step = random.weighted(steps)()
    return /^(mount|umount|pivot|rmdir|rename|unlink|unshare)/.test(step) ? `${step};info` : step
  })
  return settled([...start, ...body, "list .", "info"].join(";"))
}
