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
import * as OpenFlags from "./abi/OpenFlags.js"
import type { WaitStatus } from "./abi/WaitStatus.js"
import { isErrno, text } from "./Errno.js"
import { errorOf } from "./internal/compat.js"
import type { SystemCalls } from "./Sys.js"

/** A finished call. */
export interface Event {
  readonly pid: number
  readonly call: string
  readonly arguments: ReadonlyArray<unknown>
  readonly exit: Exit.Exit<unknown, unknown>
}

/** Who is told of the calls of a child, and of its descendants with `follow`. */
export interface Tracer {
  /** Runs in the step in which the call ends, in front of whatever comes next in the child. */
  readonly listen: (event: Event) => void
  /** Whether the children of a traced process are traced as well. */
  readonly follow?: boolean
  /** Runs when a traced process has ended, and before anybody else is told. */
  readonly ended?: (pid: number, status: WaitStatus) => void
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
    // Looked up when it is called: a tracer may have come meanwhile.
    traced[name] = (...args: ReadonlyArray<unknown>) =>
      around(name, args, (plain[name] as AnyCall).apply(sys, [...args]))
  }
  return traced as unknown as SystemCalls
}

/** How a call is told to `listen` when it has finished. */
const toldTo =
  (pid: number, listen: (event: Event) => void) =>
  (call: string, args: ReadonlyArray<unknown>, effect: Effect.Effect<unknown, unknown>) =>
    Effect.onExit(effect, (exit) => Effect.sync(() => listen({ pid, call, arguments: args, exit })))

/** What there is to know of a process whose calls are told. */
interface Traced {
  readonly pid: number
  readonly tracer: Tracer | undefined
}

/**
 * From now on the tracer is told of each call of a `Sys` that is in use: the calls that its class has are covered by others
 * of its own. What a call comes down to is made on a copy that is not covered.
 *
 * @internal
 */
export const attach = (sys: SystemCalls, process: Traced, tracer: Tracer): void => {
  const bare: SystemCalls = Object.create(Object.getPrototypeOf(sys), Object.getOwnPropertyDescriptors(sys))
  // Handlers that are set meanwhile run with the `Sys` that the program knows.
  Object.defineProperty(bare, "whole", { value: sys })
  // A call may be on its way when the tracer is let go. An exec that gives the process powers is the last that is told.
  const listen = (event: Event): void =>
    process.tracer === tracer || event.call === "exec" ? tracer.listen(event) : undefined
  const told = decorate(bare, toldTo(process.pid, listen))
  for (const [name, call] of Object.entries(told)) Object.defineProperty(sys, name, { value: call, configurable: true })
}

/**
 * Uncovers what {@link attach} has covered.
 *
 * @internal
 */
export const detach = (sys: SystemCalls): void => {
  for (const name of namesOf(sys)) {
    if (Object.hasOwn(sys, name) && typeof Reflect.get(sys, name) === "function") Reflect.deleteProperty(sys, name)
  }
}

/** An event for later: a buffer is shown as it is now, and whoever gave it goes on using it. */
export const kept = (event: Event): Event => ({
  ...event,
  arguments: event.arguments.map((each) => each instanceof Uint8Array ? each.slice(0, KEPT) : each)
})

/** Bytes of a buffer that are kept. */
const KEPT = 4096

/** The same system calls; `listen` is told of each that has finished. */
export const telling = (listen: (event: Event) => void): Decorate => (sys, pid) => decorate(sys, toldTo(pid, listen))

/**
 * Tells `listen` of every finished call.
 *
 * @category layers
 */
export const layerEvents = (listen: (event: Event) => void): Layer.Layer<never> => Layer.succeed(Trace, telling(listen))

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

const accessModes: ReadonlyArray<string> = ["O_RDONLY", "O_WRONLY", "O_RDWR"]

/** The larger ones first: O_SYNC holds O_DSYNC, O_TMPFILE holds O_DIRECTORY. */
const openFlags = Object.entries(OpenFlags)
  .filter((entry): entry is [string, number] => typeof entry[1] === "number" && entry[1] > OpenFlags.O_ACCMODE)
  .sort(([, one], [, other]) => other - one)

const showOpenFlags = (flags: number): string => {
  const shown = [accessModes[flags & OpenFlags.O_ACCMODE] ?? "O_ACCMODE"]
  let left = flags & ~OpenFlags.O_ACCMODE
  for (const [name, bits] of openFlags) {
    if ((left & bits) !== bits) continue
    shown.push(name)
    left &= ~bits
  }
  if (left !== 0) shown.push(`0x${left.toString(16)}`)
  return shown.join("|")
}

/** What a reading call filled is shown as far as it was filled. */
const argumentsOf = ({ arguments: args, call, exit }: Event): string => {
  const filled = exit._tag === "Success" && typeof exit.value === "number" ? exit.value : 0
  const flagsAt = call === "open" ? 1 : call === "openat" ? 2 : -1
  return args.map((each, index) =>
    index === flagsAt && typeof each === "number"
      ? showOpenFlags(each)
      : each instanceof Uint8Array && (call === "read" || call === "pread")
      ? show(each.subarray(0, filled))
      : show(each)
  ).join(", ")
}

const answerOf = (exit: Exit.Exit<unknown, unknown>): string => {
  if (exit._tag === "Success") return exit.value === undefined ? "0" : show(exit.value)
  const error = errorOf(exit)
  if (error._tag === "Some" && isErrno(error.value)) {
    return `-1 ${error.value._tag} (${text(error.value._tag)})`
  }
  return Cause.isInterruptedOnly(exit.cause) ? "?" : "! defect"
}

/** `[12] open("/x", O_RDONLY) = 3`, as strace(1) would write it. */
export const format = (event: Event): string =>
  `[${event.pid}] ${event.call}(${argumentsOf(event)}) = ${answerOf(event.exit)}`
