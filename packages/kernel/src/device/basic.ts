/**
 * The devices that need no driver: null, zero, full, random.
 *
 * @see null(4)
 * @see full(4)
 * @see random(4)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { makedev } from "../abi/FileMode.js"
import { Description, type WriteError } from "../Description.js"
import type { Devices } from "../Devices.js"
import * as Errno from "../Errno.js"
import type { Inode } from "../Inode.js"

/** What is read and what becomes of what is written. */
interface Behaviour {
  readonly name: string
  readonly rdev: number
  readonly read: (into: Uint8Array) => number
  readonly write: (from: Uint8Array) => Exit.Exit<number, Errno.Errno<"ENOSPC">>
  /** What Linux's driver does not do: nothing can be spliced out of null, and full takes only plain writes. */
  readonly noSpliceReads?: true
  readonly onlyPlainWrites?: true
}

class BasicDevice extends Description {
  constructor(flags: number, readonly inode: Inode, private readonly behaviour: Behaviour) {
    super(flags)
  }

  get label(): string {
    return `/dev/${this.behaviour.name}`
  }

  override get seekable(): boolean {
    return true
  }

  override get spliceReads(): boolean {
    return this.readable && this.behaviour.noSpliceReads === undefined
  }

  override get spliceWrites(): boolean {
    return this.writable && this.flaggedWrites
  }

  override get nowait(): boolean {
    return this.flaggedWrites
  }

  override get flaggedWrites(): boolean {
    return this.behaviour.onlyPlainWrites === undefined
  }

  override read(into: Uint8Array): Effect.Effect<number> {
    return Exit.succeed(this.behaviour.read(into))
  }

  override pread(into: Uint8Array): Effect.Effect<number> {
    return Exit.succeed(this.behaviour.read(into))
  }

  override write(from: Uint8Array): Effect.Effect<number, WriteError> {
    return this.behaviour.write(from)
  }

  override pwrite(from: Uint8Array): Effect.Effect<number, WriteError> {
    return this.behaviour.write(from)
  }

  /** There is no place in them to be at, and asking is no error. */
  override seek(): Effect.Effect<number> {
    return Exit.succeed(0)
  }

  override reopen(flags: number): Effect.Effect<Description> {
    return Exit.succeed(new BasicDevice(flags, this.inode, this.behaviour))
  }
}

const swallow = (from: Uint8Array): Exit.Exit<number> => Exit.succeed(from.length)

const zeros = (into: Uint8Array): number => {
  into.fill(0)
  return into.length
}

/** Every basic device; `fill` supplies chance. */
export const behaviours = (fill: (into: Uint8Array) => void): ReadonlyArray<Behaviour> => {
  const chance = (into: Uint8Array): number => {
    fill(into)
    return into.length
  }
  return [
    { name: "null", rdev: makedev(1, 3), read: () => 0, write: swallow, noSpliceReads: true },
    { name: "zero", rdev: makedev(1, 5), read: zeros, write: swallow },
    { name: "full", rdev: makedev(1, 7), read: zeros, write: () => Errno.fail("ENOSPC"), onlyPlainWrites: true },
    { name: "random", rdev: makedev(1, 8), read: chance, write: swallow },
    { name: "urandom", rdev: makedev(1, 9), read: chance, write: swallow }
  ]
}

/** Puts them behind their numbers. */
export const register = (devices: Devices["Type"], fill: (into: Uint8Array) => void): void => {
  for (const behaviour of behaviours(fill)) {
    devices.register(behaviour.rdev, (inode, flags) => Exit.succeed(new BasicDevice(flags, inode, behaviour)))
  }
}
