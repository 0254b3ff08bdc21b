/**
 * Calls that watch files.
 *
 * @see inotify(7)
 */
import type * as Effect from "effect/Effect"
import { isDirectory, R_OK } from "../abi/FileMode.js"
import * as Flags from "../abi/InotifyFlags.js"
import { O_CLOEXEC, O_PATH } from "../abi/OpenFlags.js"
import * as Errno from "../Errno.js"
import { andThen } from "../internal/step.js"
import type { Process } from "../ProcessTable.js"
import type { PathError } from "../Sys.js"
import { Instance } from "../watch/Instance.js"
import type { AddError } from "../Watches.js"
import type { Rooms } from "./Rooms.js"
import { noRoom, told } from "./table.js"

/** @see inotify_init1(2) */
export const inotifyInit = (
  { watches }: Rooms,
  self: Process,
  flags: number
): Effect.Effect<number, Errno.Errno<"EINVAL" | "EMFILE" | "ENFILE">> => {
  if ((flags & ~(Flags.IN_CLOEXEC | Flags.IN_NONBLOCK)) !== 0) return Errno.fail("EINVAL", { syscall: "inotify_init1" })
  if (self.fds.free() >= self.fds.limit) return Errno.fail("EMFILE", { syscall: "inotify_init1" })
  const full = noRoom(self, "inotify_init1")
  if (full !== undefined) return full
  return andThen(watches.create(flags, self.credentials.uid), (instance) => {
    instance.openedBy = self.credentials
    return self.fds.insert(instance, (flags & O_CLOEXEC) !== 0)
  })
}

/** An open file: O_PATH opens none. */
const opened = (self: Process, fd: number) => {
  const description = self.fds.get(fd)
  return description === undefined || (description.flags & O_PATH) !== 0 ? undefined : description
}

/** @see inotify_add_watch(2) */
export const inotifyAddWatch = (
  { vfs, watches }: Rooms,
  self: Process,
  fd: number,
  path: string,
  mask: number
): Effect.Effect<number, AddError | PathError> => {
  const bits = mask | 0
  if ((bits & Flags.IN_KNOWN) === 0 || (bits & ~Flags.IN_KNOWN) !== 0) {
    return Errno.fail("EINVAL", { syscall: "inotify_add_watch", path })
  }
  const instance = opened(self, fd)
  if (instance === undefined) return Errno.fail("EBADF", { syscall: "inotify_add_watch", fd })
  const both = Flags.IN_MASK_ADD | Flags.IN_MASK_CREATE
  if ((bits & both) === both || !(instance instanceof Instance)) {
    return Errno.fail("EINVAL", { syscall: "inotify_add_watch", fd })
  }
  const found = vfs.find(self, self.cwd, path, (bits & Flags.IN_DONT_FOLLOW) === 0, true)
  const added = andThen(found, (target): Effect.Effect<number, AddError | PathError> => {
    if ((bits & Flags.IN_ONLYDIR) !== 0 && !isDirectory(target.inode.mode)) return Errno.fail("ENOTDIR")
    const { inode, mount, name, place } = target
    const at = place?.dentry
    const directory = name !== undefined || isDirectory(inode.mode) ? at : at?.parent
    return andThen(
      vfs.access(self, { inode, mount: undefined }, R_OK) as Effect.Effect<void, Errno.Errno<"EACCES">>,
      () => watches.add(instance, inode, mount, bits, directory)
    )
  })
  return told(added, "inotify_add_watch", path)
}

/** @see inotify_rm_watch(2) */
export const inotifyRmWatch = (
  { watches }: Rooms,
  self: Process,
  fd: number,
  watch: number
): Effect.Effect<void, Errno.Errno<"EBADF" | "EINVAL">> => {
  const instance = opened(self, fd)
  if (instance === undefined) return Errno.fail("EBADF", { syscall: "inotify_rm_watch", fd })
  return watches.remove(instance, watch)
}
