/**
 * Prints files with their lines in reverse.
 *
 * @see tac(1)
 */
import * as Errno from "@effix/kernel/Errno"
import { blockSize } from "../BufferedWriter.js"
import * as Latin1 from "../Latin1.js"
import * as Options from "../Options.js"
import * as Quote from "../Quote.js"
import * as Regex from "../Regex.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [FILE]...",
  does: "Write each FILE to standard output, last line first.",
  short: "brs:",
  long: { before: "b", regex: "r", "separator=": "s" }
}

function* readAll(run: Utility.Run, fd: number): Steps<string | Errno.Any> {
  const buffer = new Uint8Array(blockSize)
  const chunks: Array<string> = []
  while (true) {
    const count = yield* attempt(run.sys.read(fd, buffer))
    if (Errno.isErrno(count)) return count
    if (count === 0) return chunks.join("")
    chunks.push(Latin1.decode(buffer, 0, count))
  }
}

/** Where the last separator is that ends in front of a position. */
const lastBefore = (
  text: string,
  limit: number,
  separator: string | Regex.Regex
): readonly [from: number, to: number] | undefined => {
  if (typeof separator === "string") {
    const from = limit < separator.length ? -1 : text.lastIndexOf(separator, limit - separator.length)
    return from < 0 ? undefined : [from, from + separator.length]
  }
  const here = text.slice(0, limit)
  for (let from = limit - 1; from >= 0; from--) {
    const match = separator.find(here, from)
    if (match?.start === from && match.end > from) return [from, match.end]
  }
  return undefined
}

function* separatorOf(run: Utility.Run, text: string, isRegex: boolean): Steps<string | Regex.Regex> {
  const bytes = Latin1.fromText(text)
  if (!isRegex) return bytes || "\0"
  if (bytes === "") return yield* run.die("separator cannot be empty")
  const regex = Regex.compile([Regex.fromEmacs(bytes)], { extended: false, ignoreCase: false })
  return regex instanceof Regex.BadPattern ? yield* run.die(regex.text) : regex
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const before = options.some(({ key }) => key === "b")
  const said = Options.last(options, "s")?.value ?? "\n"
  const separator = yield* separatorOf(run, said, options.some(({ key }) => key === "r"))
  for (const path of operands.length === 0 ? ["-"] : operands) {
    const fd = path === "-" ? 0 : yield* attempt(run.sys.open(path, 0))
    if (Errno.isErrno(fd)) {
      yield* run.fail(`failed to open ${Quote.quoted(path)} for reading: ${Errno.text(fd._tag)}`)

      continue
    }
    const text = yield* readAll(run, fd)
    yield* run.close(fd)
    if (Errno.isErrno(text)) {
      yield* run.fail(`${path}: read error: ${Errno.text(text._tag)}`)
      continue
    }
    let end = text.length
    // With a separator in front of each part, the first part is what stands before the first one.
    for (let at = end;;) {
      const found = lastBefore(text, at, separator)
      const from = found === undefined ? 0 : found[before ? 0 : 1]
      run.out.latin1(text.slice(from, end))
      if (run.out.isFull) yield* run.out.flush()
      if (found === undefined) break
      end = from
      at = found[0]
    }
  }
})
