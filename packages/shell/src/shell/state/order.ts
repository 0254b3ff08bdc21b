/**
 * The order in which bash lists the keys of an associative array: that of its hash table. Scripts show it, and expected
 * outputs were recorded with it.
 */
import * as Bytes from "@effix/kernel/Bytes"

/** The table of an array's keys begins with so many chains. */
const CHAINS = 1024

/** The FNV-1 hash of a key's bytes, which count as signed. */
const hash = (key: string): number => {
  let value = 0x811c9dc5
  for (const byte of Bytes.encode(key)) value = Math.imul(value, 0x01000193) ^ byte << 24 >> 24
  return value >>> 0
}

interface Entry {
  readonly key: string
  readonly hash: number
}

/** The entries of a table in the order in which it is walked: chain by chain, in each the one that came last first. */
const walk = (chains: ReadonlyMap<number, ReadonlyArray<Entry>>): ReadonlyArray<Entry> =>
  [...chains].sort(([a], [b]) => a - b).flatMap(([, chain]) => [...chain].reverse())

const insert = (chains: Map<number, Array<Entry>>, size: number, entry: Entry): void => {
  const index = (entry.hash & size - 1) >>> 0
  const chain = chains.get(index)
  if (chain === undefined) chains.set(index, [entry])
  else chain.push(entry)
}

/**
 * Keys, given in the order in which they came. There are four times as many chains once there are twice as many keys as
 * chains.
 */
export const inOrder = (keys: Iterable<string>, initial = CHAINS): ReadonlyArray<string> => {
  let size = initial
  let chains = new Map<number, Array<Entry>>()
  let count = 0
  for (const key of keys) {
    if (count++ >= size * 2) {
      size *= 4
      const before = chains
      chains = new Map()
      for (const entry of walk(before)) insert(chains, size, entry)
    }
    insert(chains, size, { key, hash: hash(key) })
  }
  return walk(chains).map(({ key }) => key)
}
