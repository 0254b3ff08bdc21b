/**
 * The shell, `sh` and `bash`: a program like any other, of system calls alone.
 *
 * Every stage of a pipeline, every subshell, every substitution and everything behind `&` is a process of the kernel.
 * The dialect is bash's; called as `sh` it follows POSIX where the two differ.
 *
 * @see sh(1)
 * @see bash(1)
 */
import type { Errno } from "@effix/kernel/Errno"
import * as Programs from "@effix/kernel/Programs"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { main as shellMain } from "./shell/main.js"

/** The program. `argv[0]` decides between `sh` and `bash`. */
export const main: Programs.Main = shellMain

/**
 * Registers `sh` and `bash`.
 *
 * @category layers
 */
export const layer: Layer.Layer<never, Errno<"EEXIST" | "EINVAL">, Programs.Programs> = Layer.scopedDiscard(
  Effect.gen(function*() {
    const programs = yield* Programs.Programs
    yield* programs.register("sh", main)
    yield* programs.register("bash", main)
  })
)
