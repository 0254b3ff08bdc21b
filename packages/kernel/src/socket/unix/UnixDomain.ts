/**
 * The names of Unix sockets: files, and names in no file system.
 *
 * @see unix(7)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Bytes from "../../Bytes.js"
import type { Location } from "../../Dentry.js"
import * as Errno from "../../Errno.js"
import type { Inode } from "../../Inode.js"
import * as Step from "../../internal/step.js"
import type { Process } from "../../ProcessTable.js"
import type { PathError } from "../../Sys.js"
import type { Vfs } from "../../Vfs.js"
import type { SocketFileError } from "../../vfs/socketFile.js"
import type { SocketAddress, UnixAbstract, UnixAddress, UnixPath } from "../Address.js"
import type { BindError } from "../errors.js"
import * as Rules from "../rules.js"
import type { SocketContext } from "../Socket.js"
import type { Passenger } from "./Passenger.js"
import type { UnixSocket } from "./UnixSocket.js"

/** Bytes of a path, or of a name without the NUL before it, in an address. */
const PATH_MAX = 108
const ABSTRACT_MAX = 107

export type FindError = PathError | Errno.Errno<"ECONNREFUSED" | "EINVAL" | "EPROTOTYPE">

export const isPath = (address: SocketAddress): address is UnixPath => address.family === "unix" && "path" in address
export const isAbstract = (address: SocketAddress): address is UnixAbstract =>
  address.family === "unix" && "abstract" in address

/** What C hands over: a path ends at its NUL, and an empty one is no path. */
export const normal = (address: SocketAddress): UnixAddress | undefined => {
  if (address.family !== "unix") return undefined
  if (isPath(address)) {
    const end = address.path.indexOf("\0")
    const path = end === -1 ? address.path : address.path.slice(0, end)
    if (path === "" || Bytes.byteLength(path) > PATH_MAX) return undefined
    return path === address.path ? address : { family: "unix", path }
  }
  if (isAbstract(address)) return Bytes.byteLength(address.abstract) > ABSTRACT_MAX ? undefined : address
  return address
}

export class UnixDomain {
  /** Names are kept apart by the type of the socket. */
  private readonly names = new Map<string, UnixSocket>()
  private readonly files = new Map<Inode, UnixSocket>()
  private lastName = 0
  /** Sockets whose descriptions are on their way through sockets. */
  readonly inFlight = new Set<Passenger>()
  /** How many descriptors of each user are on their way; nobody's are not listed. */
  readonly underWay = new Map<number, number>()

  constructor(readonly context: SocketContext, private readonly vfs: Vfs["Type"]) {}

  /** The socket that bears `address`, of the same type as the one that asks. */
  find(
    { rules, type }: UnixSocket,
    address: UnixAddress,
    access: "connect" | "send",
    caller: Process
  ): Effect.Effect<UnixSocket, FindError> {
    if (isAbstract(address)) {
      const refused = Rules.askName({ rules, context: this.context }, caller, access, address.abstract)
      if (refused !== undefined) return refused
      const found = this.names.get(key(type, address.abstract))
      return found === undefined ? Errno.fail("ECONNREFUSED") : Exit.succeed(found)
    }
    if (!isPath(address)) return Errno.fail("EINVAL")
    return Step.andThen(
      this.vfs.findSocket(caller, caller.cwd, address.path),
      (inode): Exit.Exit<UnixSocket, FindError> => {
        const found = this.files.get(inode)
        if (found === undefined) return Errno.fail("ECONNREFUSED")
        return found.type === type ? Exit.succeed(found) : Errno.fail("EPROTOTYPE")
      }
    )
  }

  bindPath(self: UnixSocket, address: UnixPath, caller: Process): Effect.Effect<void, BindError> {
    const take = (at: Location): boolean => {
      // Two threads may have bound it at once, or closed it.
      if (self.bound !== undefined || self.dead) return false
      self.bound = address
      self.at = at
      this.files.set(at.dentry.inode, self)
      return true
    }
    const made = this.vfs.bindSocket(
      caller,
      caller.cwd,
      address.path,
      self.inode.mode & 0o7777,
      self.bound === undefined ? take : undefined
    )
    return Step.isReady(made) ? taken(made) : Effect.flatMap(Effect.exit(made), taken)
  }

  bindAbstract(self: UnixSocket, address: UnixAbstract): Exit.Exit<void, Errno.Errno<"EADDRINUSE">> {
    const name = key(self.type, address.abstract)
    if (this.names.has(name)) return Errno.fail("EADDRINUSE")
    this.names.set(name, self)
    self.bound = address
    return Exit.void
  }

  /** Gives the socket a name of five digits that is free. */
  autobind(self: UnixSocket): void {
    if (self.bound !== undefined) return
    let name: string
    do {
      this.lastName = (this.lastName + 1) & 0xfffff
      name = this.lastName.toString(16).padStart(5, "0")
    } while (this.names.has(key(self.type, name)))
    this.bindAbstract(self, { family: "unix", abstract: name })
  }

  /** Takes the name of a socket that is closed away from it; the file stays. */
  unbind(self: UnixSocket): Effect.Effect<void> {
    const { at, bound } = self
    if (bound === undefined) return Exit.void
    // An accepted connection is shown under the name of its listener, and does not bear it.
    if (isAbstract(bound) && this.names.get(key(self.type, bound.abstract)) === self) {
      this.names.delete(key(self.type, bound.abstract))
    }
    if (at === undefined) return Exit.void
    self.at = undefined
    this.files.delete(at.dentry.inode)
    return this.vfs.letGo(at)
  }
}

const key = (type: number, name: string): string => `${type}${name}`

/** A name that is taken already is an address in use. */
const taken = (exit: Exit.Exit<void, SocketFileError>): Exit.Exit<void, BindError> => {
  if (exit._tag === "Success" || exit.cause._tag !== "Fail") return exit as Exit.Exit<void, never>
  const { error } = exit.cause
  return error._tag === "EEXIST" ? Errno.fail("EADDRINUSE") : Exit.fail(error)
}
