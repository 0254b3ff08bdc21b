/**
 * `time pipeline`.
 *
 * @see time(1p)
 */
import * as Bytes from "@effix/kernel/Bytes"
import type { Run, Shell } from "../state/Shell.js"
import { writeAll } from "./report.js"

const bash = (milliseconds: number): string =>
  `${Math.floor(milliseconds / 60000)}m${((milliseconds % 60000) / 1000).toFixed(3)}s`

/** Runs something and says how long it took; processor time is not measured here. */
export function* timed(shell: Shell, posix: boolean, run: () => Run<number>): Run<number> {
  const from = yield* shell.sys.clockGettime("monotonic")
  const status = yield* run()
  const passed = Number((yield* shell.sys.clockGettime("monotonic")) - from) / 1e6
  const text = posix
    ? `real ${(passed / 1000).toFixed(2)}\nuser 0.00\nsys 0.00\n`
    : `\nreal\t${bash(passed)}\nuser\t0m0.000s\nsys\t0m0.000s\n`
  yield* writeAll(shell, 2, Bytes.encode(text))
  return status
}
