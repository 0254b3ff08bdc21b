/**
 * Shrinks and extends files.
 *
 * @see truncate(1)
 */
import { O_CREAT, O_NONBLOCK, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import { last } from "../Options.js"
import * as Quote from "../Quote.js"
import * as Size from "../Size.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "OPTION... FILE...",
  does: "Shrink or extend the size of each FILE to the specified size.",
  short: "cor:s:",
  long: { "no-create": "c", "io-blocks": "o", "reference=": "r", "size=": "s" }
}

const resized = (mark: string, size: number, now: number): number => {
  switch (mark) {
    case "+":
      return now + size
    case "-":
      return Math.max(0, now - size)
    case "<":
      return Math.min(now, size)
    case ">":
      return Math.max(now, size)
    case "/":
      return now - (now % size)
    case "%":
      return Math.ceil(now / size) * size
    default:
      return size
  }
}

function* one(
  run: Utility.Run,
  path: string,
  create: boolean,
  mark: string,
  size: number,
  base: number | undefined
): Steps<void> {
  const fd = yield* attempt(run.sys.open(path, O_WRONLY | O_NONBLOCK | (create ? O_CREAT : 0), 0o666))
  if (Errno.isErrno(fd)) {
    if (!create && fd._tag === "ENOENT") return
    return yield* run.fail(`cannot open ${Quote.quoted(path)} for writing: ${Errno.text(fd._tag)}`)
  }
  const stat = yield* attempt(run.sys.fstat(fd))
  const wanted = resized(mark, size, base ?? (Errno.isErrno(stat) ? 0 : stat.size))
  const error = yield* attempt(run.sys.ftruncate(fd, wanted))
  if (Errno.isErrno(error)) {
    yield* run.fail(`failed to truncate ${Quote.quoted(path)} at ${wanted} bytes: ${Errno.text(error._tag)}`)
  }
  yield* attempt(run.sys.close(fd))
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const option = (wanted: string): string | undefined => last(options, wanted)?.value
  const text = option("s")
  const reference = option("r")
  if (text === undefined && reference === undefined) {
    return yield* run.misuse("you must specify either '--size' or '--reference'")
  }
  const match = /^\s*([-+<>/%]?)\s*(.*)$/s.exec(text ?? "+0")!
  const size = Size.parse(match[2]!)
  if (size === undefined) return yield* run.die(`Invalid number: ${Quote.value(match[2]!)}`)
  if (size === 0 && "/%".includes(match[1]!) && match[1] !== "") return yield* run.die("division by zero")
  let base: number | undefined
  if (reference !== undefined) {
    if (text !== undefined && match[1] === "") {
      return yield* run.misuse("you must specify a relative '--size' with '--reference'")
    }
    const stat = yield* run.stat(reference)
    if (Errno.isErrno(stat)) return yield* run.die(`cannot stat ${Quote.quoted(reference)}: ${Errno.text(stat._tag)}`)
    base = stat.size
  }
  if (operands.length === 0) return yield* run.misuse("missing file operand")
  for (const path of operands) yield* one(run, path, option("c") === undefined, match[1]!, size, base)
  return run.status
})
