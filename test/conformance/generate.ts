/**
 * Makes programs: a tree of mixed owners and modes first, and then, as root or as somebody else, calls that meet in it.
 */
import { Falloc, Fcntl, FileMode, OpenFlags, PollEvents, Resolve, Resources, TransferFlags } from "@effix/kernel"
import * as Names from "./names.js"
import { NOWHERE, type Program, type Step } from "./program.js"
import type { Random } from "./random.js"

/** Calls of the body of a program. */
export const BODY = { least: 10, most: 60 }

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
  /** Whether there is a tmpfs on a directory. */
  private mounted = false
  private readonly limits = new Map([[Resources.RLIMIT_NOFILE, 1024]])

  constructor(private readonly random: Random, private readonly disk: boolean) {}

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
    this.mounted = !rooted && random.chance(0.12)
    if (this.mounted) {
      this.add("mkdir", "d", mode(random))
      this.add("mount", "d", 0)
    }
    for (const name of ["d", "a", "d/e", "b", "d/a", "l", "m", "p", "d/b"]) if (random.chance(0.75)) this.make(name)
    for (let i = random.between(1, 6); i > 0; i--) this.change(random.pick(this.known))
    if (this.mounted && random.chance(0.35)) this.add("readonly", "d")
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
      [3, () => this.truncate(name, size(random))],
      [1, () => this.add("utimensat", Fcntl.AT_FDCWD, name, time(random), time(random), 0)],
      [2, () => this.add("setxattr", name, Names.attribute(random), this.valueSize(), 7, 0)]
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
        [bytes * 0.4, () => this.vectors()],
        [bytes * 0.4, () => this.transfers()],
        [bytes * 0.3, () => this.storage()],
        [8, () => this.extended()],
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
      [2, () => this.telling()],
      [1, () => this.add("creat", random.chance(0.7) ? this.path() : this.fresh(), mode(random))],
      [4, () => this.open2()],
      [this.disk ? 0 : 1.5, () => this.memfd()],
      [0.7, () => this.closeRange()],
      [3, () => this.add("poll", this.fd(), this.events(), this.fd(), this.events())]
    ])()
  }

  private open2(): void {
    const { random } = this
    const { O_CREAT, O_NONBLOCK, O_TMPFILE, known } = OpenFlags
    const flags = openFlags(random) | O_NONBLOCK
    const makes = (flags & O_CREAT) !== 0 || (flags & O_TMPFILE) === O_TMPFILE
    const permissions = makes ? mode(random) : random.chance(0.05) ? 0o644 : 0
    const R = Resolve
    const resolve = random.weighted([
      [2, 0],
      [3, R.RESOLVE_BENEATH],
      [3, R.RESOLVE_IN_ROOT],
      [3, R.RESOLVE_NO_SYMLINKS],
      [2, R.RESOLVE_NO_XDEV],
      [1, R.RESOLVE_NO_MAGICLINKS],
      [1, R.RESOLVE_BENEATH | R.RESOLVE_NO_SYMLINKS],
      [0.5, R.RESOLVE_IN_ROOT | R.RESOLVE_NO_XDEV],
      [0.3, R.RESOLVE_BENEATH | R.RESOLVE_IN_ROOT],
      [0.3, 0x40]
    ])
    // O_PATH takes hardly any other flag here, so that it would hardly ever be right.
    const plain = (flags & OpenFlags.O_PATH) !== 0 && random.chance(0.8) ? OpenFlags.O_PATH : flags & known
    const given = plain === OpenFlags.O_PATH ? 0 : permissions
    this.opened++
    this.add("openat2", this.dirfd(), this.path(), plain, given, resolve)
  }

  private memfd(): void {
    const { random } = this
    this.opened++
    const flags = random.weighted([[6, 2], [2, 0], [1, 3], [1, 8], [0.5, 16], [0.3, 24], [0.3, 64]])
    this.add("memfd_create", random.pick(["a", "", "m/x", "n".repeat(249), "n".repeat(250)]), flags)
  }

  private closeRange(): void {
    const { random } = this
    const first = random.between(0, 8)
    const last = random.pick([first, first + 1, first + 5, 0, 0xffff_ffff])
    this.add("close_range", first, last, random.pick([0, 0, 4, 4, 2, 6, 1]))
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
      // Only files in memory are sealed.
      [this.disk ? 0 : 1, [F.F_GET_SEALS, 0]],
      [this.disk ? 0 : 1.5, [F.F_ADD_SEALS, random.bits([1, 2, 4, 8, 16], 0.25) | (random.chance(0.05) ? 64 : 0)]],
      [0.5, [F.F_SETSIG, random.pick([0, 10, 64, 65, -1])]],
      [0.5, [F.F_GETSIG, 0]],
      [0.5, [F.F_SETOWN, random.pick([0, 0, 999_999_999])]],
      [0.5, [F.F_GETOWN, 0]],
      [0.5, [F.F_DUPFD_QUERY, this.fd()]],
      [0.3, [99, 0]]
    ])
    // Whose number it is must be told by who it is.
    if (command === F.F_GETOWN) this.add("getown", this.fd())
    else this.add("fcntl", this.fd(), command, argument)
  }

  /** Whom a descriptor tells, and of what; and what was told. */
  private telling(): void {
    const { random } = this
    const F = Fcntl
    const { O_ASYNC, O_NONBLOCK } = OpenFlags
    const control = (command: number, argument: number) => this.add("fcntl", this.fd(), command, argument)
    random.weighted<() => void>([
      [3, () => control(F.F_SETFL, O_ASYNC | O_NONBLOCK)],
      [2, () => control(F.F_SETSIG, random.pick([0, 5, 29, 34, 35]))],
      [3, () => control(F.F_NOTIFY, random.bits([1, 2, 4, 8, 16, 32, F.DN_MULTISHOT], 0.5) | 0)],
      [2, () => control(F.F_SETLEASE, random.between(0, 3))],
      [1, () => control(F.F_GETLEASE, 0)],
      [3, () => this.add("setown", this.fd(), random.pick([-1, -1, 0]))],
      [1, () => this.add("getown", this.fd())],
      [1, () => this.add("setown_ex", this.fd(), random.between(-1, 3), random.between(-1, 0))],
      [1, () => this.add("getown_ex", this.fd())],
      [1, () => this.add("owner_uids", this.fd())],
      [2, () => this.add("hint", this.fd(), random.pick([F.F_GET_RW_HINT, F.F_SET_RW_HINT]), random.between(0, 7))],
      [5, () => this.add("signals")]
    ])()
  }

  /** An ext4 does not stamp a file of which nothing is read. */
  private readSize(): number {
    return Math.max(this.disk ? 1 : 0, size(this.random))
  }

  /** An ext4 stamps a file whose length stays as it was. */
  private truncate(name: string, length: number): void {
    this.add("truncate", name, length)
    if (this.disk) this.add("utimensat", Fcntl.AT_FDCWD, name, "omit", "now", 0)
  }

  private ftruncate(fd: number, length: number): void {
    this.add("ftruncate", fd, length)
    if (this.disk) this.add("futimens", fd, "omit", "now")
  }

  private bytes(): void {
    const { random } = this
    const seed = random.between(0, 255)
    random.weighted<() => void>([
      [10, () => this.add("write", this.fd(), size(random), seed)],
      [8, () => this.add("read", this.fd(), this.readSize())],
      [4, () => this.add("pwrite", this.fd(), size(random), seed, offset(random))],
      [4, () => this.add("pread", this.fd(), this.readSize(), offset(random))],
      [
        5,
        () =>
          this.add(
            "lseek",
            this.fd(),
            offset(random),
            random.weighted([[4, 0], [3, 1], [this.disk ? 0 : 3, 2], [0.3, 9]])
          )
      ],
      [3, () => this.ftruncate(this.fd(), offset(random))],
      [2, () => this.truncate(this.path(), offset(random))],
      [1, () => this.add("fsync", this.fd())],
      [1, () => this.add("fionread", this.fd())]
    ])()
  }

  private vectors(): void {
    const { random } = this
    const lengths = Names.vector(random, size)
    const seed = random.between(0, 255)
    const at = random.chance(0.3) ? -1 : offset(random)
    const T = TransferFlags
    const flags = random.weighted([
      [6, 0],
      [2, T.RWF_APPEND],
      [1, T.RWF_NOAPPEND],
      [1, T.RWF_HIPRI],
      [1, random.bits([T.RWF_DSYNC, T.RWF_SYNC], 0.6)],
      [this.disk ? 0 : 1, T.RWF_NOWAIT],
      [0.3, T.RWF_APPEND | T.RWF_NOAPPEND],
      [0.3, T.RWF_ATOMIC],
      [0.3, 0x1000]
    ])
    random.weighted<() => void>([
      [4, () => this.add("readv", this.fd(), lengths)],
      [4, () => this.add("writev", this.fd(), lengths, seed)],
      [2, () => this.add("preadv", this.fd(), lengths, offset(random))],
      [2, () => this.add("pwritev", this.fd(), lengths, seed, offset(random))],
      [3, () => this.add("preadv2", this.fd(), lengths, at, flags)],
      [4, () => this.add("pwritev2", this.fd(), lengths, seed, at, flags)]
    ])()
  }

  /** Where to read or write: mostly where the description stands. */
  private at(): number {
    const { random } = this
    return random.chance(0.6) ? NOWHERE : offset(random)
  }

  private transfers(): void {
    const { random } = this
    const length = random.chance(0.05) ? 0 : size(random)
    const flags = random.weighted([[6, TransferFlags.SPLICE_F_NONBLOCK], [3, 0], [1, TransferFlags.SPLICE_F_MORE | 1], [
      0.2,
      16
    ]])
    random.weighted<() => void>([
      [3, () => {
        const lengths = Array.from({ length: random.between(1, 3) }, () => size(random)).join(",")
        this.add("vmsplice", this.fd(), lengths, random.between(0, 255), flags)
      }],
      [6, () => this.add("splice", this.fd(), this.at(), this.fd(), this.at(), length, flags)],
      [
        5,
        () =>
          this.add(
            "feed",
            this.fd(),
            size(random),
            random.between(0, 255),
            offset(random),
            random.chance(0.9) ? size(random) : 0,
            flags
          )
      ],
      [3, () => this.add("tee", this.fd(), this.fd(), length, flags)],
      [4, () => this.add("sendfile", this.fd(), this.fd(), this.at(), length)],
      [
        5,
        () =>
          this.add("copy_file_range", this.fd(), this.at(), this.fd(), this.at(), length, random.chance(0.02) ? 1 : 0)
      ]
    ])()
  }

  private allocate(at: number, length: number): void {
    const fd = this.fd()
    const moves = Falloc.FALLOC_FL_COLLAPSE_RANGE | Falloc.FALLOC_FL_INSERT_RANGE
    const wished = Names.allocation(this.random, this.disk && !this.mounted)
    // An ext4 stamps a file, and takes its set-id bits, before it looks at what part of it is to go or to be made room for.
    const changedUser = this.steps.some(([name]) => name.startsWith("set"))
    const mode = this.disk && changedUser ? wished & ~moves : wished
    this.add("fallocate", fd, mode, at, length)
    if (this.disk && (mode & moves) !== 0) this.add("futimens", fd, "omit", "now")
  }

  private storage(): void {
    const { random } = this
    const at = random.chance(0.4) ? offset(random) : 4096 * random.between(0, 20)
    const length = random.chance(0.5) ? size(random) : 4096 * random.between(0, 20)
    random.weighted<() => void>([
      [10, () => this.allocate(at, length)],
      [
        this.disk ? 0 : 8,
        () => this.add("lseek", this.fd(), offset(random), random.pick([Fcntl.SEEK_DATA, Fcntl.SEEK_HOLE]))
      ],
      [1, () => this.add("fdatasync", this.fd())],
      [0.3, () => this.add("sync")],
      [0.5, () => this.add("syncfs", this.fd())],
      [1, () => this.add("sync_file_range", this.fd(), offset(random), size(random), random.between(0, 8))],
      // What it says is what the file system is.
      [this.disk ? 0 : 1, () => this.add("fstatfs", this.fd())],
      [this.disk ? 0 : 1, () => this.add("statfs", this.path())]
    ])()
  }

  private extended(): void {
    const { random } = this
    const name = Names.attribute(random)
    const room = random.pick([0, 1, 10, 1000, 65_536])
    const listed = random.pick([1, 10, 100, 65_536])
    const seed = random.between(0, 255)
    const length = this.valueSize()
    const flags = random.weighted([[5, 0], [2, 1], [2, 2], [0.3, 3], [0.3, 4]])
    random.weighted<() => void>([
      [6, () => this.add("setxattr", this.path(), name, length, seed, flags)],
      [2, () => this.add("lsetxattr", this.path(), name, length, seed, flags)],
      [3, () => this.add("fsetxattr", this.fd(), name, length, seed, flags)],
      [3, () => this.add("getxattr", this.path(), name, room)],
      [1, () => this.add("lgetxattr", this.path(), name, room)],
      [2, () => this.add("fgetxattr", this.fd(), name, room)],
      [2, () => this.add("listxattr", this.path(), listed)],
      [1, () => this.add("llistxattr", this.path(), listed)],
      [1, () => this.add("flistxattr", this.fd(), listed)],
      [2, () => this.add("removexattr", this.path(), name)],
      [1, () => this.add("lremovexattr", this.path(), name)],
      [1, () => this.add("fremovexattr", this.fd(), name)]
    ])()
  }

  /** On a disk, all attributes of a file share one block. */
  private valueSize(): number {
    const length = Names.valueSize(this.random)
    return this.disk ? Math.min(length, 300) : length
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
            flags(Fcntl.AT_EACCESS, Fcntl.AT_SYMLINK_NOFOLLOW, Fcntl.AT_EMPTY_PATH)
          )
      ],
      [2, () => this.add("readlink", this.path())],
      [
        3,
        () =>
          this.add(
            "statx",
            this.dirfd(),
            this.path(),
            random.bits([Fcntl.AT_SYMLINK_NOFOLLOW, Fcntl.AT_EMPTY_PATH, 0x2000, 0x4000], 0.3) |
              (random.chance(0.02) ? 1 : 0),
            random.pick([0x7ff, 0xfff, 0, 0x200, 0x1000, 0x4000, 0x5000])
          )
      ],
      [1, () => this.add("statx", this.fd(), "", Fcntl.AT_EMPTY_PATH, 0xfff)],
      [1, () => this.add("readlinkat", this.dirfd(), this.path())],
      [3, () => this.list()]
    ])()
  }

  /** Reads a directory from the beginning. */
  private list(): void {
    const fd = this.fd()
    this.add("lseek", fd, 0, Fcntl.SEEK_SET)
    this.add("list", fd)
    // At its end a directory on a disk is further than bytes can be counted.
    if (this.disk) this.add("lseek", fd, 0, Fcntl.SEEK_SET)
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
      [1.5, () => this.add("mknodat", this.dirfd(), this.path(), random.pick(types) | mode(random), device(random))],
      [1.5, () => this.add("symlinkat", target(random), this.dirfd(), this.path())],
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

  private named(): number {
    return this.random.weighted([[6, 0], [3, Fcntl.AT_SYMLINK_NOFOLLOW], [1, Fcntl.AT_EMPTY_PATH], [0.3, 1]])
  }

  private attributes(): void {
    const { random } = this
    random.weighted<() => void>([
      [5, () => this.add("chmod", this.path(), mode(random))],
      [3, () => this.add("fchmod", this.fd(), mode(random))],
      [3, () => this.add("fchmodat", this.dirfd(), this.path(), mode(random), this.named())],
      [1, () => this.add("fchmodat", this.fd(), "", mode(random), Fcntl.AT_EMPTY_PATH)],
      [3, () => this.add("fchownat", this.dirfd(), this.path(), user(random), group(random), this.named())],
      [1, () => this.add("fchownat", this.fd(), "", user(random), group(random), Fcntl.AT_EMPTY_PATH)],
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
      // A tmpfs minds it where a disk does not, and Effix is one.
      [this.disk ? 0 : 1, () => this.limit(Resources.RLIMIT_FSIZE, [0, 10, 4096, 5000, 100_000])]
    ])()
  }
}

/** A program; half of them give up their privileges before their body begins. */
export const generate = (random: Random, disk = false): Program => {
  const generator = new Generator(random, disk)
  generator.tree()
  if (random.chance(0.55)) generator.drop()
  generator.body()
  return generator.steps
}
