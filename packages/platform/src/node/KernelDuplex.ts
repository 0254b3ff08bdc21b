/**
 * A connected descriptor of a kernel as a stream of node, for what node does over any stream: HTTP.
 */
import { SHUT_WR } from "@effix/kernel/abi/Socket"
import type * as Errno from "@effix/kernel/Errno"
import { Sys } from "@effix/kernel/Sys"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Runtime from "effect/Runtime"
import { Duplex } from "node:stream"
import { acting } from "../kernelSockets/acting.js"
import { closing } from "../kernelSockets/streams.js"

const BLOCK = 65_536

type Done = (error?: Error | null) => void

/** An errno as node has it: an error with a code. */
export const nodeError = (cause: Cause.Cause<Errno.Any>): Error => {
  const error = Cause.squash(cause)
  if (!(error instanceof Error)) return new Error(String(error))
  return "_tag" in error ? Object.assign(new Error(error.message), { code: error._tag }) : error
}

export class KernelDuplex extends Duplex {
  private readonly sys
  private readonly running = new Set<Fiber.RuntimeFiber<unknown, Errno.Any>>()
  private reading = false

  /** The descriptor is the stream's, which closes it. */
  constructor(private readonly runtime: Runtime.Runtime<Sys>, private readonly fd: number) {
    super({ allowHalfOpen: true, emitClose: true })
    this.sys = Context.get(runtime.context, Sys)
  }

  private start<A>(effect: Effect.Effect<A, Errno.Any>, done: (exit: Exit.Exit<A, Errno.Any>) => void): void {
    const fiber = Runtime.runFork(this.runtime, acting(this.sys, effect))
    this.running.add(fiber)
    fiber.addObserver((exit) => {
      this.running.delete(fiber)
      if (!this.destroyed) done(exit)
    })
  }

  override _read(): void {
    if (this.reading) return
    this.reading = true
    const into = new Uint8Array(BLOCK)
    this.start(this.sys.read(this.fd, into), (exit) => {
      this.reading = false
      if (exit._tag === "Failure") this.destroy(nodeError(exit.cause))
      else this.push(exit.value === 0 ? null : Buffer.from(into.buffer, 0, exit.value))
    })
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    const { fd, sys } = this
    const writing = Effect.gen(function*() {
      for (let at = 0; at < chunk.length;) at += yield* sys.write(fd, chunk.subarray(at))
    })
    this.start(writing, (exit) => done(exit._tag === "Failure" ? nodeError(exit.cause) : null))
  }

  override _final(done: Done): void {
    this.start(this.sys.shutdown(this.fd, SHUT_WR), () => done())
  }

  override _destroy(error: Error | null, done: Done): void {
    const ended = Effect.zipRight(Fiber.interruptAll(this.running), closing(this.sys, this.fd))
    Runtime.runFork(this.runtime, ended).addObserver(() => done(error))
  }

  // What node's HTTP asks of a TCP connection beyond a stream: nothing of it has a meaning in memory.
  setNoDelay(): this {
    return this
  }
  setKeepAlive(): this {
    return this
  }
  setTimeout(): this {
    return this
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }
}
