/**
 * `time pipeline`.
 *
 * @see time(1p)
 */
import * as Bytes from "@effix/kernel/Bytes"
import type { Run, Shell } from "../state/Shell.js"
import { writeAll } from "./report.js"

/** Seconds with so many decimals; in the long form with minutes. */
const shown = (milliseconds: number, decimals: number, long: boolean): string => {
  const minutes = long ? Math.floor(milliseconds / 60_000) : 0
  const seconds = ((milliseconds - minutes * 60_000) / 1000).toFixed(decimals)
  return long ? `${minutes}m${seconds}s` : seconds
}

/** What `TIMEFORMAT` says; processor time is not measured here. @see bash(1) TIMEFORMAT */
const formatted = (format: string, milliseconds: number): string =>
  format.replace(/%(?:%|P|([0-9]?)(l?)([RUS]))/g, (whole, decimals: string, long: string, what: string | undefined) => {
    if (whole === "%%") return "%"
    if (what === undefined) return "0.00"
    return shown(what === "R" ? milliseconds : 0, decimals === "" ? 3 : Math.min(3, Number(decimals)), long !== "")
  })

const usual = "\nreal\t%3lR\nuser\t%3lU\nsys\t%3lS"

/** Runs something and says how long it took. */
export function* timed(shell: Shell, posix: boolean, run: () => Run<number>): Run<number> {
  const from = yield* shell.sys.clockGettime("monotonic")
  const status = yield* run()
  const passed = Number((yield* shell.sys.clockGettime("monotonic")) - from) / 1e6
  const format = posix ? "real %2R\nuser %2U\nsys %2S" : shell.variables.value("TIMEFORMAT") ?? usual
  if (format !== "") yield* writeAll(shell, 2, Bytes.encode(`${formatted(format, passed)}\n`))
  return status
}
