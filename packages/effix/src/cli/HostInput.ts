/**
 * The host's standard input as a file of the kernel.
 *
 * Nothing is read from the host before a guest asks for it, so what a script does not read is left to whoever comes
 * after it; at most one block is taken ahead, as by any program that reads a pipe.
 */
import { makedev, S_IFCHR } from "@effix/kernel/abi/FileMode"
import { O_RDONLY } from "@effix/kernel/abi/OpenFlags"
import { POLLHUP, POLLIN } from "@effix/kernel/abi/PollEvents"
import { Description, type ReadError } from "@effix/kernel/Description"
import * as Devices from "@effix/kernel/Devices"
import * as Errno from "@effix/kernel/Errno"
import type { Inode } from "@effix/kernel/Inode"
import * as Processes from "@effix/kernel/Processes"
import { type Program, Sys } from "@effix/kernel/Sys"
import * as Vfs from "@effix/kernel/Vfs"
import * as WaitQueue from "@effix/kernel/WaitQueue"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Readable } from "node:stream"

/** A number of those that Linux leaves to local use. */
const DEVICE = makedev(240, 0)
const PATH = "/dev/hostin"

/** What has been read from the host and not yet by a guest. */
class Source {
  private block: Uint8Array | undefined = undefined
  private ended: Exit.Exit<number, ReadError> | undefined = undefined
  private asked = false
  readonly arrived = WaitQueue.make()

  constructor(private readonly from: Readable) {}

  /** Asks the host for a block, unless there is one or none will come. */
  private ask(): void {
    if (!this.asked) {
      this.asked = true
      this.from
        .on("data", (block: Uint8Array) => {
          this.from.pause()
          this.block = block
          WaitQueue.wakeAll(this.arrived)
        })
        .on("end", () => this.end(Exit.succeed(0)))
        .on("error", (error: NodeJS.ErrnoException) => this.end(Errno.fail(error.code === "EISDIR" ? "EISDIR" : "EIO")))
    }
    this.from.resume()
  }

  private end(answer: Exit.Exit<number, ReadError>): void {
    this.ended = answer
    WaitQueue.wakeAll(this.arrived)
  }

  /** What a read answers now; `undefined` when it has to wait. */
  take(into: Uint8Array): Exit.Exit<number, ReadError> | undefined {
    const { block } = this
    if (block === undefined) {
      if (this.ended === undefined) this.ask()
      return this.ended
    }
    const count = Math.min(block.length, into.length)
    into.set(block.subarray(0, count))
    this.block = count === block.length ? undefined : block.subarray(count)
    return Exit.succeed(count)
  }

  poll(): number {
    if (this.block !== undefined) return POLLIN
    if (this.ended !== undefined) return POLLIN | POLLHUP
    this.ask()
    return 0
  }
}

class HostInput extends Description {
  constructor(flags: number, readonly inode: Inode, private readonly source: Source) {
    super(flags)
  }

  get label(): string {
    return PATH
  }

  override read(into: Uint8Array): Effect.Effect<number, ReadError> {
    if (into.length === 0) return Exit.succeed(0)
    if (this.nonBlocking) return this.source.take(into) ?? Errno.fail("EAGAIN")
    return WaitQueue.waitUntil([this.source.arrived], () => this.source.take(into))
  }

  override poll(): number {
    return this.source.poll()
  }

  override get pollQueues(): ReadonlyArray<WaitQueue.WaitQueue> {
    return [this.source.arrived]
  }

  override reopen(flags: number): Effect.Effect<Description> {
    return Exit.succeed(new HostInput(flags, this.inode, this.source))
  }
}

/** Gives the kernel a file that reads from the host. */
export const install = (
  from: Readable
): Effect.Effect<void, Errno.Any, Devices.Devices | Processes.Processes | Vfs.Vfs> =>
  Effect.gen(function*() {
    const devices = yield* Devices.Devices
    const vfs = yield* Vfs.Vfs
    const { init } = yield* Processes.Processes
    const source = new Source(from)
    devices.register(DEVICE, (inode, flags) => Exit.succeed(new HostInput(flags, inode, source)))
    yield* Effect.suspend(() => vfs.mknod({ ...viewerOf(init), umask: 0 }, vfs.root, PATH, S_IFCHR | 0o666, DEVICE))
  })

const viewerOf = ({ credentials, cwd, pid, root, umask }: Vfs.Viewer): Vfs.Viewer => ({
  credentials,
  cwd,
  pid,
  root,
  umask
})

/** Runs a program that has the host's standard input as its own. */
export const reading = (file: string, argv: ReadonlyArray<string>): Program =>
  Effect.gen(function*() {
    const sys = yield* Sys
    const fd = yield* sys.open(PATH, O_RDONLY)
    yield* sys.dup2(fd, 0)
    yield* sys.close(fd)
    return yield* sys.exec(file, argv)
  })
