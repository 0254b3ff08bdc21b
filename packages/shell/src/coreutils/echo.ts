/**
 * Prints its arguments.
 *
 * @see echo(1)
 */
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import type { Main } from "@effix/kernel/Programs"
import { Sys, type SystemCalls } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import { writeAll } from "../BufferedWriter.js"
import * as Escapes from "../Escapes.js"

const said = (argv: ReadonlyArray<string>, octal: Escapes.Octal): string => {
  let newline = true
  let escapes = false
  let at = 1
  for (; at < argv.length && /^-[neE]+$/.test(argv[at]!); at++) {
    for (const letter of argv[at]!.slice(1)) {
      if (letter === "n") newline = false
      else escapes = letter === "e"
    }
  }
  const text = argv.slice(at).join(" ")
  if (!escapes) return newline ? text + "\n" : text
  const expanded = Escapes.expand(text, octal)
  return newline && !expanded.cut ? expanded.text + "\n" : expanded.text
}

function* rest(sys: SystemCalls, name: string, bytes: Uint8Array): Effect.fn.Return<number, never, Sys> {
  const error = yield* Effect.merge(Effect.gen(() => writeAll(sys, 1, bytes)))
  if (!Errno.isErrno(error)) return 0
  const complaint = Bytes.encode(`${name}: write error: ${Errno.text(error._tag)}\n`)
  yield* Effect.merge(Effect.gen(() => writeAll(sys, 2, complaint)))
  return 1
}

// A shell calls this in loops, so the ordinary case is one system call and nothing around it.
const speaking = (octal: Escapes.Octal): Main => (argv) => {
  const bytes = Bytes.encode(said(argv, octal))
  if (bytes.length === 0) return Effect.succeed(0)
  return Effect.flatMap(Sys, (sys) => Effect.gen(() => rest(sys, argv[0] ?? "echo", bytes)))
}

export const main: Main = speaking("after-zero")

/** The shell's own, for which `\1` is no escape. */
export const builtin: Main = speaking("only-after-zero")
