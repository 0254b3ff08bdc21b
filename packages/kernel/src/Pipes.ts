/**
 * Pipes and FIFOs: a bounded queue of bytes with a reading and a writing end.
 *
 * A pipe holds 64 KiB; writes of up to PIPE_BUF bytes never interleave, and writers that wait go on in the order in
 * which they came. Reading from one that nobody writes answers end of file; writing to one that nobody reads fails
 * with EPIPE, after SIGPIPE. A FIFO is the same pipe behind a name; opening one waits for the other side.
 *
 * @see pipe(7)
 * @see fifo(7)
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { O_ACCMODE, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } from "./abi/OpenFlags.js"
import { SIGPIPE } from "./abi/Signals.js"
import * as CoarseClock from "./CoarseClock.js"
import type { Description, ReadError, WriteError } from "./Description.js"
import * as Errno from "./Errno.js"
import type { Inode } from "./Inode.js"
import * as KernelConfig from "./KernelConfig.js"
import { Pipe } from "./pipe/Pipe.js"
import { open, PipeEnd, PipeInode, pipeMode } from "./pipe/PipeEnd.js"
import * as Splice from "./pipe/splice.js"
import type { Process } from "./ProcessTable.js"
import * as Signals from "./Signals.js"
import * as WaitQueue from "./WaitQueue.js"

export interface Pair {
  readonly reader: Description
  readonly writer: Description
}

/** Whoever takes a new description over, at once: from then on it is theirs to release. */
export type Accept<A, E> = (description: Description) => Effect.Effect<A, E>

/** How much is moved at most, and whether to wait for it. */
export interface SpliceLimits {
  readonly length: number
  readonly nonBlocking: boolean
}

/** @category tags */
export class Pipes extends Context.Tag("@effix/kernel/Pipes")<Pipes, {
  /** Makes a pipe; `flags` may hold O_NONBLOCK, for both ends. @see pipe2(2) */
  readonly create: (flags: number, owner: { readonly uid: number; readonly gid: number }) => Pair
  /**
   * Opens a FIFO; waits for the other side unless `flags` say O_NONBLOCK or O_RDWR. Runs when it is called; `accept`
   * takes the description over in the step in which it is open. @see fifo(7)
   */
  readonly openFifo: <A, E>(
    inode: Inode,
    flags: number,
    accept: Accept<A, E>
  ) => Effect.Effect<A, E | Errno.Errno<"EINTR" | "ENXIO">>
  /**
   * Moves bytes from pipe to pipe, or copies them where they are to `stay`; `undefined` when they are not two pipes.
   * @see splice(2), tee(2)
   */
  readonly splice: (
    from: Description,
    to: Description,
    stay: boolean,
    caller: Process,
    options: SpliceLimits
  ) => Effect.Effect<number, Errno.Errno<"EAGAIN" | "EINTR" | "EINVAL" | "EPIPE">>
  /** Moves bytes out of a pipe, to what `write` writes to. @see splice(2) */
  readonly spliceOut: (
    from: Description,
    write: (bytes: Uint8Array) => Effect.Effect<number, WriteError>,
    caller: Process,
    options: SpliceLimits
  ) => Effect.Effect<number, WriteError>
  /** Moves what `read` reads into a pipe; the first byte lies at `offset` in its page. @see splice(2) */
  readonly spliceInto: (
    to: Description,
    read: (into: Uint8Array) => Effect.Effect<number, ReadError>,
    offset: number,
    caller: Process,
    options: SpliceLimits
  ) => Effect.Effect<number, ReadError | Errno.Errno<"EPIPE">>
  /** Copies buffers into a pipe, each into pages of its own. @see vmsplice(2) */
  readonly gift: (
    to: Description,
    from: ReadonlyArray<Uint8Array>,
    caller: Process,
    nonBlocking: boolean
  ) => Effect.Effect<number, Errno.Errno<"EAGAIN" | "EBADF" | "EINTR" | "EPIPE">>
  /** Capacity in bytes; `undefined` for what is no pipe. @see fcntl(2) */
  readonly capacity: (description: Description) => number | undefined
  /** Answers the capacity that it got. @see fcntl(2) */
  readonly resize: (
    description: Description,
    bytes: number,
    privileged: boolean
  ) => Exit.Exit<number, Errno.Errno<"EBADF" | "EBUSY" | "EINVAL" | "EPERM">>
}>() {}

const PAGE = 4096

/** Rounded up to a power of two pages, as Linux does. */
const roundUp = (bytes: number): number => {
  let size = PAGE
  while (size < bytes) size *= 2
  return size
}

export const make = (
  limits: KernelConfig.Limits,
  signals: Signals.Signals["Type"],
  now: CoarseClock.CoarseClock
): Pipes["Type"] => {
  const fifos = new WeakMap<Inode, Pipe>()
  const capacity = roundUp(limits.pipeCapacity)
  const context = {
    now,
    brokenPipe: (writer: Process) => void signals.send(writer, Signals.fromProcess(SIGPIPE, writer))
  }
  let lastIno = 0

  const fifoOf = (inode: Inode): Pipe => {
    const known = fifos.get(inode)
    if (known !== undefined) return known
    const pipe = new Pipe(capacity)
    fifos.set(inode, pipe)
    return pipe
  }

  /**
   * Opens one side and waits for the other. The side is counted in the step in which it goes to sleep, and given to
   * `accept` in the step in which the other side is there, so that nothing is counted that nobody owns.
   */
  const meet = <A, E>(
    pipe: Pipe,
    inode: Inode,
    flags: number,
    accept: Accept<A, E>
  ): Effect.Effect<A, E | Errno.Errno<"EINTR">> => {
    const reading = (flags & O_ACCMODE) === O_RDONLY
    const opens = (): number => reading ? pipe.writerOpens : pipe.readerOpens
    const others = (): number => reading ? pipe.writers : pipe.readers
    let end: PipeEnd | undefined
    let before = 0
    return WaitQueue.sleep<Effect.Effect<A, E>, never>([pipe.opened], () => {
      if (end === undefined) {
        if (others() === 0) return undefined
        return Exit.succeed(accept(openCounted(pipe, inode, flags)))
      }
      // Whoever has come and gone meanwhile was there.
      if (opens() === before) return undefined
      const met = end
      end = undefined
      return Exit.succeed(accept(met))
    }, {
      entered: () => {
        end = openCounted(pipe, inode, flags)
        before = opens()
      },
      left: () => {
        end?.uncount()
      }
    }).pipe(Effect.flatten)
  }

  const openCounted = (pipe: Pipe, inode: Inode, flags: number): PipeEnd => {
    const end = open(pipe, inode, flags, context)
    pipe.joined((end.readable && pipe.readers === 1) || (end.writable && pipe.writers === 1))
    return end
  }

  const optionsOf = (caller: Process, limits: SpliceLimits) => ({
    ...limits,
    brokenPipe: () => context.brokenPipe(caller)
  })

  return {
    splice: (from, to, stay, caller, limits) =>
      from instanceof PipeEnd && to instanceof PipeEnd && from.pipe !== to.pipe
        ? Splice.between(from.pipe, to.pipe, stay, optionsOf(caller, limits))
        : Errno.fail("EINVAL"),
    spliceOut: (from, write, caller, limits) =>
      from instanceof PipeEnd ? Splice.out(from.pipe, write, optionsOf(caller, limits)) : Errno.fail("EINVAL"),
    spliceInto: (to, read, offset, caller, limits) =>
      to instanceof PipeEnd ? Splice.into(to.pipe, read, offset, optionsOf(caller, limits)) : Errno.fail("EINVAL"),
    gift: (to, from, caller, nonBlocking) =>
      to instanceof PipeEnd
        ? Splice.gift(to.pipe, from, { nonBlocking, brokenPipe: () => context.brokenPipe(caller) })
        : Errno.fail("EBADF"),
    create: (flags, { gid, uid }) => {
      const pipe = new Pipe(capacity)
      const inode = new PipeInode(++lastIno, { mode: pipeMode, uid, gid, rdev: 0, now: now() })
      return {
        reader: open(pipe, inode, O_RDONLY | flags, context),
        writer: open(pipe, inode, O_WRONLY | flags, context)
      }
    },
    openFifo: (inode, flags, accept) => {
      const pipe = fifoOf(inode)
      const access = flags & O_ACCMODE
      const nonBlocking = (flags & O_NONBLOCK) !== 0
      if (access === O_WRONLY && nonBlocking && pipe.readers === 0) return Errno.fail("ENXIO")
      const waits = access !== O_RDWR && !nonBlocking && (access === O_RDONLY ? pipe.writers : pipe.readers) === 0
      return waits ? meet(pipe, inode, flags, accept) : accept(openCounted(pipe, inode, flags))
    },
    capacity: (description) => description instanceof PipeEnd ? description.pipe.capacity : undefined,
    resize: (description, bytes, privileged) => {
      if (!(description instanceof PipeEnd)) return Errno.fail("EBADF")
      if (bytes < 0 || bytes > 0x80000000) return Errno.fail("EINVAL")
      const size = roundUp(bytes)
      if (size > limits.pipeCapacityMax && size > description.pipe.capacity && !privileged) return Errno.fail("EPERM")
      return Exit.as(description.pipe.resize(size), size)
    }
  }
}

/** @category layers */
export const layer: Layer.Layer<Pipes, never, KernelConfig.KernelConfig | Signals.Signals> = Layer.effect(
  Pipes,
  Effect.gen(function*() {
    return make(yield* KernelConfig.KernelConfig, yield* Signals.Signals, CoarseClock.make(yield* Effect.clock))
  })
)
