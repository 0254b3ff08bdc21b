/**
 * Calls on extended attributes, behind paths and descriptors.
 *
 * @see xattr(7)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { AT_FDCWD } from "../abi/Fcntl.js"
import * as Xattr from "../abi/Xattr.js"
import * as Bytes from "../Bytes.js"
import * as Errno from "../Errno.js"
import * as Step from "../internal/step.js"
import type { Process } from "../ProcessTable.js"
import type { GetXattrError, ListXattrError, RemoveXattrError, SetXattrError } from "../Sys.js"
import type { Vfs } from "../Vfs.js"
import { onDescriptor, onPath } from "./files.js"
import type { Rooms } from "./Rooms.js"

type Target = Parameters<Vfs["Type"]["getAttribute"]>[1]

/** What is asked: a path, followed or not, or a descriptor. */
export type Of = { readonly path: string; readonly follow: boolean } | { readonly fd: number }

const on = <A, E extends Errno.Any>(
  rooms: Rooms,
  self: Process,
  syscall: string,
  of: Of,
  ask: (target: Target) => Effect.Effect<A, E>
) =>
  "fd" in of
    ? onDescriptor(self, syscall, of.fd, ask)
    : onPath(rooms, self, syscall, AT_FDCWD, of.path, of.follow, ask)

/** An empty name fits no buffer either. */
const unfit = (name: string): boolean => {
  const length = Bytes.byteLength(name)
  return length === 0 || length > Xattr.XATTR_NAME_MAX
}

const cut = (name: string): string => {
  const end = name.indexOf("\0")
  return end === -1 ? name : name.slice(0, end)
}

/** @see getxattr(2) */
export const get = (
  rooms: Rooms,
  self: Process,
  of: Of,
  name: string,
  into: Uint8Array | undefined
): Effect.Effect<number, GetXattrError> => {
  const plain = cut(name)
  if (unfit(plain)) return Errno.fail("ERANGE", { syscall: "getxattr" })
  return on(rooms, self, "getxattr", of, (target) =>
    Step.andThen(
      rooms.vfs.getAttribute(self, target, plain),
      (value): Exit.Exit<number, Errno.Errno<"ERANGE">> => {
        if (into !== undefined && into.length > 0) {
          if (into.length < value.length) return Errno.fail("ERANGE")
          into.set(value)
        }
        return Exit.succeed(value.length)
      }
    ))
}

/** @see listxattr(2) */
export const list = (
  rooms: Rooms,
  self: Process,
  of: Of,
  size: number
): Effect.Effect<ReadonlyArray<string>, ListXattrError> =>
  on(rooms, self, "listxattr", of, (target) =>
    Step.andThen(
      rooms.vfs.listAttributes(self, target),
      (names): Exit.Exit<ReadonlyArray<string>, Errno.Errno<"ERANGE">> => {
        let length = 0
        for (const name of names) length += Bytes.byteLength(name) + 1
        return length > size ? Errno.fail("ERANGE") : Exit.succeed(names)
      }
    ))

/** @see setxattr(2) */
export const set = (
  rooms: Rooms,
  self: Process,
  of: Of,
  name: string,
  value: Uint8Array,
  flags: number
): Effect.Effect<void, SetXattrError> => {
  const plain = cut(name)
  const syscall = "setxattr"
  if ((flags & ~(Xattr.XATTR_CREATE | Xattr.XATTR_REPLACE)) !== 0) return Errno.fail("EINVAL", { syscall })
  if (unfit(plain)) return Errno.fail("ERANGE", { syscall })
  if (value.length > Xattr.XATTR_SIZE_MAX) return Errno.fail("E2BIG", { syscall })
  return on(rooms, self, syscall, of, (target) => rooms.vfs.setAttribute(self, target, plain, value, flags))
}

/** @see removexattr(2) */
export const remove = (rooms: Rooms, self: Process, of: Of, name: string): Effect.Effect<void, RemoveXattrError> => {
  const plain = cut(name)
  if (unfit(plain)) return Errno.fail("ERANGE", { syscall: "removexattr" })
  return on(rooms, self, "removexattr", of, (target) => rooms.vfs.setAttribute(self, target, plain, undefined, 0))
}
