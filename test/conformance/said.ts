/**
 * How answers are told, in the words of the helper (`native/show.c`).
 */
import { FileMode, type Inode } from "@effix/kernel"

const letters = new Map([
  [FileMode.S_IFREG, "-"],
  [FileMode.S_IFDIR, "d"],
  [FileMode.S_IFLNK, "l"],
  [FileMode.S_IFIFO, "p"],
  [FileMode.S_IFSOCK, "s"],
  [FileMode.S_IFCHR, "c"],
  [FileMode.S_IFBLK, "b"]
])

const SECOND = 1_000_000_000n

/** A time after 2001 was not set by the program. */
const time = (nanoseconds: bigint): string => {
  const rest = ((nanoseconds % SECOND) + SECOND) % SECOND
  const seconds = (nanoseconds - rest) / SECOND
  return seconds >= SECOND ? "now" : `${seconds}.${String(rest).padStart(9, "0")}`
}

export class Said {
  private readonly files = new Map<string, number>()
  private readonly mounts = new Map<number, number>()
  private readonly cookies = new Map<number, number>()
  /** How many handlers have run. */
  handled = 0
  /** What the last sleep left. */
  readonly remaining = new BigInt64Array(1)

  constructor(
    /** On a disk, the size of a directory and how many blocks a file takes are the file system's business. */
    readonly disk = false,
    /** The numbers of the processes of a program, in order. */
    private readonly actors: ReadonlyArray<number> = []
  ) {}

  /** The number of a file in the order in which files were first seen. */
  file(dev: number, ino: number): number {
    // A disk gives the number of a file that is gone to the next one.
    if (this.disk) return 0
    const key = `${dev}:${ino}`
    const known = this.files.get(key)
    if (known !== undefined) return known
    this.files.set(key, this.files.size)
    return this.files.size - 1
  }

  /** The number of a mount in the order in which mounts were first seen. */
  mount(mount: number): number {
    const known = this.mounts.get(mount) ?? this.mounts.size
    this.mounts.set(mount, known)
    return known
  }

  /** The number of a cookie that two events share, in the order in which they were first seen. */
  cookie(cookie: number): number {
    if (cookie === 0) return 0
    const known = this.cookies.get(cookie) ?? this.cookies.size + 1
    this.cookies.set(cookie, known)
    return known
  }

  /** The number of an actor's process; 0 where there is no such actor. */
  pid(actor: number): number {
    return actor > 0 ? this.actors[actor] ?? 0 : 0
  }

  /** A process: those of a program have names. */
  process(pid: number): string {
    const actor = pid > 0 ? this.actors.indexOf(pid) : -1
    return actor === -1 ? `${pid}` : `a${actor}`
  }

  letter(mode: number): string {
    return letters.get(mode & FileMode.S_IFMT) ?? "?"
  }

  stat(st: Inode.Stat): string {
    const mode = (st.mode & FileMode.PERMISSIONS).toString(8).padStart(4, "0")
    return `${this.letter(st.mode)}${mode} n=${st.nlink} u=${st.uid} g=${st.gid} s=${
      this.disk && FileMode.isDirectory(st.mode) ? 0 : st.size
    } i=${this.file(st.dev, st.ino)} r=${st.rdev.toString(16)} a=${time(st.atime)} m=${time(st.mtime)} c=${
      time(st.ctime)
    }${!this.disk && FileMode.isRegular(st.mode) ? ` b=${st.blocks}` : ""}`
  }

  bytes(bytes: Uint8Array): string {
    if (bytes.length === 0) return "0"
    const first = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("")
    if (bytes.length <= 8) return `${bytes.length} ${first}`
    let hash = 0x811c9dc5
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 16_777_619)
    return `${bytes.length} ${first}+${(hash >>> 0).toString(16).padStart(8, "0")}`
  }
}
