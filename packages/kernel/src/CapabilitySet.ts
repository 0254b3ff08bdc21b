/**
 * Sets of capabilities: the powers of user 0, which can be dropped one by one.
 *
 * A set is a number, the sum of `2 ** capability`, as /proc/PID/status shows it in hexadecimal. There are more
 * capabilities than the bit operations of JavaScript have bits, so sets are put together by the functions here. To ask
 * for one of the first 32 takes a single integer test, which is all that a system call pays.
 *
 * @see capabilities(7)
 */
import { CAP_LAST_CAP } from "./abi/Capabilities.js"

export type CapabilitySet = number

const HIGH = 2 ** 32

export const empty: CapabilitySet = 0

/** Every capability there is. */
export const all: CapabilitySet = 2 ** (CAP_LAST_CAP + 1) - 1

export const of = (...capabilities: ReadonlyArray<number>): CapabilitySet =>
  capabilities.reduce((set, capability) => add(set, capability), empty)

export const has = (self: CapabilitySet, capability: number): boolean =>
  capability < 32 ? (self & (1 << capability)) !== 0 : ((self / HIGH) & (1 << (capability - 32))) !== 0

/** Bit by bit, in two halves. */
const combine = (a: CapabilitySet, b: CapabilitySet, bits: (a: number, b: number) => number): CapabilitySet =>
  (bits(a / HIGH, b / HIGH) >>> 0) * HIGH + (bits(a, b) >>> 0)

export const union = (a: CapabilitySet, b: CapabilitySet): CapabilitySet => combine(a, b, (x, y) => x | y)

export const intersection = (a: CapabilitySet, b: CapabilitySet): CapabilitySet => combine(a, b, (x, y) => x & y)

/** Those of `a` that are not in `b`. */
export const without = (a: CapabilitySet, b: CapabilitySet): CapabilitySet => combine(a, b, (x, y) => x & ~y)

export const add = (self: CapabilitySet, capability: number): CapabilitySet =>
  has(self, capability) ? self : self + 2 ** capability

export const remove = (self: CapabilitySet, capability: number): CapabilitySet =>
  has(self, capability) ? self - 2 ** capability : self

export const isSubset = (self: CapabilitySet, of: CapabilitySet): boolean => without(self, of) === empty

/** As /proc/PID/status shows it. */
export const text = (self: CapabilitySet): string => self.toString(16).padStart(16, "0")
