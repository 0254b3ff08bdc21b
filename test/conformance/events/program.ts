/**
 * Programs of calls on descriptors that can be waited for: numbers and nothing else.
 */

/** What each call takes; `fd` is a descriptor, a `code` stands for something and is not made smaller. */
const calls = {
  pipe: [],
  /** Opens the FIFO that is there. */
  fifo: ["code"],
  file: [],
  eventfd: ["number", "code"],
  /** The clock by its number. */
  timerfd: ["code", "code"],
  /** Descriptor, flags, value and interval in nanoseconds. */
  tset: ["fd", "code", "number", "number"],
  tget: ["fd"],
  signalfd: ["fd", "code", "code"],
  /** A signal, with a value unless that is 0. */
  raise: ["code", "number"],
  sigwait: ["code"],
  epoll: ["code"],
  /** Epoll, operation, descriptor, events, data. */
  ctl: ["fd", "code", "fd", "bits", "number"],
  ewait: ["fd", "number", "number"],
  poll: ["fd", "bits", "fd", "bits", "number"],
  select: ["fd", "fd", "fd"],
  read: ["fd", "number"],
  /** Descriptor, bytes, and the number that 8 of them are. */
  write: ["fd", "number", "number"],
  close: ["fd"],
  dup: ["fd"],
  dup2: ["fd", "fd"],
  resize: ["fd", "code"]
} as const satisfies Record<string, ReadonlyArray<"bits" | "code" | "fd" | "number">>

type Call = keyof typeof calls
export type Step = readonly [call: Call, ...args: ReadonlyArray<bigint | number>]
export type Program = ReadonlyArray<Step>

export const line = (step: Step): string => step.join("\t")

export const show = ([call, ...args]: Step): string =>
  `${call}(${args.map((each) => each > 1000 ? `0x${each.toString(16)}` : `${each}`).join(", ")})`

type Fails = (program: Program) => Promise<boolean>

const plainer = (kind: string, argument: bigint | number): ReadonlyArray<bigint | number> => {
  if (kind === "code" || typeof argument === "bigint") return []
  if (kind === "bits") return Array.from({ length: 32 }, (_, bit) => (argument & ~(1 << bit)) >>> 0)
  return [0, 1, 8].filter((each) => each < argument)
}

/** The same program with less of everything, for as long as it fails. */
export const shrink = async (program: Program, fails: Fails): Promise<Program> => {
  let smallest = program
  for (let size = Math.ceil(program.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = smallest.length - size; at >= 0; at -= size) {
      const each = [...smallest.slice(0, at), ...smallest.slice(at + size)]
      if (await fails(each)) smallest = each
    }
  }
  for (let at = 0; at < smallest.length; at++) {
    const [call, ...args] = smallest[at]!
    for (const [i, kind] of calls[call].entries()) {
      for (const value of plainer(kind, args[i]!)) {
        if (value === args[i]) continue
        const step: Step = [call, ...args.slice(0, i), value, ...args.slice(i + 1)]
        const each = [...smallest.slice(0, at), step, ...smallest.slice(at + 1)]
        if (!(await fails(each))) continue
        smallest = each
        args[i] = value
        if (kind !== "bits") break
      }
    }
  }
  return smallest
}
