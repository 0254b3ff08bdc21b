/**
 * Seeing every system call: a decorator that is put around the `Sys` of each new process.
 *
 * Without one there is nothing to pay. With one, whatever a program calls passes through it: as a line in the manner
 * of strace(1), as a typed event, or as a span for the active tracer.
 *
 * @see strace(1)
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { isErrno } from "./Errno.js"
import { errorOf } from "./internal/compat.js"
import type { SystemCalls } from "./Sys.js"

/** A finished call. */
export interface Event {
  readonly pid: number
  readonly call: string
  readonly arguments: ReadonlyArray<unknown>
  readonly exit: Exit.Exit<unknown, unknown>
}

export type Decorate = (sys: SystemCalls, pid: number) => SystemCalls

/**
 * What is put around the system calls of a new process.
 *
 * @category tags
 */
export class Trace extends Context.Reference<Trace>()("@effix/kernel/Trace", {
  defaultValue: (): Decorate | undefined => undefined
}) {}

type AnyCall = (...args: ReadonlyArray<unknown>) => Effect.Effect<unknown, unknown>

/** The names of all calls, found once on the prototype of the implementation. */
const namesOf = (sys: SystemCalls): ReadonlyArray<string> => {
  const names: Array<string> = []
  for (
    let each: object = sys;
    each !== Object.prototype && each !== null;
    each = Object.getPrototypeOf(each) as object
  ) {
    names.push(...Object.getOwnPropertyNames(each))
  }
  return names
}

/** A `Sys` in which every call has passed through `around`. */
const decorate = (
  sys: SystemCalls,
  around: (
    call: string,
    args: ReadonlyArray<unknown>,
    effect: Effect.Effect<unknown, unknown>
  ) => Effect.Effect<unknown, unknown>
): SystemCalls => {
  const traced = Object.create(sys) as Record<string, unknown>
  const plain = sys as unknown as Record<string, unknown>
  for (const name of namesOf(sys)) {
    const call = plain[name]
    if (typeof call !== "function" || name === "constructor") continue
    traced[name] = (...args: ReadonlyArray<unknown>) => around(name, args, (call as AnyCall).apply(sys, [...args]))
  }
  return traced as unknown as SystemCalls
}

/**
 * Tells `listen` of every finished call.
 *
 * @category layers
 */
export const layerEvents = (listen: (event: Event) => void): Layer.Layer<never> =>
  Layer.succeed(
    Trace,
    (sys, pid) =>
      decorate(sys, (call, args, effect) =>
        Effect.onExit(effect, (exit) =>
          Effect.sync(() => listen({ pid, call, arguments: args, exit }))))
  )

/**
 * Writes a line for every finished call.
 *
 * @category layers
 */
export const layerStrace = (write: (line: string) => void): Layer.Layer<never> =>
  layerEvents((event) => write(format(event)))

/**
 * A span for every call, for whichever `Tracer` is active.
 *
 * @category layers
 */
export const layerSpans: Layer.Layer<never> = Layer.succeed(
  Trace,
  (sys, pid) =>
    decorate(
      sys,
      (call, _args, effect) => Effect.withSpan(effect, `sys.${call}`, { captureStackTrace: false, attributes: { pid } })
    )
)

/** Bytes of a buffer that a line shows. */
const SHOWN = 32

const quote = (text: string): string => JSON.stringify(text)

const show = (value: unknown): string => {
  if (value instanceof Uint8Array) {
    const shown = quote(String.fromCharCode(...value.subarray(0, SHOWN)))
    return value.length > SHOWN ? `${shown}...` : shown
  }
  if (typeof value === "string") return quote(value)
  if (typeof value === "bigint") return `${value}`
  if (typeof value === "function" || Effect.isEffect(value)) return "<program>"
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`
  if (typeof value === "object" && value !== null) {
    return `{${Object.entries(value).map(([name, each]) => `${name}=${show(each)}`).join(", ")}}`
  }
  return String(value)
}

/** What a reading call filled is shown as far as it was filled. */
const argumentsOf = ({ arguments: args, call, exit }: Event): string => {
  const filled = exit._tag === "Success" && typeof exit.value === "number" ? exit.value : 0
  return args.map((each) =>
    each instanceof Uint8Array && (call === "read" || call === "pread") ? show(each.subarray(0, filled)) : show(each)
  ).join(", ")
}

const answerOf = (exit: Exit.Exit<unknown, unknown>): string => {
  if (exit._tag === "Success") return exit.value === undefined ? "0" : show(exit.value)
  const error = errorOf(exit)
  if (error._tag === "Some" && isErrno(error.value)) return `-1 ${error.value._tag}`
  return Cause.isInterruptedOnly(exit.cause) ? "?" : "! defect"
}

/** `[12] open("/x", 0) = 3`, as strace(1) would write it. */
export const format = (event: Event): string =>
  `[${event.pid}] ${event.call}(${argumentsOf(event)}) = ${answerOf(event.exit)}`
