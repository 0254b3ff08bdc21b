/**
 * The order in which `for (key in array)` finds keys where nobody asked for another: that in which gawk keeps them.
 *
 * An array whose first key is a whole number has those in ascending order; other keys come before them, by the hash
 * tables that gawk keeps texts and negative numbers in. It follows from the keys and the order in which they came; only
 * where keys were deleted again may gawk, whose tables remember them, differ.
 *
 * @see gawk(1)
 */

/** How large a table is, and grows to. */
const sizes = [13, 127, 1021, 8191, 131_071, 1_048_573, 8_388_593]

/** A table grows when it has more keys than this for each of its chains. */
const chainMax = 2

const hashOfText = (text: string): number => {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (text.charCodeAt(i) + (hash << 6) + (hash << 16) - hash) | 0
  return hash >>> 0
}

const hashOfNumber = (key: string): number => {
  let hash = Number(key) >>> 0
  hash = (hash ^ (hash << 3)) >>> 0
  hash = (hash + (hash >>> 5)) >>> 0
  hash = (hash ^ (hash << 4)) >>> 0
  hash = (hash + (hash >>> 17)) >>> 0
  hash = (hash ^ (hash << 25)) >>> 0
  return (hash + (hash >>> 6)) >>> 0
}

/** Keys, chain by chain. A chain has links of one key or two; the newest link is its head. */
const chained = (
  keys: ReadonlyArray<string>,
  hash: (key: string) => number,
  perLink: number
): ReadonlyArray<string> => {
  const hashes = new Map(keys.map((key) => [key, hash(key)]))
  let grown = 0
  // The head of a chain is the end of its list.
  let chains: Array<Array<Array<string>>> = Array.from({ length: sizes[0]! }, () => [])
  const insert = (key: string): void => {
    const chain = chains[hashes.get(key)! % chains.length]!
    const head = chain.at(-1)
    if (head !== undefined && head.length < perLink) head.push(key)
    else chain.push([key])
  }
  keys.forEach((key, count) => {
    if (grown + 1 < sizes.length && Math.floor((count + 1) / chains.length) > chainMax) {
      const before = chains
      chains = Array.from({ length: sizes[++grown]! }, () => [])
      for (const chain of before) for (const link of chain.reverse()) link.forEach(insert)
    }
    insert(key)
  })
  return chains.flatMap((chain) => chain.reverse().flat())
}

const isIndex = (key: string): boolean => /^(?:0|[1-9]\d{0,9})$/.test(key) && Number(key) < 2 ** 31

const isInteger = (key: string): boolean => isIndex(key) || /^-[1-9]\d{0,8}$/.test(key)

/** Keys of an array, in the order in which they came, as `for` finds them. */
export const walked = (keys: ReadonlyArray<string>): ReadonlyArray<string> => {
  const [first] = keys
  if (first === undefined) return keys
  if (isIndex(first)) {
    const indices = keys.filter(isIndex).sort((a, b) => Number(a) - Number(b))
    return indices.length === keys.length ? indices : [...walkedRest(keys.filter((key) => !isIndex(key))), ...indices]
  }
  return walkedRest(keys)
}

const walkedRest = (keys: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (!isInteger(keys[0]!)) return chained(keys, hashOfText, 1)
  const integers = keys.filter(isInteger)
  const others = keys.filter((key) => !isInteger(key))
  return [...chained(others, hashOfText, 1), ...chained(integers, hashOfNumber, 2)]
}
