/**
 * Core utilities as builtins: they run in the shell's own process.
 */
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import type { Main } from "@effix/kernel/Programs"
import { Sys, type SystemCalls } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import type { Run } from "../state/Shell.js"
import { type Builtin, complain } from "./Builtin.js"

/** The builtin that is a utility's program. */
export const utility = (main: Main): Builtin =>
  function*(shell, argv) {
    const status = yield* Effect.merge(main(argv))
    if (typeof status === "number") return status
    return yield* complain(shell, argv[0]!, Errno.text(status._tag))
  }

/** Runs a utility and takes what it writes on standard output. */
export function* captured(sys: SystemCalls, main: Main, argv: ReadonlyArray<string>): Run<readonly [number, string]> {
  const blocks: Array<Uint8Array> = []
  const capturing: SystemCalls = new Proxy(sys, {
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
  const status = yield* Effect.provideService(Effect.merge(main(argv)), Sys, capturing)
  const length = blocks.reduce((sum, block) => sum + block.length, 0)
  const all = new Uint8Array(length)
  let at = 0
  for (const block of blocks) {
    all.set(block, at)
    at += block.length
  }
  return [typeof status === "number" ? status : 1, Bytes.decode(all)]
}
