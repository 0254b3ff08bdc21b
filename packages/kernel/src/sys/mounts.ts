/**
 * Calls about mounts: types by name, and processes whose root moves.
 *
 * @see mount(2)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { CAP_SYS_ADMIN } from "../abi/Capabilities.js"
import { S_IFBLK, S_IFMT } from "../abi/FileMode.js"
import { CLONE_NEWNS } from "../abi/MountFlags.js"
import { capable } from "../Credentials.js"
import type { Location } from "../Dentry.js"
import * as Errno from "../Errno.js"
import type { FileSystemType } from "../FileSystems.js"
import type { Inode } from "../Inode.js"
import * as Step from "../internal/step.js"
import type { Process } from "../ProcessTable.js"
import type { MountPathError, UnmountPathError } from "../Sys.js"
import type { Backend } from "../VfsBackend.js"
import type { Rooms } from "./Rooms.js"
import { told } from "./table.js"

function* openSteps(
  self: Process,
  type: FileSystemType,
  source: string,
  options: string,
  find: (path: string) => Effect.Effect<Inode, MountPathError>
) {
  const { credentials } = self
  if (type.needsDevice !== true) return yield* type.make({ source, device: undefined, options, credentials })
  if (source === "") return yield* Errno.fail("EINVAL")
  const device: Inode = yield* find(source)
  if ((device.mode & S_IFMT) !== S_IFBLK) return yield* Errno.fail("ENOTBLK")
  return yield* type.make({ source, device, options, credentials })
}

/** @see mount(2) */
export const mount = (
  { fileSystems, vfs }: Rooms,
  self: Process,
  source: string,
  target: string,
  type: string | undefined,
  flags: number,
  options: string
): Effect.Effect<void, MountPathError> => {
  const open = (
    find: (path: string) => Effect.Effect<Inode, MountPathError>
  ): Effect.Effect<Backend, MountPathError> => {
    if (type === undefined) return Errno.fail("EINVAL")
    const known = fileSystems.find(type)
    return known === undefined
      ? Errno.fail("ENODEV", { remedy: `types that can be mounted: ${names()}` })
      : Step.run(openSteps(self, known, source, options, find))
  }
  const names = () => fileSystems.types().map(({ name }) => name).join(", ")
  return told(vfs.mountWith(self, { source, target, flags, options, open }), "mount", target)
}

/** @see umount2(2) */
export const umount = (
  { vfs }: Rooms,
  self: Process,
  target: string,
  flags: number
): Effect.Effect<void, UnmountPathError> => told(vfs.unmount(self, target, flags), "umount", target)

const isSame = (a: Location, b: Location): boolean => a.mount === b.mount && a.dentry === b.dentry

/** Moves every process that stood in the old root, or had it as its root, to the new one. @see pivot_root(2) */
export const pivotRoot = (
  { processes, vfs }: Rooms,
  self: Process,
  newRoot: string,
  putOld: string
): Effect.Effect<void, MountPathError> =>
  told(
    Step.andThen(vfs.pivotRoot(self, newRoot, putOld), ({ after, before }): Effect.Effect<void, MountPathError> => {
      let moved: Effect.Effect<void, MountPathError> = Exit.void
      const move = (): Effect.Effect<void, MountPathError> => Step.andThen(vfs.hold(after), () => vfs.letGo(before))
      for (const each of processes.table.processes.values()) {
        if (each.state === "zombie") continue
        const held = each !== processes.init
        for (const what of ["root", "cwd"] as const) {
          if (!isSame(each[what], before)) continue
          each[what] = after
          if (held) moved = Step.isReady(moved) ? move() : Effect.zipRight(moved, move())
        }
      }
      return moved
    }),
    "pivot_root",
    newRoot
  )

/** @see unshare(2) */
export const unshare = (
  { vfs }: Rooms,
  self: Process,
  flags: number
): Effect.Effect<void, Errno.Errno<"EINVAL" | "EPERM">> => {
  if ((flags & ~CLONE_NEWNS) !== 0) return Errno.fail("EINVAL", { syscall: "unshare" })
  if (flags === 0) return Exit.void
  return capable(self.credentials, CAP_SYS_ADMIN)
    ? vfs.unshareMounts(self)
    : Errno.fail("EPERM", { syscall: "unshare" })
}
