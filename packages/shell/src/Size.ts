/**
 * Numbers of bytes as people write them: `10k`, `2MB`, `1.5G`.
 *
 * @see numfmt(1)
 */

const letters = "KMGTPEZY"

const multiplier = (suffix: string): number | undefined => {
  if (suffix === "") return 1
  if (suffix === "b") return 512
  const match = /^([KMGTPEZYkm])(B|iB)?$/.exec(suffix)
  if (match === null) return undefined
  const power = letters.indexOf(match[1]!.toUpperCase()) + 1
  return match[2] === "B" ? 1000 ** power : 1024 ** power
}

/** Reads a count with an optional suffix; too large ones are as large as numbers go. */
export const parse = (text: string): number | undefined => {
  const match = /^(\d+)([a-zA-Z]*)$/.exec(text)
  const unit = match === null ? undefined : multiplier(match[2]!)
  return match === null || unit === undefined ? undefined : Math.min(Number(match[1]) * unit, Number.MAX_SAFE_INTEGER)
}

/** At most three digits and a letter, rounded up: what `-h` shows. */
export const human = (bytes: number, base = 1024): string => {
  let value = bytes
  let power = 0
  while (value >= base && power < letters.length) {
    value /= base
    power++
  }
  if (power === 0) return String(Math.ceil(value))
  let shown = value < 10 ? Math.ceil(value * 10 - 1e-9) / 10 : Math.ceil(value - 1e-9)
  if (shown >= base && power < letters.length) {
    shown = 1
    power++
  }
  const letter = letters[power - 1]!
  return (shown < 10 ? shown.toFixed(1) : String(shown)) + (base === 1000 && power === 1 ? "k" : letter)
}

const factors: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 }

/** Reads a duration such as `1.5m`; answers seconds. @see sleep(1) */
export const parseDuration = (text: string): number | undefined => {
  const match = /^\+?(\d+\.?\d*(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?|inf(?:inity)?)([smhd]?)$/i.exec(text)
  if (match === null) return undefined
  const value = /^inf/i.test(match[1]!) ? Number.POSITIVE_INFINITY : Number(match[1])
  return value * factors[match[2]!]!
}
