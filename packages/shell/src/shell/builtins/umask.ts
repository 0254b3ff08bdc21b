/**
 * `umask`, `times`.
 *
 * @see umask(1p)
 * @see times(1p)
 */
import { print } from "../run/report.js"
import { Fatal } from "../state/Control.js"
import { type Builtin, complain, flags, misuse } from "./Builtin.js"

const symbolic = (mask: number): string => {
  const part = (shift: number): string => {
    const bits = (~mask >> shift) & 7
    return `${bits & 4 ? "r" : ""}${bits & 2 ? "w" : ""}${bits & 1 ? "x" : ""}`
  }
  return `u=${part(6)},g=${part(3)},o=${part(0)}`
}

const shifts: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 }
const letterBits: Readonly<Record<string, number>> = { r: 4, w: 2, x: 1 }

/** The mask after clauses such as `u=rwx,g-w`; `undefined` for what cannot be read. */
const applySymbolic = (text: string, mask: number): number | undefined => {
  let allowed = ~mask & 0o777
  for (const clause of text.split(",")) {
    const match = /^([ugoa]*)((?:[-+=][rwxugo]*)+)$/.exec(clause)
    if (match === null) return undefined
    const who = match[1] === "" || match[1]!.includes("a") ? ["u", "g", "o"] : Array.from(match[1]!)
    for (const action of match[2]!.match(/[-+=][rwxugo]*/g) ?? []) {
      const operator = action[0]!
      for (const one of who) {
        let bits = 0
        for (const letter of action.slice(1)) bits |= letterBits[letter] ?? (allowed >> shifts[letter]!) & 7
        const shift = shifts[one]!
        if (operator === "=") allowed = (allowed & ~(7 << shift)) | (bits << shift)
        else if (operator === "+") allowed |= bits << shift
        else allowed &= ~(bits << shift)
      }
    }
  }
  return ~allowed & 0o777
}

export const umask: Builtin = function*(shell, argv) {
  const given = flags(argv, "Sp")
  if (typeof given === "string") return yield* misuse(shell, "umask", given)
  const { letters, rest: [text] } = given
  const mask = yield* shell.sys.umask(0)
  yield* shell.sys.umask(mask)
  if (text === undefined) {
    const shown = letters.includes("S") ? symbolic(mask) : mask.toString(8).padStart(4, "0")
    return yield* print(
      shell,
      "umask",
      `${letters.includes("p") ? `umask ${letters.includes("S") ? "-S " : ""}` : ""}${shown}\n`
    )
  }
  if (/^[0-9]/.test(text)) {
    if (!/^[0-7]{1,4}$/.test(text)) return yield* complain(shell, "umask", `${text}: octal number out of range`)
    yield* shell.sys.umask(parseInt(text, 8) & 0o777)
    return 0
  }
  const next = applySymbolic(text, mask)
  if (next === undefined) return yield* complain(shell, "umask", `\`${text}': invalid symbolic mode operator`)
  yield* shell.sys.umask(next)
  return letters.includes("S") ? yield* print(shell, "umask", `${symbolic(next)}\n`) : 0
}

const minutes = (ticks: number): string => `${Math.floor(ticks / 6000)}m${((ticks % 6000) / 100).toFixed(3)}s`

/** What the shell and its children have used: a microsecond for each system call. */
export const times: Builtin = function*(shell, argv) {
  if (argv.length > 1) throw new Fatal(2, "times: too many arguments")
  const { childrenSystem, childrenUser, system, user } = yield* shell.sys.times()
  const line = (userTicks: number, systemTicks: number): string => `${minutes(userTicks)} ${minutes(systemTicks)}\n`
  return yield* print(shell, "times", line(user, system) + line(childrenUser, childrenSystem))
}
