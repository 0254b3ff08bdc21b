/**
 * Core utilities as builtins: they run in the shell's own process.
 */
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import type { Main } from "@effix/kernel/Programs"
import type { SystemCalls } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import { prefix } from "../run/report.js"
import { type Builtin, complain } from "./Builtin.js"

/** The builtin that is a utility's program; what it complains of begins with where the shell is. */
export const utility = (main: Main): Builtin =>
  function*(shell, argv) {
    const status = yield* Effect.merge(main([prefix(shell) + argv[0]!, ...argv.slice(1)]))
    if (typeof status === "number") return status
    return yield* complain(shell, argv[0]!, Errno.text(status._tag))
  }

/** Calls that take what is written on standard output, and what was taken. */
export const capturing = (sys: SystemCalls): { readonly sys: SystemCalls; readonly text: () => string } => {
  const blocks: Array<Uint8Array> = []
  const captured: SystemCalls = new Proxy(sys, {
    get: (target, key) =>
      key === "write"
        ? (fd: number, bytes: Uint8Array) =>
          fd === 1
            ? Effect.sync(() => {
              blocks.push(bytes.slice())
              return bytes.length
            })
            : target.write(fd, bytes)
        : key in target && typeof target[key as keyof SystemCalls] === "function"
        ? (target[key as keyof SystemCalls] as (...args: ReadonlyArray<never>) => unknown).bind(target)
        : undefined
  })
  return { sys: captured, text: () => blocks.map(Bytes.decode).join("") }
}
