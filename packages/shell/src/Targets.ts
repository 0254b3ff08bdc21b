/**
 * What goes where: how cp, mv, ln and install read their operands.
 *
 * @see cp(1)
 */
import * as Errno from "@effix/kernel/Errno"
import { baseName, isDirectory, join } from "./Directory.js"
import * as Quote from "./Quote.js"
import type { Steps } from "./Steps.js"
import type * as Utility from "./Utility.js"

export interface Pair {
  readonly source: string
  readonly target: string
}

export interface Given {
  /** `-t DIRECTORY` */
  readonly directory: string | undefined
  /** `-T`: the last operand is the target itself, even if it is a directory. */
  readonly exact: boolean
  /** Whether a link to a directory counts as one. Default: `true`. */
  readonly follow?: boolean
}

const into = (directory: string, source: string): Pair => {
  const name = baseName(source)
  return { source, target: join(directory, name === ".." || name === "/" ? "." : name) }
}

/** The pairs that the operands mean; complains where they mean none. */
export function* resolve(run: Utility.Run, operands: ReadonlyArray<string>, given: Given): Steps<ReadonlyArray<Pair>> {
  if (given.directory !== undefined && given.exact) {
    return yield* run.die("cannot combine --target-directory (-t) and --no-target-directory (-T)")
  }
  const [first] = operands
  if (first === undefined) return yield* run.misuse("missing file operand")
  if (given.directory !== undefined) {
    const stat = yield* run.stat(given.directory)
    if (!isDirectory(stat)) {
      const why = Errno.isErrno(stat) ? stat._tag : "ENOTDIR"
      return yield* run.die(`target directory ${Quote.quoted(given.directory)}: ${Errno.text(why)}`)
    }
    return operands.map((source) => into(given.directory!, source))
  }
  const last = operands.at(-1)!
  if (operands.length === 1) return yield* run.misuse(`missing destination file operand after ${Quote.quoted(first)}`)
  if (given.exact) {
    if (operands.length > 2) return yield* run.misuse(`extra operand ${Quote.quoted(operands[2]!)}`)
    return [{ source: first, target: last }]
  }
  const stat = yield* given.follow === false ? run.lstat(last) : run.stat(last)
  if (isDirectory(stat)) return operands.slice(0, -1).map((source) => into(last, source))
  if (operands.length > 2) {
    const why = Errno.isErrno(stat) ? stat._tag : "ENOTDIR"
    return yield* run.die(`target ${Quote.quoted(last)}: ${Errno.text(why)}`)
  }
  return [{ source: first, target: last }]
}
