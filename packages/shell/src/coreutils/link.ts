/**
 * The calls link and unlink, as they are.
 *
 * @see link(1)
 */
import * as Errno from "@effix/kernel/Errno"
import * as Quote from "../Quote.js"
import { attempt } from "../Steps.js"
import * as Utility from "../Utility.js"

export const main = Utility.make(
  { usage: "FILE1 FILE2", does: "Call the link function to create a link named FILE2 to an existing FILE1." },
  function*(run, { operands }) {
    const [from, to, more] = operands
    if (from === undefined) return yield* run.missingOperand()
    if (to === undefined) return yield* run.missingOperand(from)
    if (more !== undefined) return yield* run.extraOperand(more)
    const error = yield* attempt(run.sys.link(from, to))
    if (Errno.isErrno(error)) {
      yield* run.fail(`cannot create link ${Quote.quoted(to)} to ${Quote.quoted(from)}: ${Errno.text(error._tag)}`)
    }
  }
)

/** @see unlink(1) */
export const unlink = Utility.make(
  { usage: "FILE", does: "Call the unlink function to remove the specified FILE." },
  function*(run, { operands }) {
    const [path, more] = operands
    if (path === undefined) return yield* run.missingOperand()
    if (more !== undefined) return yield* run.extraOperand(more)
    const error = yield* attempt(run.sys.unlink(path))
    if (Errno.isErrno(error)) yield* run.failDoing("cannot unlink", path, error)
  }
)
