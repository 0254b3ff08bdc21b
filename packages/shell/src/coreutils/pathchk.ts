/**
 * Tells whether names can be used, here or on any system that keeps to POSIX.
 *
 * @see pathchk(1)
 */
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import * as Quote from "../Quote.js"
import type { Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... NAME...",
  does: "Diagnose invalid or unportable file names.",
  short: "pP",
  long: { portability: "portability" }
}

interface Asked {
  /** Only what POSIX promises counts. */
  readonly posix: boolean
  /** Empty names and leading hyphens are complained of. */
  readonly strict: boolean
}

function* check(run: Utility.Run, name: string, { posix, strict }: Asked): Steps<void> {
  const quoted = Quote.quoted(name)
  if (strict && /(^|\/)-/.test(name)) {
    return yield* run.fail(`leading '-' in a component of file name ${quoted}`)
  }
  if ((posix || strict) && name === "") return yield* run.fail("empty file name")
  if (posix) {
    const odd = Bytes.encode(name).find((byte) => !/[A-Za-z0-9._/-]/.test(String.fromCharCode(byte)))
    if (odd !== undefined) {
      const shown = odd > 127 ? `'\\${odd.toString(8)}'` : Quote.quoted(String.fromCharCode(odd))
      return yield* run.fail(`nonportable character ${shown} in file name ${quoted}`)
    }
  } else {
    const stat = yield* run.lstat(name)
    if (!Errno.isErrno(stat)) return
    if (stat._tag !== "ENOENT" || name === "") return yield* run.failPath(name === "" ? "" : name, stat)
  }
  const length = Bytes.byteLength(name)
  const most = posix ? 255 : 4095
  if (length > most) return yield* run.fail(`limit ${most} exceeded by length ${length} of file name ${quoted}`)
  const longest = posix ? 14 : 255
  for (const part of name.split("/")) {
    const size = Bytes.byteLength(part)
    if (size <= longest) continue
    return yield* run.fail(`limit ${longest} exceeded by length ${size} of file name component ${Quote.quoted(part)}`)
  }
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  if (operands.length === 0) return yield* run.missingOperand()
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted || key === "portability")
  const asked = { posix: has("p"), strict: has("P") }
  for (const name of operands) yield* check(run, name, asked)
})
