/**
 * Names and numbers that programs are made of: few, so that calls meet, and odd, where the corners are.
 */
import { Falloc, FileMode, OpenFlags } from "@effix/kernel"
import type { Random } from "./random.js"

const longest = "n".repeat(255)

/** A name that is not UTF-8, as `Bytes` writes it. */
const foreign = "f\udcff"

const component = (random: Random): string =>
  random.weighted([
    [20, "a"],
    [14, "b"],
    [8, "c"],
    [16, "d"],
    [8, "e"],
    [8, "l"],
    [5, "m"],
    [4, "."],
    [6, ".."],
    [1, foreign],
    [1, longest],
    [0.5, `${longest}n`]
  ])

/** A path that is special as a whole. */
const special = (random: Random): string =>
  random.weighted([
    [4, ""],
    [4, "/"],
    [2, "//"],
    [4, "."],
    [4, ".."],
    [2, "./"],
    [2, "../"],
    [1, "..."],
    [1, `${"./".repeat(2046)}a`],
    [1, `${"./".repeat(2047)}a`],
    [1, `${"./".repeat(2047)}aa`],
    [1, "a".repeat(4096)],
    [1, "/".repeat(300)]
  ])

export const path = (random: Random): string => {
  if (random.chance(0.06)) return special(random)
  const depth = random.weighted([[10, 1], [6, 2], [2, 3], [0.5, 4]])
  const names = Array.from({ length: depth }, () => component(random))
  const slash = random.chance(0.1) ? "//" : "/"
  return (random.chance(0.12) ? "/" : "") + names.join(slash) + (random.chance(0.1) ? "/" : "")
}

/** The same place, said in another way. */
export const dressed = (random: Random, name: string): string =>
  random.weighted([
    [20, name],
    [2, `/${name}`],
    [1.5, `${name}/`],
    [1, `./${name}`],
    [1, `d/../${name}`],
    [0.7, `${name}/.`],
    [0.7, `${name}/..`],
    [0.5, `../${name}`],
    [0.5, `l/${name}`]
  ])

/** Where a symbolic link points: to something, to nothing, to itself. */
export const target = (random: Random): string =>
  random.weighted([
    [10, "a"],
    [8, "d"],
    [4, "d/e"],
    [3, "b"],
    [12, ""],
    [2, "l"],
    [2, "m"],
    [2, "a/"],
    [1, "x".repeat(4095)],
    [0.3, "x".repeat(4096)],
    [
      0.3,
      "x"
    ]
  ]) ||
  (random.chance(0.03) ? "" : path(random))

export const mode = (random: Random): number =>
  random.chance(0.15)
    ? random.between(0, 0o7777)
    : random.pick([
      0o777,
      0o755,
      0o700,
      0o644,
      0o600,
      0o666,
      0o400,
      0o222,
      0o111,
      0o070,
      0o007,
      0,
      0o4755,
      0o2755,
      0o2745,
      0o2775,
      0o2770,
      0o6777,
      0o1777,
      0o1755
    ])

export const user = (random: Random): number => random.weighted([[3, 0], [5, 1000], [2, 1001], [1, -1]])
export const group = (random: Random): number => random.weighted([[3, 0], [5, 1000], [2, 1001], [3, 100], [1, -1]])

export const size = (random: Random): number =>
  random.weighted([
    [10, random.between(0, 20)],
    [6, random.pick([100, 511, 512, 1000, 3000])],
    [6, random.pick([4095, 4096, 4097, 5000, 8192, 12_345])],
    [3, random.pick([65_535, 65_536, 65_537, 70_000, 131_072, 200_000])]
  ])

export const offset = (random: Random): number =>
  random.weighted([
    [12, random.between(0, 30)],
    [6, random.pick([4095, 4096, 4097, 10_000])],
    [4, random.pick([65_535, 65_536, 65_537, 100_000])],
    [1, random.pick([2 ** 31, 2 ** 32 + 5, 2 ** 40])],
    [2, -random.between(1, 20)]
  ])

export const time = (random: Random): string =>
  random.weighted([[4, "now"], [3, "omit"], [6, String(random.between(0, 1_000_000_000))], [2, "123456789000000001"], [
    1,
    "-1500000000"
  ]])

/** Names of extended attributes: of every namespace, of none, and of odd lengths. */
export const attribute = (random: Random): string =>
  random.weighted([
    [20, "user.a"],
    [8, "user.b"],
    [8, "trusted.a"],
    [5, "security.a"],
    [1, "system.a"],
    [1, "user."],
    [1, "trusted."],
    [1, "a"],
    [1, "user"],
    [0.5, ""],
    [1, `user.${"n".repeat(250)}`],
    [1, `user.${"n".repeat(251)}`],
    [0.5, "other.a"]
  ])

export const valueSize = (random: Random): number =>
  random.weighted([[6, random.between(0, 20)], [2, random.pick([0, 100, 255, 1000])], [0.3, 65_536], [0.3, 65_537]])

/** The lengths of buffers. */
export const vector = (random: Random, size: (random: Random) => number): string => {
  const count = random.weighted([[8, random.between(1, 3)], [2, random.between(0, 6)], [0.3, 1024], [0.3, 1025]])
  return Array.from({ length: count }, () => count > 100 ? random.between(0, 3) : size(random)).join()
}

export const device = (random: Random): number =>
  random.pick([3, 5, 7]) | FileMode.makedev(random.weighted([[8, 1], [1, 200]]), 0)

const O = OpenFlags

const F = Falloc

/** Ways of fallocate(2). What a tmpfs has not, Effix has as ext4 has it: asked for on a disk alone. */
export const allocation = (random: Random, disk: boolean): number => {
  const odd = random.pick([
    F.FALLOC_FL_PUNCH_HOLE,
    F.FALLOC_FL_COLLAPSE_RANGE | F.FALLOC_FL_KEEP_SIZE,
    F.FALLOC_FL_INSERT_RANGE | F.FALLOC_FL_KEEP_SIZE,
    F.FALLOC_FL_UNSHARE_RANGE,
    F.FALLOC_FL_ZERO_RANGE | F.FALLOC_FL_PUNCH_HOLE,
    0x200
  ])
  const more = [
    F.FALLOC_FL_ZERO_RANGE,
    F.FALLOC_FL_ZERO_RANGE | F.FALLOC_FL_KEEP_SIZE,
    F.FALLOC_FL_COLLAPSE_RANGE,
    F.FALLOC_FL_INSERT_RANGE
  ]
  return random.weighted([
    [6, 0],
    [4, F.FALLOC_FL_KEEP_SIZE],
    [6, F.FALLOC_FL_PUNCH_HOLE | F.FALLOC_FL_KEEP_SIZE],
    [disk ? 10 : 0, random.pick(more)],
    [0.7, odd]
  ])
}

export const openFlags = (random: Random): number => {
  const access = random.weighted([[8, O.O_RDONLY], [6, O.O_WRONLY], [8, O.O_RDWR], [0.5, 3]])
  if (random.chance(0.04)) return O.O_TMPFILE | access | random.bits([O.O_EXCL, O.O_CREAT, O.O_APPEND, O.O_TRUNC], 0.2)
  // One that is not asked to block mostly finds a FIFO without anybody at its other side.
  const blocking = random.chance(0.03) ? 0 : O.O_NONBLOCK
  const rare = [O.O_EXCL, O.O_APPEND, O.O_CLOEXEC, O.O_DIRECTORY, O.O_NOFOLLOW]
  const rarer = [O.O_NOATIME, O.O_DSYNC, O.O_SYNC, O.O_NOCTTY, O.O_PATH]
  return access | blocking | random.bits([O.O_CREAT], 0.5) | random.bits([O.O_TRUNC], 0.2) | random.bits(rare, 0.12) |
    random.bits(rarer, 0.05)
}
