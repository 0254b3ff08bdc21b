/**
 * The order of version numbers inside names: `a2` before `a10`.
 *
 * @see sort(1)
 */

const isDigit = (code: number): boolean => code >= 48 && code <= 57
const isAlpha = (code: number): boolean => (code >= 65 && code <= 90) || (code >= 97 && code <= 122)

/** The rank of a character between digits: the end, `~` before all, letters before the rest. */
const rank = (text: string, at: number): number => {
  if (at >= text.length) return -1
  const code = text.charCodeAt(at)
  return isDigit(code) ? 0 : isAlpha(code) ? code : code === 126 ? -2 : code + 256
}

const compareParts = (a: string, b: string): number => {
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a.charCodeAt(i))) || (j < b.length && !isDigit(b.charCodeAt(j)))) {
      const difference = rank(a, i) - rank(b, j)
      if (difference !== 0) return difference
      i++
      j++
    }
    while (a[i] === "0") i++
    while (b[j] === "0") j++
    let first = 0
    while (isDigit(a.charCodeAt(i)) && isDigit(b.charCodeAt(j))) {
      if (first === 0) first = a.charCodeAt(i) - b.charCodeAt(j)
      i++
      j++
    }
    if (isDigit(a.charCodeAt(i))) return 1
    if (isDigit(b.charCodeAt(j))) return -1
    if (first !== 0) return first
  }
  return 0
}

/** The name without suffixes such as `.tar.gz`, which only decide between equals. */
const stem = (name: string): string => /^(.*?)(?:\.[A-Za-z~][A-Za-z0-9~]*)*$/s.exec(name)?.[1] ?? name

const hiddenRank = (name: string): number =>
  name === "" ? 0 : name === "." ? 1 : name === ".." ? 2 : name[0] === "." ? 3 : 4

/** Below 0 when `a` comes first. */
export const compare = (a: string, b: string): number => {
  if (a === b) return 0
  const [first, second] = [hiddenRank(a), hiddenRank(b)]
  if (first !== second || first < 3) return first - second
  const [x, y] = first === 3 ? [a.slice(1), b.slice(1)] : [a, b]
  const byStem = compareParts(stem(x), stem(y))
  if (byStem !== 0) return byStem
  return compareParts(x, y)
}
