/**
 * Addresses of IPv4 and IPv6: reading them, writing them in one form, and what kind each is.
 *
 * Inside the kernel an address is a string in its canonical form, so that two are equal when their strings are.
 *
 * @see inet_pton(3)
 */
export const ANY = "0.0.0.0"
export const ANY6 = "::"
export const LOOPBACK = "127.0.0.1"
export const LOOPBACK6 = "::1"
const BROADCAST = "255.255.255.255"

const parse4 = (text: string): string | undefined => {
  const parts = text.split(".")
  if (parts.length !== 4) return undefined
  for (const part of parts) if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined
  return text
}

/** The eight groups of an address of IPv6; `undefined` where it is none. */
const groupsOf = (text: string): Array<number> | undefined => {
  const halves = text.split("::")
  if (halves.length > 2) return undefined
  const read = (half: string): Array<number> | undefined => {
    if (half === "") return []
    const groups: Array<number> = []
    const parts = half.split(":")
    for (const [i, part] of parts.entries()) {
      if (part.includes(".")) {
        const four = i === parts.length - 1 ? parse4(part) : undefined
        if (four === undefined) return undefined
        const [a, b, c, d] = four.split(".").map(Number) as [number, number, number, number]
        groups.push(a << 8 | b, c << 8 | d)
      } else {
        if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined
        groups.push(Number.parseInt(part, 16))
      }
    }
    return groups
  }
  const head = read(halves[0]!)
  const tail = halves.length === 2 ? read(halves[1]!) : []
  if (head === undefined || tail === undefined) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail]
}

/** The form of RFC 5952; one of IPv4 that is mapped comes out as IPv4. */
const write6 = (groups: ReadonlyArray<number>): string => {
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    const [high, low] = [groups[6]!, groups[7]!]
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
  }
  let start = -1
  let length = 1
  for (let i = 0; i < 8; i++) {
    let run = 0
    while (i + run < 8 && groups[i + run] === 0) run++
    if (run > length) {
      start = i
      length = run
    }
    i += run
  }
  const hex = (part: ReadonlyArray<number>) => part.map((group) => group.toString(16)).join(":")
  return start === -1 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`
}

/** What was read before: programs use few addresses, and those often. */
const known = new Map<string, string | undefined>([[LOOPBACK, LOOPBACK], [ANY, ANY], [LOOPBACK6, LOOPBACK6], [
  ANY6,
  ANY6
]])
const KNOWN_MAX = 1024

/** The canonical form of an address; `undefined` where the text is none. */
export const canonical = (text: string): string | undefined => {
  const before = known.get(text)
  if (before !== undefined) return before
  const groups = text.includes(":") ? groupsOf(text) : undefined
  const answer = groups === undefined ? parse4(text) : write6(groups)
  if (known.size >= KNOWN_MAX) known.clear()
  known.set(text, answer)
  return answer
}

/** A number of inet_aton(3): hexadecimal behind `0x`, octal behind `0`. */
const numberOf = (text: string): number => {
  if (/^0x[0-9a-f]+$/i.test(text)) return Number.parseInt(text, 16)
  if (/^0[0-7]*$/.test(text)) return Number.parseInt(text, 8)
  return /^[1-9]\d*$/.test(text) ? Number(text) : Number.NaN
}

/** An address of IPv4 as inet_aton(3) reads it: of its numbers, up to four, the last one fills what is left. */
export const aton = (text: string): string | undefined => {
  const numbers = text.split(".").map(numberOf)
  const last = numbers.pop() ?? Number.NaN
  if (numbers.length > 3 || !(last < 2 ** (8 * (4 - numbers.length)))) return undefined
  if (numbers.some((number) => !(number <= 255))) return undefined
  const left = 4 - numbers.length
  const rest = Array.from({ length: left }, (_, i) => Math.floor(last / 2 ** (8 * (left - 1 - i))) % 256)
  return [...numbers, ...rest].join(".")
}

export const is4 = (address: string): boolean => !address.includes(":")
export const isAny = (address: string): boolean => address === ANY || address === ANY6

/** The first number of an address of IPv4, which each connect asks for several times. */
const first = (address: string): number => {
  let number = 0
  for (let i = 0;; i++) {
    const digit = address.charCodeAt(i) - 48
    if (!(digit >= 0 && digit <= 9)) return number
    number = number * 10 + digit
  }
}

/** Whether it is one of the addresses that never leave a machine. */
export const isLoopback = (address: string): boolean =>
  address === LOOPBACK6 || (is4(address) && first(address) === 127)

export const isMulticast = (address: string): boolean =>
  is4(address) ? first(address) >= 224 && first(address) < 240 : address.startsWith("ff")

/** Whether it is good on one interface only, which has to be named with it. */
export const needsScope = (address: string): boolean => /^(fe[89ab].|ff.[12]):/.test(address)

/** The broadcast address of everywhere, or of the loopback network. */
export const isBroadcast = (address: string): boolean => address === BROADCAST || address === "127.255.255.255"
