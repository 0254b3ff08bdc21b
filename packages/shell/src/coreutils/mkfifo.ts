/**
 * Makes named pipes and devices.
 *
 * @see mkfifo(1)
 * @see mknod(1)
 */
import { makedev, S_IFBLK, S_IFCHR } from "@effix/kernel/abi/FileMode"
import * as Errno from "@effix/kernel/Errno"
import * as Copy from "../Copy.js"
import * as Modes from "../Modes.js"
import * as Quote from "../Quote.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const common = { short: "m:Z", long: { "mode=": "m" } }

function* modeOf(run: Utility.Run, text: string | undefined): Steps<number> {
  if (text === undefined) return 0o666
  const change = Modes.parse(text)
  if (change === undefined) return yield* run.die("invalid mode")
  return Modes.apply(change, 0o666, false, yield* Copy.umask(run))
}

function* settle(
  run: Utility.Run,
  path: string,
  doing: string,
  made: unknown,
  mode: number,
  exact: boolean
): Steps<void> {
  if (Errno.isErrno(made)) return yield* run.failDoing(doing, path, made)
  // A mode that was asked for is not the umask's business.
  if (exact) yield* attempt(run.sys.chmod(path, mode))
}

export const main = Utility.make(
  { ...common, usage: "[OPTION]... NAME...", does: "Create named pipes (FIFOs) with the given NAMEs." },
  function*(run, { operands, options }) {
    if (operands.length === 0) return yield* run.missingOperand()
    const text = options.find(({ key }) => key === "m")?.value
    const mode = yield* modeOf(run, text)
    for (const path of operands) {
      yield* settle(
        run,
        path,
        "cannot create fifo",
        yield* attempt(run.sys.mkfifo(path, mode)),
        mode,
        text !== undefined
      )
    }
  }
)

export const mknod = Utility.make(
  { ...common, usage: "[OPTION]... NAME TYPE [MAJOR MINOR]", does: "Create the special file NAME of the given TYPE." },
  function*(run, { operands, options }) {
    const [path, type, major, minor] = operands
    if (path === undefined) return yield* run.missingOperand()
    if (type === undefined) return yield* run.missingOperand(path)
    const wanted = type === "p" ? 2 : 4
    if (operands.length !== wanted) {
      const missing = operands.length < wanted
      const operand = Quote.value(missing ? operands.at(-1)! : operands[wanted]!)
      yield* run.warn(missing ? `missing operand after ${operand}` : `extra operand ${operand}`)
      if (missing && operands.length === 2) yield* run.error("Special files require major and minor device numbers.\n")
      if (!missing && operands.length === 4) yield* run.error("Fifos do not have major and minor device numbers.\n")
      return yield* run.misuse()
    }
    const text = options.find(({ key }) => key === "m")?.value
    const mode = yield* modeOf(run, text)
    const done = (doing: string, made: unknown) => settle(run, path, doing, made, mode, text !== undefined)
    if (type === "p") return yield* done("", yield* attempt(run.sys.mkfifo(path, mode)))
    const kind = type === "b" ? S_IFBLK : type === "c" || type === "u" ? S_IFCHR : undefined
    if (kind === undefined) return yield* run.misuse(`invalid device type ${Quote.value(type)}`)
    const made = yield* attempt(run.sys.mknod(path, kind | mode, makedev(Number(major), Number(minor))))
    if (Errno.isErrno(made)) return yield* run.failPath(path, made)
    yield* done("", made)
  }
)
