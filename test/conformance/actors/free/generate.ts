/**
 * Random plays whose actors all go at once.
 *
 * No path in them leads through a directory that moves or goes: Linux takes a walk name by name, so that its outcome may
 * fit no moment at all. Symbolic links stand where nothing else leads to, and do not lead to each other. Directories that do are worked in through a descriptor. Nor does anybody count the links of what is
 * open: Linux takes a link away before it takes its name out of the names that it remembers.
 */
import { Fcntl, OpenFlags } from "@effix/kernel"
import type { Step } from "../../program.js"
import type { Random } from "../../random.js"
import { lockingStep } from "../generate.js"
import type { Act, Play } from "../program.js"
import { countOrders, LINKS } from "./orders.js"

const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } = OpenFlags
const { AT_EMPTY_PATH, AT_FDCWD, AT_REMOVEDIR } = Fcntl

export type FreeTheme = "locks" | "files"
export const freeThemes: ReadonlyArray<FreeTheme> = ["locks", "files"]

/** More orders than this are not asked of Linux. */
const ORDERS_MAX = 150

/** `a` and `b` are files in the beginning, `f` is a directory, and descriptor 3 is open on it. */
const MOVED = 3

const nameOf = (random: Random): string => random.weighted([[5, "a"], [4, "b"], [2, "c"], [3, "f"]])

/** Names in a directory that stays where it is. */
const pathOf = (random: Random): string => random.weighted([[7, ""], [2, "d/"], [0.7, "e/"]]) + nameOf(random)

/** What an actor about locks opens first. */
const OWN = 3

const inMoved = (random: Random): string => random.pick(["a", "b"])

const descriptor = (random: Random): number => random.weighted([[5, 0], [4, 1], [3, 2], [1.5, 4], [0.5, 5]])

const flagsOf = (random: Random): number =>
  random.weighted([
    [3, O_RDWR],
    [3, O_RDWR | O_CREAT],
    [2, O_RDWR | O_CREAT | O_EXCL],
    [1, O_RDONLY],
    [2, O_WRONLY | O_CREAT | O_APPEND]
  ])

/** The start of a path, and the path: mostly a name below the root, or one in the directory that moves. */
const placeOf = (random: Random): readonly [number, string] =>
  random.chance(0.25) ? [MOVED, inMoved(random)] : [AT_FDCWD, pathOf(random)]

const link = (random: Random): string => random.pick(LINKS)

/** What follows a link at the end of a path. */
const throughLink = (random: Random): Step =>
  random.weighted<() => Step>([
    [4, () => ["open", link(random), flagsOf(random), 0o644]],
    [1.5, () => ["open", link(random), O_RDWR | O_TRUNC, 0]],
    [1, () => ["stat", link(random)]],
    [1, () => ["truncate", link(random), random.between(0, 5)]],
    [1, () => ["chmod", link(random), random.pick([0o600, 0o640])]]
  ])()

const fileStep = (random: Random): Step =>
  random.weighted<() => Step>([
    [5, () => ["openat", ...placeOf(random), flagsOf(random), 0o644]],
    [1.5, () => ["open", pathOf(random), random.pick([O_RDWR, O_WRONLY]) | O_TRUNC, 0]],
    [2.5, () => ["symlink", random.pick(["a", "b", "c", "d/a"]), link(random)]],
    [4, () => throughLink(random)],
    [1, () => ["rename", random.pick(["l", "m", "a", "b"]), link(random)]],
    [1, () => ["renameat2", AT_FDCWD, "l", AT_FDCWD, "m", random.pick([1, 2])]],
    [1, () => ["unlink", link(random)]],
    [0.5, () => ["link", link(random), link(random)]],
    [0.5, () => ["readlink", link(random)]],
    [5, () => ["rename", pathOf(random), pathOf(random)]],
    [3, () => ["renameat2", ...placeOf(random), ...placeOf(random), random.weighted([[3, 0], [2, 1], [3, 2]])]],
    [4, () => ["unlink", pathOf(random)]],
    [1, () => ["unlinkat", ...placeOf(random), random.pick([0, AT_REMOVEDIR])]],
    [3, () => ["link", pathOf(random), pathOf(random)]],
    [1.5, () => ["linkat", descriptor(random), "", ...placeOf(random), AT_EMPTY_PATH]],
    [2, () => ["mkdir", pathOf(random), 0o755]],
    [1, () => ["mkdirat", MOVED, inMoved(random), 0o755]],
    [2, () => ["rmdir", random.chance(0.6) ? "f" : pathOf(random)]],
    [1, () => ["mknod", pathOf(random), 0o100644, 0]],
    [1, () => ["stat", pathOf(random)]],
    [1, () => ["truncate", pathOf(random), random.between(0, 5)]],
    [1, () => ["chmod", pathOf(random), random.pick([0o600, 0o640])]],
    [5, () => ["write", descriptor(random), random.between(1, 5), random.between(0, 9)]],
    [1, () => ["pwrite", descriptor(random), random.between(1, 5), random.between(0, 9), random.between(0, 4)]],
    [2, () => ["read", descriptor(random), random.between(1, 5)]],
    [1, () => ["lseek", descriptor(random), random.between(0, 3), random.between(0, 2)]],
    [1, () => ["ftruncate", descriptor(random), random.between(0, 5)]],
    [0.5, () => ["fchmod", descriptor(random), 0o640]],
    [1, () => ["close", descriptor(random)]]
  ])()

/** Calls about locks that one can make without being directed. */
const lockStep = (random: Random): Step => {
  for (;;) {
    const step = random.chance(0.15)
      ? ["write", random.between(0, 3), random.between(1, 4), 1] as const
      : lockingStep(random)
    if (step[0] === "interrupt" || step[0] === "exit") continue
    const [call, fd, ...more] = step
    // Mostly what the actor itself has opened: descriptions that are shared are in nobody's way.
    const own = typeof fd === "number" && call !== "dup2" && random.chance(0.5) ? OWN : fd
    // A process that is in no play, on neither side.
    if (call === "lock" && more[5] !== 0) more[5] = 30_000
    return own === undefined ? step : [call, own, ...more]
  }
}

const beginnings: Record<FreeTheme, (random: Random) => ReadonlyArray<Step>> = {
  locks: (random) => [
    ["open", "a", O_RDWR | O_CREAT, 0o644],
    ["open", "b", O_RDWR | O_CREAT, 0o644],
    ["open", random.pick(["a", "b"]), O_RDWR | (random.chance(0.5) ? O_APPEND : 0), 0]
  ],
  files: (random) => [
    ["mkdir", "d", 0o755],
    ["mkdir", "e", 0o755],
    ["mkdir", "f", 0o755],
    ["open", "a", O_RDWR | O_CREAT, 0o644],
    ["open", "b", O_RDWR | O_CREAT | O_APPEND, 0o644],
    ["open", "a", O_RDWR | (random.chance(0.5) ? O_APPEND : 0), 0],
    ["open", "f", O_RDONLY | O_DIRECTORY, 0],
    ["write", 0, random.between(0, 6), 1],
    ...random.chance(0.5) ? [["symlink", random.pick(["a", "b", "c"]), "l"] as const] : [],
    ...random.pick<ReadonlyArray<Step>>([[], [["link", "a", "c"]], [["link", "a", "d/a"], ["mkdir", "d/f", 0o755]], [[
      "mknod",
      "f/a",
      0o100644,
      0
    ]]])
  ]
}

const makers: Record<FreeTheme, (random: Random) => Step> = { locks: lockStep, files: fileStep }

export const generateFree = (random: Random, theme: FreeTheme): Play => {
  const actors = random.chance(0.2) ? 3 : 2
  const acts: Array<Act> = beginnings[theme](random).map((step) => [0, step])
  const length = random.between(actors * 2, actors === 2 ? 9 : 7)
  for (let i = 0; i < length; i++) {
    const actor = i < actors ? i + 1 : random.between(1, actors)
    const first = theme === "locks" && i < actors && random.chance(0.8)
    const step: Step = first ? ["open", random.pick(["a", "a", "b"]), O_RDWR, 0] : makers[theme](random)
    const more: Play = [...acts, [actor, step]]
    if (countOrders(more) > ORDERS_MAX) break
    acts.push(more[more.length - 1]!)
  }
  // Who ends gives back what it holds.
  if (random.chance(0.2)) {
    const more: Play = [...acts, [random.between(1, actors), ["exit"]]]
    if (countOrders(more) <= ORDERS_MAX) return more
  }
  return acts
}
