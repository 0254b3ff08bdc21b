/**
 * Makes programs: a tree of mixed owners and modes first, and then, as root or as somebody else, calls that meet in it.
 */
import { Fcntl, FileMode, OpenFlags, PollEvents, Resources } from "@effix/kernel"
import * as Names from "./names.js"
import type { Program, Step } from "./program.js"
import type { Random } from "./random.js"

/** Calls of the body of a program. */
export const BODY = { least: 10, most: 40 }

const { device, group, mode, offset, openFlags, size, target, time, user } = Names

class Generator {
  readonly steps: Array<Step> = []
  /** About how many descriptors are open. */
  private opened = 0
  /** Names that something was made under. */
  private readonly known: Array<string> = ["."]
  /** What descriptors 0 and 1 most likely are, if they are anything in particular. */
  private focus: "directory" | "file" | "pipe" | undefined
  /** Root may grow pipes and raise limits only where the Linux that is asked lets it; somebody else never may. */
  private dropped = false
  private readonly limits = new Map([[Resources.RLIMIT_NOFILE, 1024]])

  constructor(private readonly random: Random) {}

  private add(...step: Step): void {
    this.steps.push(step)
    if (["open", "openat", "dup"].includes(step[0])) this.opened++
    if (step[0] === "pipe2") this.opened += 2
  }

  /** The lowest numbers are given first, so they are the ones that are open. */
  private fd(): number {
    const { random } = this
    if (this.focus !== undefined && random.chance(0.6)) return random.between(0, 1)
    return random.weighted([
      [12, random.between(0, Math.min(this.opened, 3))],
      [12, random.between(0, Math.min(this.opened, 8))],
      [0.6, random.pick([-1, 15, 1023, 1024, 100_000])]
    ])
  }

  private dirfd(): number {
    return this.random.chance(0.6) ? Fcntl.AT_FDCWD : this.fd()
  }

  /** Mostly something that was made before; now and then anything. */
  private path(): string {
    const { random } = this
    if (random.chance(0.35)) return Names.path(random)
    return Names.dressed(random, random.pick(this.known))
  }

  /** Where something is to be made. */
  private fresh(): string {
    const { random } = this
    const directory = random.weighted([[8, ""], [5, "d/"], [2, "d/e/"], [1, "/"], [1, "l/"]])
    const name = random.chance(0.3)
      ? Names.path(random)
      : directory + random.pick(["a", "b", "c", "e", "l", "m", "x", "y", "z"])
    if (name.length < 20) this.known.push(name)
    return name
  }

  /** What is there when the program begins, made by root. */
  tree(): void {
    const { random } = this
    // Before anything is open: a descriptor of what is outside leads out.
    const rooted = random.chance(0.03)
    if (rooted) this.steps.push(["mkdir", "r", 0o755], ["chroot", "r"])
    if (random.chance(0.3)) this.add("umask", 0)
    const mounted = !rooted && random.chance(0.12)
    if (mounted) {
      this.add("mkdir", "d", mode(random))
      this.add("mount", "d", 0)
    }
    for (const name of ["d", "a", "d/e", "b", "d/a", "l", "m", "p", "d/b"]) if (random.chance(0.75)) this.make(name)
    for (let i = random.between(1, 6); i > 0; i--) this.change(random.pick(this.known))
    if (mounted && random.chance(0.35)) this.add("readonly", "d")
    if (random.chance(0.6)) this.add("chown", ".", user(random), group(random))
    if (random.chance(0.6)) this.add("chmod", "/", random.pick([0o777, 0o777, 0o1777, 0o2777, 0o3777, 0o755, 0o770]))
    this.add("umask", random.pick([0o022, 0, 0o077, 0o027, 0o777]))
  }

  private make(name: string): void {
    const { random } = this
    this.known.push(name)
    if (name === "d" || name === "d/e") return this.add("mkdir", name, random.chance(0.5) ? 0o777 : mode(random))
    random.weighted<() => void>([
      [name === "l" || name === "m" ? 20 : 2, () => this.add("symlink", target(random), name)],
      [name === "p" ? 20 : 0.5, () => this.add("mkfifo", name, random.chance(0.5) ? 0o666 : mode(random))],
      [6, () => this.add("mknod", name, FileMode.S_IFREG | (random.chance(0.5) ? 0o666 : mode(random)), 0)],
      [1, () => this.add("link", random.pick(this.known), name)],
      [0.4, () => this.add("mknod", name, FileMode.S_IFCHR | 0o666, device(random))],
      [0.2, () => this.add("mknod", name, FileMode.S_IFSOCK | 0o666, 0)],
      [1, () => this.add("mkdir", name, mode(random))]
    ])()
  }

  private change(name: string): void {
    const { random } = this
    random.weighted<() => void>([
      [3, () => this.add("chmod", name, mode(random))],
      [5, () => this.add("lchown", name, user(random), group(random))],
      [3, () => this.add("truncate", name, size(random))],
      [1, () => this.add("utimensat", Fcntl.AT_FDCWD, name, time(random), time(random), 0)]
    ])()
  }

  /** Becomes somebody without privilege. */
  drop(): void {
    this.dropped = true
    const { random } = this
    this.add("setgroups", random.pick(["", "100", "100,1001", "0"]))
    this.add("setresgid", 1000, 1000, 1000)
    this.add("setresuid", 1000, 1000, 1000)
  }

  /** Something to work with from the beginning; what it is about tells which calls are frequent. */
  private begin(): void {
    const { random } = this
    const both = OpenFlags.O_CREAT | OpenFlags.O_RDWR
    random.weighted<() => void>([
      [2, () => this.about("file", ["open", "a", both | random.bits([OpenFlags.O_APPEND], 0.2), 0o666], ["dup", 0])],
      [2, () => this.about("pipe", ["pipe2", OpenFlags.O_NONBLOCK])],
      [1, () => this.about("directory", ["open", ".", OpenFlags.O_RDONLY, 0], ["open", "d", OpenFlags.O_RDONLY, 0])],
      [4, () => undefined]
    ])()
    if (random.chance(0.6)) this.add("open", "a", both, 0o666)
    if (random.chance(0.4)) this.pipe()
    if (random.chance(0.4)) this.add("open", random.pick(["d", ".", "d/e"]), OpenFlags.O_RDONLY, 0)
  }

  private about(what: "directory" | "file" | "pipe", ...steps: ReadonlyArray<Step>): void {
    this.focus = what
    for (const step of steps) this.add(...step)
  }

  body(): void {
    this.begin()
    const bytes = this.focus === "file" || this.focus === "pipe" ? 90 : 24
    const looking = this.focus === "directory" ? 50 : 20
    for (let i = this.random.between(BODY.least, BODY.most); i > 0; i--) {
      this.random.weighted<() => void>([
        [26, () => this.descriptors()],
        [bytes, () => this.bytes()],
        [looking, () => this.looking()],
        [26, () => this.names()],
        [16, () => this.attributes()],
        [7, () => this.self()]
      ])()
    }
  }

  private descriptors(): void {
    const { random } = this
    random.weighted<() => void>([
      [22, () => this.add("open", random.chance(0.8) ? this.path() : this.fresh(), openFlags(random), mode(random))],
      [8, () => this.add("openat", this.dirfd(), this.path(), openFlags(random), mode(random))],
      [5, () => this.add("close", this.fd())],
      [2, () => this.add("dup", this.fd())],
      [3, () => this.add("dup2", this.fd(), this.fd())],
      [1, () => this.add("dup3", this.fd(), this.fd(), random.pick([0, OpenFlags.O_CLOEXEC, OpenFlags.O_NONBLOCK]))],
      [6, () => this.pipe()],
      [9, () => this.control()],
      [3, () => this.add("poll", this.fd(), this.events(), this.fd(), this.events())]
    ])()
  }

  private pipe(): void {
    const { O_CLOEXEC, O_CREAT, O_NONBLOCK } = OpenFlags
    this.add("pipe2", this.random.weighted([[16, O_NONBLOCK], [2, O_NONBLOCK | O_CLOEXEC], [0.6, 0], [0.3, O_CREAT]]))
  }

  private events(): number {
    const { POLLERR, POLLIN, POLLOUT, POLLPRI, POLLRDNORM, POLLWRNORM } = PollEvents
    return this.random.bits([POLLIN, POLLOUT, POLLERR, POLLPRI, POLLRDNORM, POLLWRNORM], 0.5)
  }

  private control(): void {
    const { random } = this
    const F = Fcntl
    const { O_APPEND, O_CREAT, O_NOATIME, O_NONBLOCK, O_WRONLY } = OpenFlags
    const [command, argument] = random.weighted<readonly [number, number]>([
      [4, [F.F_DUPFD, random.pick([0, 0, 3, 10, 1023, 1024, -1])]],
      [2, [F.F_DUPFD_CLOEXEC, random.pick([0, 5, 2000])]],
      [3, [F.F_GETFD, 0]],
      [3, [F.F_SETFD, random.between(0, 3)]],
      [4, [F.F_GETFL, 0]],
      [4, [F.F_SETFL, O_NONBLOCK | random.bits([O_APPEND, O_NOATIME, O_CREAT, O_WRONLY], 0.3)]],
      [0.2, [F.F_SETFL, random.pick([0, O_APPEND])]],
      [2, [F.F_GETPIPE_SZ, 0]],
      [3, [F.F_SETPIPE_SZ, random.pick([0, 1, 4096, 5000, 8192, 65_536, 100_000, 1_048_576, 2 ** 31 + 1])]],
      [this.dropped ? 0.5 : 0, [F.F_SETPIPE_SZ, 1_048_577]],
      [0.3, [99, 0]]
    ])
    this.add("fcntl", this.fd(), command, argument)
  }

  private bytes(): void {
    const { random } = this
    const seed = random.between(0, 255)
    random.weighted<() => void>([
      [10, () => this.add("write", this.fd(), size(random), seed)],
      [8, () => this.add("read", this.fd(), size(random))],
      [4, () => this.add("pwrite", this.fd(), size(random), seed, offset(random))],
      [4, () => this.add("pread", this.fd(), size(random), offset(random))],
      [5, () => this.add("lseek", this.fd(), offset(random), random.weighted([[4, 0], [3, 1], [3, 2], [0.3, 9]]))],
      [3, () => this.add("ftruncate", this.fd(), offset(random))],
      [2, () => this.add("truncate", this.path(), offset(random))],
      [1, () => this.add("fsync", this.fd())],
      [1, () => this.add("fionread", this.fd())]
    ])()
  }

  private looking(): void {
    const { random } = this
    const flags = (...all: ReadonlyArray<number>): number => random.bits(all, 0.3) | (random.chance(0.02) ? 0x8000 : 0)
    random.weighted<() => void>([
      [4, () => this.add("stat", this.path())],
      [4, () => this.add("lstat", this.path())],
      [5, () => this.add("fstat", this.fd())],
      [3, () => this.add("fstatat", this.dirfd(), this.path(), flags(Fcntl.AT_SYMLINK_NOFOLLOW, Fcntl.AT_EMPTY_PATH))],
      [2, () => this.add("fstatat", this.fd(), "", flags(Fcntl.AT_EMPTY_PATH))],
      [4, () => this.add("access", this.path(), random.weighted([[9, random.between(0, 7)], [0.3, 8]]))],
      [
        2,
        () =>
          this.add(
            "faccessat",
            this.dirfd(),
            this.path(),
            random.between(0, 7),
            flags(Fcntl.AT_EACCESS, Fcntl.AT_SYMLINK_NOFOLLOW)
          )
      ],
      [2, () => this.add("readlink", this.path())],
      [1, () => this.add("readlinkat", this.dirfd(), this.path())],
      [3, () => this.list()]
    ])()
  }

  /** Reads a directory from the beginning. */
  private list(): void {
    const fd = this.fd()
    this.add("lseek", fd, 0, Fcntl.SEEK_SET)
    this.add("list", fd)
  }

  private names(): void {
    const { random } = this
    const types = [
      FileMode.S_IFREG,
      0,
      FileMode.S_IFIFO,
      FileMode.S_IFSOCK,
      FileMode.S_IFCHR,
      FileMode.S_IFDIR,
      0o030000
    ]
    random.weighted<() => void>([
      [7, () => this.add("mkdir", this.fresh(), mode(random))],
      [2, () => this.add("mkdirat", this.dirfd(), this.path(), mode(random))],
      [3, () => this.add("mknod", this.fresh(), random.pick(types) | mode(random), device(random))],
      [2, () => this.add("mkfifo", this.fresh(), mode(random))],
      [5, () => this.add("rmdir", this.path())],
      [6, () => this.add("unlink", this.path())],
      [2, () => this.add("unlinkat", this.dirfd(), this.path(), random.pick([0, 0, Fcntl.AT_REMOVEDIR, 1]))],
      [5, () => this.add("link", this.path(), this.fresh())],
      [
        2,
        () =>
          this.add(
            "linkat",
            this.dirfd(),
            this.path(),
            this.dirfd(),
            this.path(),
            random.pick([0, Fcntl.AT_SYMLINK_FOLLOW, Fcntl.AT_EMPTY_PATH, 1])
          )
      ],
      [1.5, () => this.add("linkat", this.fd(), "", Fcntl.AT_FDCWD, this.path(), Fcntl.AT_EMPTY_PATH)],
      [6, () => this.add("symlink", target(random), this.fresh())],
      [9, () => this.add("rename", this.path(), random.chance(0.6) ? this.fresh() : this.path())],
      [5, () => this.add("renameat2", this.dirfd(), this.path(), this.dirfd(), this.path(), random.between(0, 3))]
    ])()
  }

  private attributes(): void {
    const { random } = this
    random.weighted<() => void>([
      [5, () => this.add("chmod", this.path(), mode(random))],
      [3, () => this.add("fchmod", this.fd(), mode(random))],
      [4, () => this.add("chown", this.path(), user(random), group(random))],
      [2, () => this.add("lchown", this.path(), user(random), group(random))],
      [2, () => this.add("fchown", this.fd(), user(random), group(random))],
      [
        4,
        () =>
          this.add(
            "utimensat",
            this.dirfd(),
            this.path(),
            time(random),
            time(random),
            random.weighted([[6, 0], [3, Fcntl.AT_SYMLINK_NOFOLLOW], [0.3, 1]])
          )
      ],
      [1, () => this.add("utimensat", this.fd(), "", time(random), time(random), Fcntl.AT_EMPTY_PATH)],
      [2, () => this.add("futimens", this.fd(), time(random), time(random))]
    ])()
  }

  private limit(resource: number, values: ReadonlyArray<number>): void {
    const before = this.limits.get(resource) ?? Infinity
    const value = this.random.pick(values.filter((each) => this.dropped || each <= before))
    if (value < before) this.limits.set(resource, value)
    this.add("setrlimit", resource, value)
  }

  private self(): void {
    const { random } = this
    const id = () => random.weighted([[3, -1], [2, 0], [3, 1000], [2, 1001]])
    random.weighted<() => void>([
      [6, () => this.add("chdir", this.path())],
      [4, () => this.add("fchdir", this.fd())],
      [5, () => this.add("getcwd")],
      [3, () => this.add("umask", random.pick([0, 0o022, 0o077, 0o777, 0o7777]))],
      [1.5, () => this.add("setresuid", id(), id(), id())],
      [1, () => this.add("setresgid", id(), id(), id())],
      [0.5, () => this.add("setuid", random.pick([0, 1000, 1001]))],
      [0.5, () => this.add("setgid", random.pick([0, 100, 1000]))],
      [0.5, () => this.add("setgroups", random.pick(["", "100", "0,1000"]))],
      [1, () => this.add("ids")],
      [1, () => this.limit(Resources.RLIMIT_NOFILE, [0, 1, 3, 5, 8, 1024, 2000])],
      [1, () => this.limit(Resources.RLIMIT_FSIZE, [0, 10, 4096, 5000, 100_000])]
    ])()
  }
}

/** A program; half of them give up their privileges before their body begins. */
export const generate = (random: Random): Program => {
  const generator = new Generator(random)
  generator.tree()
  if (random.chance(0.55)) generator.drop()
  generator.body()
  return generator.steps
}
