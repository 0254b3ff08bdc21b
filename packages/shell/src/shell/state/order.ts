/**
 * The order in which bash lists the keys of an associative array: that of its hash table. Scripts show it, and expected
 * outputs were recorded with it.
 */
import * as Bytes from "@effix/kernel/Bytes"

/** The table begins with so many chains, and has four times as many once there are twice as many keys. */
const CHAINS = 1024

/** The FNV-1 hash of a key's bytes, which count as signed. */
const hash = (key: string): number => {
  let value = 0x811c9dc5
  for (const byte of Bytes.encode(key)) value = Math.imul(value, 0x01000193) ^ byte << 24 >> 24
  return value >>> 0
}

/** Keys, given in the order in which they came. */
export const inOrder = (keys: Iterable<string>): ReadonlyArray<string> => {
  // What came last stands first in its chain.
  const all = [...keys].reverse().map((key) => ({ key, hash: hash(key) }))
  let chains = CHAINS
  while (all.length >= chains * 2) chains *= 4
  return all.sort((a, b) => (a.hash & chains - 1) - (b.hash & chains - 1)).map(({ key }) => key)
}
