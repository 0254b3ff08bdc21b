/**
 * The functions of awk that compute something from values, and need nothing but the machine.
 *
 * @see awk(1p)
 */
import * as Calendar from "../Calendar.js"
import * as DateFormat from "../DateFormat.js"
import { Fatal } from "./control.js"
import { sprintf } from "./format.js"
import { Machine } from "./machine.js"
import { Input, StrongRegexp, Table, toNumber, type Value } from "./values.js"

export type Builtin = (machine: Machine, args: ReadonlyArray<Value>) => Value

const number = (args: ReadonlyArray<Value>, index: number): number => toNumber(args[index])

/** The part of a text that `substr` asks for: in front of the text there is nothing to count. */
const substring = (text: string, start: number, length = Number.POSITIVE_INFINITY): string => {
  const from = start >= 1 ? Math.trunc(start) - 1 : 0
  const count = Math.trunc(length)
  return count > 0 ? text.slice(from, from + count) : ""
}

const asciiUpper = (text: string): string => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase())
const asciiLower = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())

const isNonAscii = (text: string): boolean => /[\x80-\xff]/.test(text)

/** In the C locale only the letters of ASCII have two cases. */
const upper = (text: string): string => isNonAscii(text) ? asciiUpper(text) : text.toUpperCase()
const lower = (text: string): string => isNonAscii(text) ? asciiLower(text) : text.toLowerCase()

const bitsOf = (machine: Machine, name: string, value: number): bigint => {
  if (value < 0) throw new Fatal(`${name}: argument 1 negative value ${machine.text(value)} is not allowed`)
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) & ((1n << 64n) - 1n) : 0n
}

/** What a double can hold of 64 bits: the lower 53, not counting zeros at the end. */
const fromBits = (value: bigint): number => {
  let zeros = 0n
  while (value !== 0n && zeros < 64n && (value >> zeros & 1n) === 0n) zeros++
  return Number(value & ((1n << (53n + zeros)) - 1n))
}

const bitwise = (name: string, combine: (a: bigint, b: bigint) => bigint): Builtin => (machine, args) => {
  const all = args.map((arg, index) => {
    const value = toNumber(arg)
    if (value < 0) {
      throw new Fatal(`${name}: argument ${index + 1} negative value ${machine.text(value)} is not allowed`)
    }
    return bitsOf(machine, name, value)
  })
  return fromBits(all.slice(1).reduce(combine, all[0]!))
}

const shift = (name: string, by: (value: bigint, count: bigint) => bigint): Builtin => (machine, args) => {
  const value = number(args, 0)
  const count = number(args, 1)
  if (value < 0 || count < 0) {
    throw new Fatal(`${name}(${fixed(value)}, ${fixed(count)}): negative values are not allowed`)
  }
  return fromBits(BigInt.asUintN(64, by(bitsOf(machine, name, value), BigInt(Math.min(64, Math.trunc(count))))))
}

const fixed = (value: number): string => value.toFixed(6)

const typeOf = (value: Value): string => {
  if (value instanceof Table) return "array"
  if (typeof value === "number") return "number"
  if (typeof value === "string") return "string"
  if (value === undefined) return "untyped"
  if (value instanceof StrongRegexp) return "regexp"
  return value.isNumber ? "strnum" : "string"
}

const warned = (machine: Machine, name: string, value: number, isWrong: boolean): number => {
  if (isWrong) machine.warn(`warning: ${name}: received negative argument ${machine.text(value)}`)
  return value
}

/** `-nan` is what the processor makes of an operation that has no answer. */
const notNumber = Object.freeze(new DataView(new Uint8Array([0xff, 0xf8, 0, 0, 0, 0, 0, 0]).buffer))

const orNegativeNan = (value: number): number => Number.isNaN(value) ? notNumber.getFloat64(0) : value

const strftime: Builtin = (machine, args) => {
  const format = args.length > 0 ? machine.text(args[0]) : "%a %b %e %H:%M:%S %Z %Y"
  const seconds = Math.trunc(number(args, 1))
  // Later than this there is no year for it.
  if (!Number.isFinite(seconds) || Math.abs(seconds) > 67_767_976_233_532_800) return ""
  return DateFormat.format(format, BigInt(seconds) * 1_000_000_000n)
}

const mktime: Builtin = (machine, args) => {
  const match = /^\s*(-?\d+)\s+(-?\d+)\s+(-?\d+)\s+(-?\d+)\s+(-?\d+)\s+(-?\d+)(?:\s+(-?\d+))?/.exec(
    machine.text(args[0])
  )
  if (match === null) return -1
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number
  ]
  return Calendar.secondsOf(year, month, day, hour, minute, second)
}

/** Those that take values and answer one. `length`, and what takes arrays or targets, is compiled by itself. */
export const plain: Readonly<Record<string, Builtin>> = {
  substr: (machine, args) =>
    args.length < 3
      ? substring(machine.text(args[0]), number(args, 1))
      : substring(machine.text(args[0]), number(args, 1), number(args, 2)),
  index: (machine, args) => {
    const text = machine.text(args[0])
    const wanted = machine.text(args[1])
    if (machine.patterns.ignoreCase) return lower(text).indexOf(lower(wanted)) + 1
    return text.indexOf(wanted) + 1
  },
  sprintf: (machine, args) => sprintf(machine.text(args[0]), args.slice(1), machine.text),
  sin: (_, args) => orNegativeNan(Math.sin(number(args, 0))),
  cos: (_, args) => orNegativeNan(Math.cos(number(args, 0))),
  atan2: (_, args) => Math.atan2(number(args, 0), number(args, 1)),
  exp: (machine, args) => {
    const value = number(args, 0)
    const made = Math.exp(value)
    if (Number.isFinite(value) && (!Number.isFinite(made) || (made === 0))) {
      machine.warn(`warning: exp: argument ${machine.text(value)} is out of range`)
    }
    return made
  },
  log: (machine, args) => {
    const value = number(args, 0)
    return orNegativeNan(Math.log(warned(machine, "log", value, value < 0)))
  },
  sqrt: (machine, args) => {
    const value = number(args, 0)
    return orNegativeNan(Math.sqrt(warned(machine, "sqrt", value, value < 0)))
  },
  int: (_, args) => Math.trunc(number(args, 0)),
  rand: (machine) => machine.random.next(),
  tolower: (machine, args) => lower(machine.text(args[0])),
  toupper: (machine, args) => upper(machine.text(args[0])),
  strftime,
  mktime,
  and: bitwise("and", (a, b) => a & b),
  or: bitwise("or", (a, b) => a | b),
  xor: bitwise("xor", (a, b) => a ^ b),
  lshift: shift("lshift", (value, count) => value << count),
  rshift: shift("rshift", (value, count) => value >> count),
  compl: (_, args) => {
    const value = number(args, 0)
    if (value < 0) throw new Fatal(`compl(${fixed(value)}): negative value is not allowed`)
    return fromBits(BigInt.asUintN(64, ~BigInt(Math.trunc(value))))
  },
  strtonum: (machine, args) => {
    const [value] = args
    return typeof value === "number" || (value instanceof Input && value.isNumber)
      ? toNumber(value)
      : Machine.strtonum(machine.text(value))
  },
  typeof: (_, args) => typeOf(args[0]),
  isarray: (_, args) => args[0] instanceof Table ? 1 : 0,
  mkbool: (_, args) => {
    const [value] = args
    return toNumber(value) !== 0 ? 1 : 0
  }
}
