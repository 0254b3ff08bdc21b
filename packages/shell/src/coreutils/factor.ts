/**
 * Prints the prime factors of numbers of any size.
 *
 * Small factors are tried; what is left is taken apart by Pollard's rho, and told to be prime by the test of Miller and
 * Rabin with the bases that decide it for numbers below 3.3e24; beyond that it errs less often than memory does.
 *
 * @see factor(1)
 */
import * as Bytes from "@effix/kernel/Bytes"
import { LineReader } from "../LineReader.js"
import * as Quote from "../Quote.js"
import type { Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[NUMBER]...",
  does: "Print the prime factors of each specified integer NUMBER."
}

const bases = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n, 41n]

/** Digits of a number that are taken: the work grows with the fourth root of what has no small factors. */
const DIGITS_MAX = 60

const power = (base: bigint, exponent: bigint, modulus: bigint): bigint => {
  let [result, square] = [1n, base % modulus]
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = result * square % modulus
    square = square * square % modulus
  }
  return result
}

const isPrime = (n: bigint): boolean => {
  for (const base of bases) if (n % base === 0n) return n === base
  let odd = n - 1n
  let twos = 0
  while ((odd & 1n) === 0n) {
    odd >>= 1n
    twos++
  }
  return bases.every((base) => {
    let value = power(base, odd, n)
    if (value === 1n || value === n - 1n) return true
    for (let i = 1; i < twos; i++) {
      value = value * value % n
      if (value === n - 1n) return true
    }
    return false
  })
}

const gcd = (a: bigint, b: bigint): bigint => {
  let [x, y] = [a < 0n ? -a : a, b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

/** A factor of a number that is no prime; others run from time to time. */
function* factorOf(run: Utility.Run, n: bigint): Steps<bigint> {
  for (let step = 1n;; step++) {
    let [slow, fast] = [2n, 2n]
    let product = 1n
    for (let count = 1;; count++) {
      slow = (slow * slow + step) % n
      fast = (fast * fast + step) % n
      fast = (fast * fast + step) % n
      if (slow === fast) break
      product = product * (slow - fast) % n
      // Differences are gathered, for a common divisor costs more than a product.
      if (count % 64 === 0 || product === 0n) {
        const found = product === 0n ? gcd(slow - fast, n) : gcd(product, n)
        if (found > 1n && found < n) return found
        if (found === n) break
      }
      if (count % 8192 === 0) yield* run.sys.schedYield()
    }
    // A small number comes round before that: one after the other, then.
    let [one, two] = [2n, 2n]
    while (true) {
      one = (one * one + step) % n
      two = (two * two + step) % n
      two = (two * two + step) % n
      if (one === two) break
      const found = gcd(one - two, n)
      if (found > 1n && found < n) return found
    }
  }
}

function* primesOf(run: Utility.Run, n: bigint): Steps<ReadonlyArray<bigint>> {
  const primes: Array<bigint> = []
  let rest = n
  for (let divisor = 2n; divisor < 5000n && divisor * divisor <= rest; divisor += divisor === 2n ? 1n : 2n) {
    while (rest % divisor === 0n) {
      primes.push(divisor)
      rest /= divisor
    }
  }
  const parts = rest > 1n ? [rest] : []
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    if (part < 25_000_000n || isPrime(part)) primes.push(part)
    else {
      const found = yield* factorOf(run, part)
      parts.push(found, part / found)
    }
  }
  return primes.sort((a, b) => a < b ? -1 : a > b ? 1 : 0)
}

function* print(run: Utility.Run, text: string): Steps<void> {
  const digits = /^ *\+?(\d+)$/.exec(text)?.[1]
  if (digits === undefined) return yield* run.fail(`${Quote.value(text)} is not a valid positive integer`)
  if (digits.length > DIGITS_MAX) return yield* run.fail(`${Quote.value(text)} is too large`)
  const number = BigInt(digits)
  const primes = yield* primesOf(run, number)
  run.out.line([`${number}:`, ...primes].join(" "))
  yield* run.out.ready()
}

export const main = Utility.make(utility, function*(run, { operands }) {
  if (operands.length > 0) {
    for (const operand of operands) yield* print(run, operand)
    return
  }
  const lines = new LineReader(run.sys, 0)
  do {
    while (lines.next()) {
      for (const word of Bytes.decode(lines.line()).split(/[ \t]+/)) if (word !== "") yield* print(run, word)
    }
  } while (yield* lines.fill())
})
