/**
 * Random plays: of locks, of watches, and of names and contents that several processes change at once.
 */
import { Fcntl, InotifyFlags, OpenFlags } from "@effix/kernel"
import type { Step } from "../program.js"
import type { Random } from "../random.js"
import { generateSockets, type SocketTheme } from "./generateSockets.js"
import type { Act, Play } from "./program.js"

const { O_APPEND, O_CREAT, O_ASYNC, O_EXCL, O_NONBLOCK, O_PATH, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } = OpenFlags

/** What a play is about. */
export type FileTheme = "locks" | "watches" | "files" | "signals"
export type Theme = FileTheme | SocketTheme

const pathOf = (random: Random, depth = 0): string => {
  const name = random.pick(["a", "b", "c", "d"])
  return depth < 2 && random.chance(0.35) ? `${random.pick(["d", "e"])}/${pathOf(random, depth + 1)}` : name
}

const flagsOf = (random: Random): number =>
  random.weighted([
    [4, O_RDWR],
    [3, O_RDWR | O_CREAT],
    [2, O_RDONLY],
    [2, O_WRONLY | O_CREAT],
    [1, O_WRONLY | O_CREAT | O_EXCL],
    [1, O_WRONLY | O_TRUNC],
    [1, O_WRONLY | O_CREAT | O_APPEND]
  ])

const descriptor = (random: Random): number => random.weighted([[5, 0], [4, 1], [3, 2], [1, 3], [0.3, 9]])

const openStep = (random: Random, path = pathOf(random)): Step => ["open", path, flagsOf(random), 0o644]

const flockStep = (random: Random): Step => [
  "flock",
  descriptor(random),
  random.weighted([
    [3, Fcntl.LOCK_SH],
    [4, Fcntl.LOCK_EX],
    [3, Fcntl.LOCK_UN],
    [2, Fcntl.LOCK_SH | Fcntl.LOCK_NB],
    [2, Fcntl.LOCK_EX | Fcntl.LOCK_NB],
    [0.2, random.between(0, 40)]
  ])
]

const lockStep = (random: Random): Step => {
  const whence = random.weighted([[8, Fcntl.SEEK_SET], [2, Fcntl.SEEK_CUR], [2, Fcntl.SEEK_END], [0.1, 7]])
  return [
    "lock",
    descriptor(random),
    random.weighted([
      [4, Fcntl.F_SETLK],
      [5, Fcntl.F_SETLKW],
      [3, Fcntl.F_GETLK],
      [2, Fcntl.F_OFD_SETLK],
      [2, Fcntl.F_OFD_SETLKW],
      [1.5, Fcntl.F_OFD_GETLK]
    ]),
    random.weighted([[4, Fcntl.F_RDLCK], [5, Fcntl.F_WRLCK], [4, Fcntl.F_UNLCK], [0.1, 5]]),
    whence,
    random.between(whence === Fcntl.SEEK_SET ? 0 : -6, 12),
    random.weighted([[6, random.between(1, 8)], [1, 0], [1, -random.between(1, 6)]]),
    random.chance(0.03) ? 3 : 0
  ]
}

export const lockingStep = (random: Random): Step =>
  random.weighted<() => Step>([
    [5, () => flockStep(random)],
    [8, () => lockStep(random)],
    [1, () => ["lockf", descriptor(random), random.between(0, 3), random.between(-3, 6)]],
    [2, () => openStep(random, random.pick(["a", "a", "b"]))],
    [1.5, () => ["close", descriptor(random)]],
    [1, () => ["dup", descriptor(random)]],
    [0.5, () => ["dup2", descriptor(random), descriptor(random)]],
    [0.7, () => ["lseek", descriptor(random), random.between(0, 9), 0]],
    [0.7, () => ["write", descriptor(random), random.between(1, 6), 1]],
    [0.7, () => ["interrupt"]],
    [0.4, () => ["exit"]],
    [0.3, () => ["unlink", "a"]],
    [0.3, () => ["open", "a", O_PATH, 0]]
  ])()

const changes = (random: Random): Step =>
  random.weighted<() => Step>([
    [5, () => openStep(random)],
    [4, () => ["close", descriptor(random)]],
    [3, () => ["write", descriptor(random), random.between(0, 5), random.between(0, 9)]],
    [2, () => ["read", descriptor(random), random.between(0, 5)]],
    [2, () => ["rename", pathOf(random), pathOf(random)]],
    [1, () => ["renameat2", Fcntl.AT_FDCWD, pathOf(random), Fcntl.AT_FDCWD, pathOf(random), random.between(0, 2)]],
    [2.5, () => ["unlink", pathOf(random)]],
    [2, () => ["link", pathOf(random), pathOf(random)]],
    [2, () => ["mkdir", random.pick(["d", "e", "d/e", pathOf(random)]), 0o755]],
    [1, () => ["rmdir", random.pick(["d", "e", "d/e", pathOf(random)])]],
    [1, () => ["symlink", pathOf(random), pathOf(random)]],
    [1, () => ["truncate", pathOf(random), random.between(0, 9)]],
    [1, () => ["ftruncate", descriptor(random), random.between(0, 9)]],
    [1, () => ["chmod", pathOf(random), random.pick([0o600, 0o644, 0o4755])]],
    [0.6, () => ["fchmod", descriptor(random), 0o640]],
    [0.6, () => ["chown", pathOf(random), random.pick([-1, 0, 7]), random.pick([-1, 0, 7])]],
    [
      0.8,
      () => ["utimensat", Fcntl.AT_FDCWD, pathOf(random), random.pick(["omit", "5"]), random.pick(["omit", "9"]), 0]
    ],
    [0.6, () => ["open", random.pick(["d", "e", "."]), O_RDONLY, 0]],
    [0.6, () => ["list", descriptor(random)]],
    [0.3, () => ["mknod", pathOf(random), 0o100644, 0]],
    [0.3, () => ["dup", descriptor(random)]],
    [0.3, () => ["chdir", random.pick(["d", "e", ".."])]]
  ])()

/** The instance of inotify that every actor inherits. */
const INSTANCE = 3

const maskOf = (random: Random): number => {
  const events = random.chance(0.7)
    ? InotifyFlags.IN_ALL_EVENTS
    : random.bits(Array.from({ length: 12 }, (_, bit) => 1 << bit), 0.5)
  const how = random.bits([
    InotifyFlags.IN_ONLYDIR,
    InotifyFlags.IN_DONT_FOLLOW,
    InotifyFlags.IN_EXCL_UNLINK,
    InotifyFlags.IN_MASK_ADD,
    InotifyFlags.IN_MASK_CREATE,
    InotifyFlags.IN_ONESHOT,
    0x10000
  ], 0.07)
  return (events | how) >>> 0
}

const watching = (random: Random): Step =>
  random.weighted<() => Step>([
    [12, () => changes(random)],
    [4, () => ["events", INSTANCE, random.weighted([[9, 4096], [1, random.between(0, 64)]])]],
    [3, () => ["inotify_add", INSTANCE, random.pick([".", "d", "e", pathOf(random)]), maskOf(random)]],
    [0.7, () => ["inotify_rm", INSTANCE, random.between(1, 5)]],
    [0.4, () => ["fionread", INSTANCE]],
    [0.3, () => ["poll", INSTANCE, 1, 0, 0]]
  ])()

/** A file that somebody may have a lease on, opened in every way. */
const leasedOpen = (random: Random): Step => {
  const access = random.weighted([[5, O_RDONLY], [3, O_WRONLY], [2, O_RDWR], [0.2, 3]])
  const how = random.bits([O_NONBLOCK, O_TRUNC, O_CREAT, O_ASYNC], 0.15)
  return ["open", random.weighted([[7, "a"], [1, "b"], [1, "d/a"]]), access | how, 0o644]
}

const ask = (random: Random): Step => {
  const { DN_MULTISHOT, F_GETFL, F_GETLEASE, F_GETSIG, F_NOTIFY, F_SETFL, F_SETLEASE, F_SETSIG } = Fcntl
  const fd = random.weighted([[2, 0], [2, 1], [2, 2], [5, 3], [4, 4], [1, 5]])
  return random.weighted<() => Step>([
    [7, () => ["fcntl", fd, F_SETLEASE, random.weighted([[5, 0], [5, 1], [5, 2], [0.2, 3]])]],
    [2.5, () => ["fcntl", fd, F_GETLEASE, 0]],
    [3, () => ["fcntl", fd, F_SETSIG, random.weighted([[2, 34], [2, 35], [1, 5], [1, 29], [1, 0], [0.1, 99]])]],
    [0.5, () => ["fcntl", fd, F_GETSIG, 0]],
    [4, () => ["fcntl", fd, F_SETFL, O_NONBLOCK | (random.chance(0.8) ? O_ASYNC : 0)]],
    [1, () => ["fcntl", fd, F_GETFL, 0]],
    [
      4,
      () => ["fcntl", random.chance(0.7) ? 0 : fd, F_NOTIFY, random.bits([1, 2, 4, 8, 16, 32, DN_MULTISHOT], 0.5) | 0]
    ],
    [3, () => ["setown", fd, random.weighted([[3, -1], [0.5, 0], [1, 1], [1, 2], [0.5, 3]])]],
    [1, () => ["setown_ex", fd, random.between(-1, 3), random.between(-1, 2)]],
    [1, () => ["getown", fd]],
    [1, () => ["getown_ex", fd]],
    [0.5, () => ["owner_uids", fd]],
    [1, () => ["hint", fd, random.pick([Fcntl.F_GET_RW_HINT, Fcntl.F_SET_RW_HINT]), random.between(0, 7)]]
  ])()
}

const signalling = (random: Random): Step =>
  random.weighted<() => Step>([
    [12, () => ask(random)],
    [6, () => leasedOpen(random)],
    [4, () => ["close", random.between(0, 5)]],
    [7, () => ["signals"]],
    [3, () => random.chance(0.5) ? ["write", random.between(2, 5), random.pick([0, 1, 70_000]), 1] : ["read", 1, 9]],
    [1, () => ["read", random.between(1, 5), random.pick([0, 5, 70_000])]],
    [1.5, () => ["truncate", "a", random.between(0, 9)]],
    [1, () => ["ftruncate", random.between(3, 5), random.between(0, 9)]],
    [1, () => ["rename", random.pick(["a", "b", "d/a"]), random.pick(["a", "b", "d/a"])]],
    [1, () => ["link", random.pick(["a", "b"]), random.pick(["b", "d/a"])]],
    [1, () => ["unlink", random.pick(["a", "b", "d/a"])]],
    [0.7, () => random.chance(0.5) ? ["mkdir", "e", 0o755] : ["rmdir", "e"]],
    [0.7, () => ["chmod", random.pick(["a", "d", "."]), 0o755]],
    [0.7, () =>
      random.chance(0.5) ? ["dup", random.between(0, 5)] : ["dup2", random.between(0, 5), random.between(3, 5)]],
    [0.2, () => ["setresuid", 7, random.pick([7, 0]), 0]],
    [0.5, () => ["interrupt"]],
    [0.4, () => ["exit"]]
  ])()

/** Somebody has a lease, or is told of what can be done, most of the time. */
const holding = (random: Random, actors: number): ReadonlyArray<Act> => {
  const actor = random.between(1, actors)
  const [leased, told] = [random.chance(0.8), random.chance(0.5)]
  const access = random.pick([O_RDONLY, O_RDONLY, O_WRONLY, O_RDWR])
  const steps: ReadonlyArray<Step> = [
    ...leased ? [["open", "a", access, 0] as const, ["fcntl", 3, Fcntl.F_SETSIG, random.pick([0, 34])] as const] : [],
    ...leased ? [["fcntl", 3, Fcntl.F_SETLEASE, random.pick([Fcntl.F_RDLCK, Fcntl.F_WRLCK])] as const] : [],
    ...told ? [["setown", 1, -1] as const, ["fcntl", 1, Fcntl.F_SETFL, O_ASYNC | O_NONBLOCK] as const] : []
  ]
  return steps.map((step) => [actor, step])
}

/** What there is when the actors begin: a tree, and descriptors that they share. */
const beginning = (random: Random, theme: FileTheme): ReadonlyArray<Step> => {
  if (theme === "signals") {
    // A directory, both ends of a pipe, and an empty file.
    return [["mkdir", "d", 0o755], ["open", ".", O_RDONLY, 0], ["pipe2", O_NONBLOCK], [
      "open",
      "a",
      O_RDWR | O_CREAT,
      0o644
    ], ["close", 3]]
  }
  const tree: ReadonlyArray<Step> = theme === "locks" ? [] : [["mkdir", "d", 0o755], ["mkdir", "e", 0o755]]
  const shared: ReadonlyArray<Step> = [["open", "a", O_RDWR | O_CREAT, 0o644], ["open", "b", O_RDWR | O_CREAT, 0o644], [
    "open",
    random.pick(["a", "b"]),
    O_RDONLY,
    0
  ]]
  return [...tree, ...shared, ...(theme === "watches" ? [["inotify_init", 0o4000] as const] : [])]
}

const makers: Record<FileTheme, (random: Random) => Step> = {
  locks: lockingStep,
  watches: watching,
  files: changes,
  signals: signalling
}

export const themes: ReadonlyArray<Theme> = [
  "locks",
  "watches",
  "files",
  "signals",
  "unix",
  "tcp",
  "udp",
  "poll",
  "epoll"
]

const isAboutFiles = (theme: Theme): theme is FileTheme => theme in makers

/** Whether plays share ports and names, so that only one can be played at a time. */
export const isAlone = (theme: Theme): boolean => !isAboutFiles(theme)

export const generate = (random: Random, theme: Theme): Play => {
  if (!isAboutFiles(theme)) return generateSockets(random, theme)
  const actors = theme === "watches"
    ? random.between(1, 2)
    : theme === "locks" || theme === "signals"
    ? random.between(1, 3)
    : 2
  const acts: Array<Act> = beginning(random, theme).map((step) => [0, step])
  const length = random.between(6, theme === "files" ? 16 : 24)
  if (theme === "signals") acts.push(...holding(random, actors))
  for (let i = 0; i < length; i++) acts.push([random.between(1, actors), makers[theme](random)])
  // Nothing that was queued is left unseen.
  if (theme === "signals") { for (let actor = 1; actor <= actors; actor++) acts.push([actor, ["signals"]]) }
  if (theme === "watches") acts.push([1, ["events", INSTANCE, 65_536]])
  return acts
}
