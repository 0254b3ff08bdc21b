/**
 * Random programs of calls that map memory, in an arena of addresses where nothing is by itself.
 *
 * A text `@N+M` is the address that step N answered, and M bytes. The calls `as` and `data` set the limits, in pages more
 * than there are.
 */
import { Mman } from "@effix/kernel"
import type { Random } from "../random.js"

type Call = "as" | "data" | "mmap" | "mremap" | "munmap"
export type Step = readonly [call: Call, ...args: ReadonlyArray<number | string>]
export type Program = ReadonlyArray<Step>

const { MAP_ANONYMOUS, MAP_FIXED, MAP_FIXED_NOREPLACE, MAP_PRIVATE, MREMAP_MAYMOVE, PAGE_SIZE } = Mman

export const ARENA = 0x1000_0000_0000
export const ARENA_END = 0x1001_0000_0000

/** Far from what is full pages, now and then. */
const length = (random: Random, most: number): number =>
  random.weighted<() => number>([
    [20, () => random.between(1, most) * PAGE_SIZE],
    [4, () => random.between(0, most * PAGE_SIZE)],
    [0.5, () => 2 ** random.between(47, 52)]
  ])()

const place = (random: Random): number =>
  ARENA + random.between(0, 24) * PAGE_SIZE + (random.chance(0.04) ? random.between(1, 4095) : 0)

const address = (random: Random, steps: number): number | string =>
  random.chance(0.6) || steps === 0
    ? place(random)
    : `@${random.between(0, steps - 1)}+${random.pick([0, 0, 0, 1, 2]) * PAGE_SIZE}`

const step = (random: Random, steps: number): Step =>
  random.weighted<() => Step>([
    [10, () => {
      const how = random.weighted([
        [6, MAP_FIXED],
        [3, MAP_FIXED_NOREPLACE],
        [3, 0]
      ])
      const sharing = random.weighted([[40, MAP_PRIVATE | MAP_ANONYMOUS], [1, MAP_ANONYMOUS], [0.5, MAP_PRIVATE]])
      const at = how === 0 && random.chance(0.5) ? 0 : place(random)
      return ["mmap", at, length(random, 6), random.pick([0, 1, 3, 3, 3, 7]), how | sharing]
    }],
    [5, () => ["munmap", address(random, steps), length(random, 8)]],
    [7, () => [
      "mremap",
      address(random, steps),
      length(random, 5),
      length(random, 8),
      random.weighted([[5, 0], [5, MREMAP_MAYMOVE], [0.3, 8]])
    ]],
    [1, () => [random.pick(["as", "data"] as const), random.between(1, 12)]]
  ])()

export const generate = (random: Random): Program => {
  const program: Array<Step> = []
  for (let left = random.between(3, 24); left > 0; left--) program.push(step(random, program.length))
  return program
}

export const line = (step: Step): string => step.join("\t")

export const show = ([call, ...args]: Step): string =>
  `${call}(${args.map((each) => typeof each === "number" ? `0x${each.toString(16)}` : each).join(", ")})`
