/**
 * Moments as people write them: `@1700000000`, `2024-05-06 07:08:09`, `yesterday`, `3 days ago`, `next month`.
 *
 * @see date(1)
 */
import * as Calendar from "./Calendar.js"

interface Moment {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  nanos: bigint
  /** Minutes to take off because the text named another zone. */
  zone: number
  dated: boolean
  timed: boolean
  weekday: number | undefined
  weekdays: number
}

const units: Readonly<Record<string, readonly [field: "year" | "month" | "day" | "second", factor: number]>> = {
  year: ["year", 1],
  month: ["month", 1],
  fortnight: ["day", 14],
  week: ["day", 7],
  day: ["day", 1],
  hour: ["second", 3600],
  minute: ["second", 60],
  min: ["second", 60],
  second: ["second", 1],
  sec: ["second", 1]
}

const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
const dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
const ordinals: Readonly<Record<string, number>> = { last: -1, this: 0, next: 1, third: 3, fourth: 4, fifth: 5 }

const nameIn = (names: ReadonlyArray<string>, word: string, full: ReadonlyArray<string>): number => {
  const at = names.indexOf(word.slice(0, 3))
  return at >= 0 && (word.length === 3 || full[at]!.startsWith(word) && word.length > 3) ? at : -1
}
const fullMonths = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december"
]
const fullDays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]

const nanosOf = (fraction: string | undefined): bigint =>
  fraction === undefined ? 0n : BigInt(fraction.slice(0, 9).padEnd(9, "0"))

const zoneMinutes = (zone: string | undefined): number => {
  const match = /^([-+])(\d\d?):?(\d\d)?$/.exec(zone ?? "")
  if (match === null) return 0
  return (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3] ?? 0))
}

type Rule = readonly [pattern: RegExp, apply: (moment: Moment, match: RegExpExecArray) => boolean | void]

const setDate = (moment: Moment, year: number, month: number, day: number): boolean => {
  if (month < 1 || month > 12 || day < 1 || day > 31) return false
  if (day > Calendar.daysOf(year, month + 1, 1) - Calendar.daysOf(year, month, 1)) return false
  Object.assign(moment, { year, month, day, dated: true })
  return true
}

const clockRule = (moment: Moment, match: RegExpExecArray): boolean => {
  const half = match[5]?.replaceAll(".", "")
  let hour = Number(match[1])
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return false
    hour = hour % 12 + (half === "pm" ? 12 : 0)
  }
  const minute = Number(match[2] ?? 0)
  const second = Number(match[3] ?? 0)
  if (hour > 23 || minute > 59 || second > 59) return false
  // A sign behind a time of day begins a zone, even if it was meant otherwise.
  if (match[6] !== undefined) moment.zone = zoneMinutes(match[6])
  Object.assign(moment, { hour, minute, second, nanos: nanosOf(match[4]), timed: true })
  return true
}

const shift = (moment: Moment, unit: string, count: number): boolean => {
  const known = units[unit]
  if (known === undefined) return false
  moment[known[0]] += known[1] * count
  return true
}

/** Each rule takes one piece off the front of the text. */
const rules: ReadonlyArray<Rule> = [
  [/^(\d{4,})-(\d{1,2})-(\d{1,2})(?:t(?=\d))?/, (m, x) => setDate(m, Number(x[1]), Number(x[2]), Number(x[3]))],
  [/^(\d{1,2})\/(\d{1,2})\/(\d{4}|\d{2})\b/, (m, x) => {
    const year = Number(x[3])
    return setDate(m, x[3]!.length > 2 ? year : year + (year < 69 ? 2000 : 1900), Number(x[1]), Number(x[2]))
  }],
  [
    /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*(am|pm|a\.m\.|p\.m\.)?(?:\s*([-+]\d{1,2}(?::?\d{2})?)(?![\d:]))?/,
    clockRule
  ],
  [/^(\d{1,2})()()()\s*(am|pm|a\.m\.|p\.m\.)/, clockRule],
  [/^(\d{4})(\d{2})(\d{2})(?![\d])/, (m, x) => setDate(m, Number(x[1]), Number(x[2]), Number(x[3]))],
  [/^(\d{1,2})[\s-]*([a-z]{3,})\.?(?:[\s,-]+(\d{4}))?(?![a-z:])/, (m, x) => {
    const month = nameIn(monthNames, x[2]!, fullMonths)
    return month >= 0 && setDate(m, x[3] === undefined ? m.year : Number(x[3]), month + 1, Number(x[1]))
  }],
  [/^([a-z]{3,})\.?[\s-]+(\d{1,2})(?!\d|:)(?:\s*,\s*(\d{4})|\s+(\d{4})(?!\d|:))?/, (m, x) => {
    const month = nameIn(monthNames, x[1]!, fullMonths)
    return month >= 0 && setDate(m, Number(x[3] ?? x[4] ?? m.year), month + 1, Number(x[2]))
  }],
  [/^(?:now|today)\b/, () => true],
  [/^(?:yesterday)\b/, (m) => void m.day--],
  [/^(?:tomorrow)\b/, (m) => void m.day++],
  [/^(?:z|utc|gmt)\b/, (m) => void (m.zone = 0)],
  [/^([-+]\d{2}:?(?:\d{2})?)(?!\d|\s*[a-z])/, (m, x) => {
    if (!m.timed) return false
    m.zone = zoneMinutes(x[1])
    return true
  }],
  [/^([-+]?)\s*(\d+)\s*([a-z]+?)s?(?:\s+(ago))?\b/, (m, x) => {
    const sign = (x[1] === "-" ? -1 : 1) * (x[4] === undefined ? 1 : -1)
    return shift(m, x[3]!, sign * Number(x[2]))
  }],
  [/^(last|this|next|third|fourth|fifth)\s+([a-z]+?)s?\b/, (m, x) => {
    const count = ordinals[x[1]!]!
    const weekday = nameIn(dayNames, x[2]!, fullDays)
    if (weekday < 0) return shift(m, x[2]!, count)
    m.weekday = weekday
    m.weekdays = count
    return true
  }],
  [/^([a-z]+?)s?\s+ago\b/, (m, x) => shift(m, x[1]!, -1)],
  [/^([a-z]{3,})\b/, (m, x) => {
    const weekday = nameIn(dayNames, x[1]!, fullDays)
    if (weekday < 0) return shift(m, x[1]!.replace(/s$/, ""), 1)
    m.weekday = weekday
    return true
  }]
]

const resolve = (moment: Moment): bigint => {
  let day = moment.day
  if (moment.weekday !== undefined && !moment.dated) {
    const today = Calendar.civil(Calendar.secondsOf(moment.year, moment.month, day, 0, 0, 0)).weekday
    const ahead = (moment.weekday - today + 7) % 7
    const past = moment.weekdays > 0 && ahead !== 0 ? moment.weekdays - 1 : moment.weekdays
    day += ahead + 7 * past
  }
  const { hour, minute, month, second, year, zone } = moment
  return BigInt(Calendar.secondsOf(year, month, day, hour, minute - zone, second)) * 1_000_000_000n + moment.nanos
}

/** Nanoseconds since the epoch of what `text` says, seen from `now`; `undefined` when it says nothing known. */
export const parse = (text: string, now: bigint): bigint | undefined => {
  let rest = text.trim().toLowerCase()
  const epoch = /^@([-+]?)(\d+)(?:[.,](\d+))?$/.exec(rest)
  if (epoch !== null) {
    const magnitude = BigInt(epoch[2]!) * 1_000_000_000n + nanosOf(epoch[3])
    return epoch[1] === "-" ? -magnitude : magnitude
  }
  const { nanos, seconds } = Calendar.split(now)
  const moment: Moment = {
    ...Calendar.civil(seconds),
    nanos: BigInt(nanos),
    zone: 0,
    dated: false,
    timed: false,
    weekday: undefined,
    weekdays: 0
  }
  // A day without a time of day means its midnight; a mere distance from now keeps the time.
  if (rest === "") Object.assign(moment, { hour: 0, minute: 0, second: 0, nanos: 0n })
  const start = { hour: moment.hour, minute: moment.minute, second: moment.second }
  while (rest !== "") {
    const used = rules.some(([pattern, apply]) => {
      const match = pattern.exec(rest)
      if (match === null || match[0] === "" || apply(moment, match) === false) return false
      rest = rest.slice(match[0].length).replace(/^[\s,]+/, "")
      return true
    })
    if (!used) return undefined
  }
  if ((moment.dated || moment.weekday !== undefined) && !moment.timed) {
    moment.hour -= start.hour
    moment.minute -= start.minute
    moment.second -= start.second
    moment.nanos = 0n
  }
  return resolve(moment)
}

/** `[[CC]YY]MMDDhhmm[.ss]`, as `touch -t` takes it. */
export const parseStamp = (text: string, now: bigint): bigint | undefined => {
  const match = /^(\d\d)?(\d\d)?(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d\d))?$/.exec(text)
  if (match === null) return undefined
  const [, first, second, month, day, hour, minute, seconds] = match
  const short = Number(second ?? first)
  const year = first === undefined
    ? Calendar.civil(Calendar.split(now).seconds).year
    : second === undefined
    ? short + (short < 69 ? 2000 : 1900)
    : Number(first) * 100 + short
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > 31) return undefined
  if (Number(hour) > 23 || Number(minute) > 59 || Number(seconds ?? 0) > 60) return undefined
  const at = Calendar.secondsOf(year, Number(month), Number(day), Number(hour), Number(minute), Number(seconds ?? 0))
  return BigInt(at) * 1_000_000_000n
}
