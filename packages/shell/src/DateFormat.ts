/**
 * Moments as text: the conversions of strftime(3) in the C locale and UTC, with GNU's flags and widths.
 *
 * @see date(1)
 */
import * as Calendar from "./Calendar.js"

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December"
]

interface Field {
  readonly text: string
  /** Padded to this width by default, with this. */
  readonly width: number
  readonly pad: string
}

const number = (value: number, width: number, pad = "0"): Field => ({ text: String(value), width, pad })
const words = (text: string): Field => ({ text, width: 0, pad: " " })

const weekOf = (time: Calendar.Civil, first: number): number =>
  Math.floor((time.yearday - 1 + 7 - ((time.weekday - first + 7) % 7)) / 7)

const field = (letter: string, time: Calendar.Civil, nanoseconds: bigint): Field | string | undefined => {
  switch (letter) {
    case "a":
      return words(weekdays[time.weekday]!.slice(0, 3))
    case "A":
      return words(weekdays[time.weekday]!)
    case "b":
    case "h":
      return words(months[time.month - 1]!.slice(0, 3))
    case "B":
      return words(months[time.month - 1]!)
    case "c":
      return "%a %b %e %H:%M:%S %Y"
    case "C":
      return number(Math.floor(time.year / 100), 2)
    case "d":
      return number(time.day, 2)
    case "D":
    case "x":
      return "%m/%d/%y"
    case "e":
      return number(time.day, 2, " ")
    case "F":
      return "%Y-%m-%d"
    case "g":
      return number(Calendar.isoWeek(time).year % 100, 2)
    case "G":
      return number(Calendar.isoWeek(time).year, 4)
    case "H":
      return number(time.hour, 2)
    case "I":
      return number(time.hour % 12 || 12, 2)
    case "j":
      return number(time.yearday, 3)
    case "k":
      return number(time.hour, 2, " ")
    case "l":
      return number(time.hour % 12 || 12, 2, " ")
    case "m":
      return number(time.month, 2)
    case "M":
      return number(time.minute, 2)
    case "n":
      return words("\n")
    case "p":
      return words(time.hour < 12 ? "AM" : "PM")
    case "P":
      return words(time.hour < 12 ? "am" : "pm")
    case "q":
      return number(Math.ceil(time.month / 3), 1)
    case "r":
      return "%I:%M:%S %p"
    case "R":
      return "%H:%M"
    case "s":
      return number(Calendar.split(nanoseconds).seconds, 1)
    case "S":
      return number(time.second, 2)
    case "t":
      return words("\t")
    case "T":
    case "X":
      return "%H:%M:%S"
    case "u":
      return number(time.weekday || 7, 1)
    case "U":
      return number(weekOf(time, 0), 2)
    case "V":
      return number(Calendar.isoWeek(time).week, 2)
    case "w":
      return number(time.weekday, 1)
    case "W":
      return number(weekOf(time, 1), 2)
    case "y":
      return number(time.year % 100, 2)
    case "Y":
      return number(time.year, 4)
    case "z":
      return { text: "+0000", width: 5, pad: "0" }
    case ":z":
      return { text: "+00:00", width: 6, pad: "0" }
    case "::z":
      return { text: "+00:00:00", width: 9, pad: "0" }
    case ":::z":
      return { text: "+00", width: 3, pad: "0" }
    case "Z":
      return words("UTC")
    case "%":
      return words("%")
    default:
      return undefined
  }
}

const conversion = /%([-_0^#+]*)(\d*)(?:[EO]?)(:{0,3}z|[a-zA-Z%])/g

const padded = ({ pad, text, width }: Field, flags: string, given: string): string => {
  const chosen = /[-_0+]/.exec([...flags].reverse().join(""))?.[0]
  if (chosen === "-") return text
  const fill = chosen === "_" ? " " : chosen === "0" || chosen === "+" ? "0" : pad
  const wanted = given === "" ? width : Number(given)
  if (fill === "0" && /^[-+]/.test(text)) return text[0] + text.slice(1).padStart(wanted - 1, "0")
  return text.padStart(wanted, fill)
}

/** The moment `nanoseconds` after the epoch, as `pattern` wants it. */
export const format = (pattern: string, nanoseconds: bigint): string => {
  const { nanos, seconds } = Calendar.split(nanoseconds)
  const time = Calendar.civil(seconds)
  return pattern.replace(conversion, (whole, flags: string, width: string, letter: string) => {
    if (letter === "N") {
      const digits = String(nanos).padStart(9, "0")
      return flags.includes("-") ? digits.replace(/0+$/, "") : digits.slice(0, width === "" ? 9 : Number(width))
    }
    const made = field(letter, time, nanoseconds)
    if (made === undefined) return whole
    const plain = typeof made === "string" ? { text: format(made, nanoseconds), width: 0, pad: " " } : made
    const text = padded(plain, flags, width)
    if (flags.includes("^")) return text.toUpperCase()
    if (!flags.includes("#")) return text
    return letter === "p" || letter === "Z" ? text.toLowerCase() : text.toUpperCase()
  })
}
