/**
 * Copies standard input to files and to standard output.
 *
 * @see tee(1)
 */
import { O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import { SIGINT } from "@effix/kernel/abi/Signals"
import * as Errno from "@effix/kernel/Errno"
import { blockSize, writeAll } from "../BufferedWriter.js"
import * as Quote from "../Quote.js"
import { attempt } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [FILE]...",
  does: "Copy standard input to each FILE, and also to standard output.",
  short: "aip",
  long: { append: "a", "ignore-interrupts": "i", "output-error=?": "p" }
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (key: string): boolean => options.some((option) => option.key === key)
  if (has("i")) yield* attempt(run.sys.sigaction(SIGINT, { disposition: "ignore" }))
  const flags = O_WRONLY | O_CREAT | (has("a") ? O_APPEND : O_TRUNC)
  let outputs: Array<{ readonly fd: number; readonly path: string }> = [{ fd: 1, path: "standard output" }]
  for (const path of operands) {
    const fd = yield* attempt(run.sys.open(path, flags, 0o666))
    if (Errno.isErrno(fd)) yield* run.failPath(path, fd)
    else outputs.push({ fd, path })
  }
  const buffer = new Uint8Array(blockSize)
  while (outputs.length > 0) {
    const count = yield* attempt(run.sys.read(0, buffer))
    if (Errno.isErrno(count)) {
      yield* run.fail(`read error: ${Errno.text(count._tag)}`)
      break
    }
    if (count === 0) break
    const bytes = buffer.subarray(0, count)
    const failed = new Set<number>()
    for (const { fd, path } of outputs) {
      const error = yield* writeAll(run.sys, fd, bytes)
      if (error === undefined) continue
      failed.add(fd)
      yield* run.fail(`${fd === 1 ? Quote.value(path) : Quote.name(path)}: ${Errno.text(error._tag)}`)
    }
    if (failed.size > 0) outputs = outputs.filter(({ fd }) => !failed.has(fd))
  }
  for (const { fd } of outputs) if (fd !== 1) yield* attempt(run.sys.close(fd))
})
