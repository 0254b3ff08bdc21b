/**
 * Which addresses lie where.
 */

/** The bits of an address of either family; those of IPv4 that are written as IPv6 are what they are. */
export const bitsOf = (address: string): { readonly family: 4 | 6; readonly bits: bigint } | undefined => {
  if (!address.includes(":")) {
    const parts = address.split(".").map(Number)
    if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return undefined
    return { family: 4, bits: parts.reduce((bits, part) => bits << 8n | BigInt(part), 0n) }
  }
  const [head = "", tail] = address.replace(/%.*$/, "").split("::", 2)
  const groupsOf = (text: string): ReadonlyArray<string> =>
    text === "" ? [] : text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
      const hex = (high: string, low: string): string => (Number(high) << 8 | Number(low)).toString(16)
      return `${hex(a, b)}:${hex(c, d)}`
    }).split(":")
  const before = groupsOf(head)
  const after = tail === undefined ? [] : groupsOf(tail)
  const missing = 8 - before.length - after.length
  if (tail === undefined ? missing !== 0 : missing < 0) return undefined
  const groups = [...before, ...Array.from({ length: missing }, () => "0"), ...after]
  if (groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined
  const bits = groups.reduce((sum, group) => sum << 16n | BigInt(`0x${group}`), 0n)
  return bits >> 32n === 0xffffn ? { family: 4, bits: bits & 0xffff_ffffn } : { family: 6, bits }
}

/** Whether an address lies in a block such as `10.0.0.0/8`; a block without a length is one address. */
export const isWithin = (address: string, block: string): boolean => {
  const [base = "", length] = block.split("/", 2)
  const one = bitsOf(address)
  const other = bitsOf(base)
  if (one === undefined || other === undefined || one.family !== other.family) return false
  const size = one.family === 4 ? 32 : 128
  const kept = length === undefined ? size : Number(length)
  if (!Number.isInteger(kept) || kept < 0 || kept > size) return false
  const shift = BigInt(size - kept)
  return one.bits >> shift === other.bits >> shift
}

/** Addresses that lead to this machine, to its neighbours or to nobody: those of RFC 6890 that no public server has. */
const special: ReadonlyArray<string> = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "::/96",
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "100::/64",
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "fc00::/7",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8"
]

/** Whether an address is one that a name, or any address at all, may stand for. What cannot be read is not. */
export const isPublic = (address: string): boolean =>
  bitsOf(address) !== undefined && !special.some((block) => isWithin(address, block))
