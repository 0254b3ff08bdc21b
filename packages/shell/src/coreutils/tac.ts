/**
 * Prints files with their lines in reverse.
 *
 * @see tac(1)
 */
import * as Errno from "@effix/kernel/Errno"
import { blockSize } from "../BufferedWriter.js"
import * as Latin1 from "../Latin1.js"
import * as Quote from "../Quote.js"
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

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const before = options.some(({ key }) => key === "b")
  const separator = Latin1.fromText(options.find(({ key }) => key === "s")?.value ?? "\n") || "\0"
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
    const parts = text.split(separator)
    // With a separator in front of each part, the first part is what stands before the first one.
    const pieces = before
      ? parts.map((part, i) => i === 0 ? part : separator + part)
      : parts.map((part, i) => i === parts.length - 1 ? part : part + separator)
    for (let i = pieces.length - 1; i >= 0; i--) {
      run.out.latin1(pieces[i]!)
      if (run.out.isFull) yield* run.out.flush()
    }
  }
})
