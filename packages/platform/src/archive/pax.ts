/**
 * The records that say what a header has no room for: `LENGTH KEY=VALUE\n`.
 *
 * @see pax(1)
 */
import * as Bytes from "@effix/kernel/Bytes"

export type Records = Map<string, Uint8Array>

const [SPACE, EQUALS, NEWLINE] = [32, 61, 10]

/** Takes records into `into`; answers whether they were all well formed. An empty value takes a key away. */
export const parse = (bytes: Uint8Array, into: Records): boolean => {
  for (let at = 0; at < bytes.length;) {
    // Some programs pad with zeros.
    if (bytes[at] === 0) return true
    const space = bytes.indexOf(SPACE, at)
    if (space < 0 || space - at > 10) return false
    const length = Number(Bytes.decode(bytes.subarray(at, space)))
    const end = at + length
    if (!Number.isInteger(length) || end > bytes.length || end <= space || bytes[end - 1] !== NEWLINE) return false
    const equals = bytes.indexOf(EQUALS, space)
    if (equals < 0 || equals >= end) return false
    const key = Bytes.decode(bytes.subarray(space + 1, equals))
    const value = bytes.subarray(equals + 1, end - 1)
    if (key === "GNU.sparse.offset" || key === "GNU.sparse.numbytes") append(into, value)
    else if (value.length === 0) into.delete(key)
    else into.set(key, value)
    at = end
  }
  return true
}

/** The oldest kind of sparse file repeats its keys; put together they are what the next kind says in one record. */
const append = (into: Records, value: Uint8Array): void => {
  const before = into.get("GNU.sparse.map")
  into.set(
    "GNU.sparse.map",
    before === undefined ? value : Bytes.encode(`${Bytes.decode(before)},${Bytes.decode(value)}`)
  )
}

/** One record. Its length counts its own digits. */
export const record = (key: string, value: Uint8Array): Uint8Array => {
  const rest = Bytes.encode(` ${key}=`)
  const without = rest.length + value.length + 1
  let length = without + 1
  while (`${length}`.length + without !== length) length = without + `${length}`.length
  const whole = new Uint8Array(length)
  const digits = Bytes.encode(`${length}`)
  whole.set(digits)
  whole.set(rest, digits.length)
  whole.set(value, digits.length + rest.length)
  whole[length - 1] = NEWLINE
  return whole
}

/** Seconds with a fraction, as nanoseconds; `undefined` for what is no number. */
export const nanoseconds = (value: Uint8Array): bigint | undefined => {
  const match = /^(-?)(\d{1,18})(?:\.(\d*))?$/.exec(Bytes.decode(value))
  if (match === null) return undefined
  const [, sign, seconds, fraction = ""] = match
  const total = BigInt(seconds!) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, "0"))
  return sign === "-" ? -total : total
}

/** Nanoseconds as seconds with a fraction. */
export const seconds = (time: bigint): string => {
  const [sign, size] = time < 0n ? ["-", -time] : ["", time]
  const fraction = `${size % 1_000_000_000n}`.padStart(9, "0").replace(/0+$/, "")
  return `${sign}${size / 1_000_000_000n}${fraction === "" ? "" : `.${fraction}`}`
}
