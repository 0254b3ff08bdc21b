/**
 * Seconds since the epoch and civil time (UTC, proleptic Gregorian), by arithmetic alone.
 *
 * @see gmtime(3)
 */

/** A moment taken apart. */
export interface Civil {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  /** 1 to 31. */
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  /** 0 is Sunday. */
  readonly weekday: number
  /** 1 to 366. */
  readonly yearday: number
}

const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]

export const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

const floorMod = (a: number, b: number): number => ((a % b) + b) % b

/** Days since the epoch of a date; months and days may lie outside their ranges and carry over. */
export const daysOf = (year: number, month: number, day: number): number => {
  const y = year + Math.floor((month - 1) / 12)
  const m = floorMod(month - 1, 12)
  const before = y - 1
  const leaps = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400)
  return before * 365 + leaps - 719_162 + daysBefore[m]! + (m > 1 && isLeap(y) ? 1 : 0) + day - 1
}

/** Seconds since the epoch; every field may lie outside its range and carries over. */
export const secondsOf = (
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number
): number => daysOf(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second

/** The civil time of `seconds` since the epoch. */
export const civil = (seconds: number): Civil => {
  const days = Math.floor(seconds / 86_400)
  const rest = seconds - days * 86_400
  let year = 1970 + Math.floor(days / 365.2425)
  while (daysOf(year, 1, 1) > days) year--
  while (daysOf(year + 1, 1, 1) <= days) year++
  let month = 1
  while (month < 12 && daysOf(year, month + 1, 1) <= days) month++
  return {
    year,
    month,
    day: days - daysOf(year, month, 1) + 1,
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
    weekday: floorMod(days + 4, 7),
    yearday: days - daysOf(year, 1, 1) + 1
  }
}

/** The year and week of ISO 8601. */
export const isoWeek = (time: Civil): { readonly year: number; readonly week: number } => {
  const weekday = (time.weekday + 6) % 7
  const week = Math.floor((time.yearday - 1 - weekday + 10) / 7)
  if (week < 1) {
    return isoWeek({ ...time, year: time.year - 1, yearday: time.yearday + (isLeap(time.year - 1) ? 366 : 365) })
  }
  const length = isLeap(time.year) ? 366 : 365
  // The days after the last Thursday of a year belong to the next year's first week.
  if (week === 53 && time.yearday + (3 - weekday) > length) return { year: time.year + 1, week: 1 }
  return { year: time.year, week }
}

/** Nanoseconds since the epoch as whole seconds and the rest. */
export const split = (nanoseconds: bigint): { readonly seconds: number; readonly nanos: number } => {
  const nanos = ((nanoseconds % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n
  return { seconds: Number((nanoseconds - nanos) / 1_000_000_000n), nanos: Number(nanos) }
}
