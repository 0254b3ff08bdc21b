/** Random sessions on a terminal: the same for the same seed. */
import type { Step } from "./replay.js"

/** A small generator of random numbers (mulberry32). */
const random = (seed: number): () => number => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

class Chance {
  constructor(private readonly next: () => number) {}

  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  one(in_: number): boolean {
    return this.below(in_) === 0
  }

  of<A>(choices: ReadonlyArray<A>): A {
    return choices[this.below(choices.length)]!
  }
}

const control = Array.from({ length: 32 }, (_, c) => String.fromCharCode(c)).concat("\x7f")
/** What has a meaning from the start: these come more often than other control characters. */
const meaningful = "\r\n\x03\x04\x11\x12\x13\x15\x16\x17\x1a\x1c\x7f\t\b".split("")
const utf8 = ["\u00c3\u00a9", "\u00e4\u00bd\u00a0", "\u00f0\u009f\u0098\u0080", "\u00a9", "\u00c3"]

const word = (chance: Chance): string => {
  switch (chance.below(12)) {
    case 0:
      return chance.of(control)
    case 1:
      return chance.of(utf8)
    case 2:
      return String.fromCharCode(0x80 + chance.below(128))
    case 3:
      return chance.of(["\xff", "\xe4", "\xdf", "\xf7", "a_b", ".", "/", "A", "Z", "\x1b[1m"])
    case 4:
    case 5:
    case 6:
      return chance.of(meaningful)
    default:
      return chance.of(["a", "b c", "foo", " ", "ab1", "\t", "x\r", "hello ", "Word"])
  }
}

const fillers = ["y", "ab ", "\t", "\x01", "\u00c3\u00a9", "\xff", "w_w\xf7"]

const typed = (chance: Chance, long: boolean): string => {
  let text = ""
  for (let n = 1 + chance.below(8); n > 0; n--) text += word(chance)
  if (chance.one(long ? 4 : 25)) text += chance.of(fillers).repeat(60 + chance.below(120))
  if (chance.one(long ? 2 : 60)) text += chance.of(fillers).repeat(1900).slice(0, chance.below(1900))
  if (long && chance.one(4)) text += `${"line".repeat(chance.below(20))}\r`.repeat(20)
  if (chance.one(15)) text += chance.of(["\x16", "\x7f", "\x13", "\x11"])
  // A longer write goes in pieces, and the recorder's own ^C may end it between two of them.
  text = text.slice(0, 2000)
  return chance.one(long ? 8 : 3) ? `${text}\r` : text
}

const flags = [
  "IGNBRK BRKINT IGNPAR INPCK PARMRK ISTRIP INLCR IGNCR ICRNL IUCLC IXON IXANY IXOFF IMAXBEL IUTF8",
  "OPOST OLCUC ONLCR OCRNL ONOCR ONLRET XTABS",
  "ISIG ICANON ECHO ECHOE ECHOK ECHONL NOFLSH TOSTOP ECHOCTL ECHOPRT ECHOKE IEXTEN FLUSHO PENDIN"
].join(" ").split(" ")
const characters = "VINTR VQUIT VERASE VKILL VEOF VSTART VSTOP VSUSP VEOL VREPRINT VDISCARD VWERASE VLNEXT VEOL2".split(
  " "
)
const raw = { ICANON: false, ECHO: false, ISIG: false, IEXTEN: false, ICRNL: false, IXON: false, OPOST: false }

/** Settings that say little alone. */
const together: ReadonlyArray<Readonly<Record<string, boolean>>> = [
  raw,
  raw,
  { ECHOPRT: true, IUTF8: true },
  { ONLCR: false, XTABS: true },
  { PARMRK: true, ISTRIP: false },
  { IXANY: true, IUTF8: true }
]

const attributes = (chance: Chance): Step => {
  const changes: Record<string, number | boolean> = chance.one(3) ? { ...chance.of(together) } : {}
  for (let n = 1 + chance.below(4); n > 0; n--) changes[chance.of(flags)] = chance.one(2)
  if (chance.one(4)) changes[chance.of(characters)] = chance.of([0, 1, 7, 8, 10, 13, 59, 97, 255, 3, 4])
  if (chance.one(5)) changes.VMIN = chance.of([0, 1, 1, 2, 5, 70])
  return ["attr", changes, chance.of(["now", "now", "drain", "flush"])]
}

const step = (chance: Chance, long: boolean): Step => {
  switch (chance.below(24) + (long ? chance.below(12) : 0)) {
    case 0:
    case 1:
      return attributes(chance)
    case 2:
    case 3:
    case 4:
      return ["rs", chance.of([1, 2, 3, 5, 10, 64, 100, 5000])]
    case 5:
    case 6:
      return ["rm"]
    case 7:
      return ["rn", chance.of([1, 3, 10, 100])]
    case 8:
      return ["sig"]
    case 9:
      return ["inq"]
    case 10:
      return ["flow", chance.of(["ooff", "oon", "oon", "ioff", "ion"])]
    case 11:
      return chance.one(2) ? ["flush", chance.of(["in", "out", "both"])] : ["poll"]
    case 12:
    case 13:
    case 14:
      return ["s", typed(chance, long)]
    case 15:
      return chance.one(6) ? ["close", chance.of(["master", "slave"])] : chance.one(3) ? ["rb", 10, 40] : ["poll"]
    case 16:
      return chance.one(4) ? ["win", chance.below(3), chance.below(3)] : ["getattr"]
    default:
      return ["m", typed(chance, long)]
  }
}

/** How much may be under way in Linux depends on how it was written, so sessions stay well below. */
const WEIGHT_MAX = 5000

const weightOf = ([name, text]: Step): number =>
  name !== "m" && name !== "s" ? 0 : [...String(text)].reduce((sum, c) => sum + (c === "\t" ? 16 : 1), 0)

/** Looks at what is left. */
const last: ReadonlyArray<Step> = [["rm"], ["rs", 5000], ["rs", 5000], ["sig"]]

/** A session of up to `length` steps; what is closed is not used again. */
export const session = (seed: number, length: number): ReadonlyArray<Step> => {
  const chance = new Chance(random(seed))
  // Some fill the buffers.
  const long = seed % 10 === 0
  const steps: Array<Step> = []
  const closed = new Set<string>()
  let weight = 0
  for (let n = 0; n < length; n++) {
    const next = chance.one(6) && n === 0 ? attributes(chance) : step(chance, long)
    weight += weightOf(next)
    if (weight > WEIGHT_MAX) continue
    if (closed.size === 0 || usable(next, closed)) steps.push(next)
    if (next[0] === "close") closed.add(String(next[1]))
  }
  return [...steps, ...last.filter((each) => usable(each, closed))]
}

/** What goes through an end that is closed would ask the recorder for a descriptor that it no longer has. */
const usable = ([name]: Step, closed: ReadonlySet<string>): boolean => {
  if (name === "sig") return true
  if (name === "close" || name === "poll") return false
  return !closed.has(["m", "rm", "rn"].includes(name) ? "master" : "slave")
}

const asides: ReadonlyArray<Step> = [["outq"], ["break"], ["sti", "a"], ["sti", "\r"], ["sti", "\x03"], ["getsid"], [
  "pkt",
  1
], [
  "pkt",
  0
], ["poll"]]

/** The same in packet mode, where each read of the master is told apart, and with what else can be asked. */
export const packetSession = (seed: number, length: number): ReadonlyArray<Step> => {
  const chance = new Chance(random(seed ^ 0x5eed))
  const closes = (steps: ReadonlyArray<Step>) => steps.some(([name]) => name === "close")
  // Not one that fills the buffers: how much a read then gets at once depends on when a worker ran.
  const steps = session(seed % 10 === 0 ? seed + 1 : seed, length)
  if (closes(steps)) return packetSession(seed + 500_000_009, length)
  return [
    ["pkt", 1],
    ...steps.flatMap((each): ReadonlyArray<Step> => {
      const read: ReadonlyArray<Step> = [["rn", 2000], ["rn", 2000], ["rn", 2000]]
      const these = each[0] === "rm" ? read : [each]
      return chance.one(4) ? [...these, chance.of(asides)] : these
    }),
    ["notty"],
    ["sig"],
    ["getsid"]
  ]
}
