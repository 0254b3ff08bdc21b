/**
 * Files of memfd_create(2): in memory, and without a name from the beginning.
 *
 * @see memfd_create(2)
 */
import * as Exit from "effect/Exit"
import { F_SEAL_EXEC, F_SEAL_SEAL } from "../abi/Fcntl.js"
import { S_IFREG } from "../abi/FileMode.js"
import { NAME_MAX } from "../abi/Limits.js"
import * as Memfd from "../abi/Memfd.js"
import { O_LARGEFILE, O_RDWR } from "../abi/OpenFlags.js"
import * as Bytes from "../Bytes.js"
import { Dentry, type Mount } from "../Dentry.js"
import type { Description } from "../Description.js"
import * as Errno from "../Errno.js"
import { isReady } from "../internal/step.js"
import type { Core, Viewer } from "./Core.js"
import * as Dentries from "./dentries.js"
import { RegularFile } from "./RegularFile.js"

const { MFD_ALLOW_SEALING, MFD_CLOEXEC, MFD_EXEC, MFD_NOEXEC_SEAL } = Memfd

const known = MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL | MFD_EXEC
const PREFIX = "memfd:"

/** What asks for a file and what it may be called, before anything is made. */
export const check = (name: string, flags: number): Exit.Exit<void, Errno.Errno<"EINVAL">> => {
  if ((flags & ~known) !== 0 || (flags & (MFD_EXEC | MFD_NOEXEC_SEAL)) === (MFD_EXEC | MFD_NOEXEC_SEAL)) {
    return Errno.fail("EINVAL")
  }
  return Bytes.byteLength(name) > NAME_MAX - PREFIX.length ? Errno.fail("EINVAL") : Exit.void
}

/** `mount` is where such files lie, which is nowhere in the tree. */
export const create = (
  core: Core,
  mount: Mount,
  { credentials }: Viewer,
  name: string,
  flags: number
): Exit.Exit<Description, Errno.Errno<"ENOMEM">> => {
  const sealedMode = (flags & MFD_NOEXEC_SEAL) !== 0
  const made = mount.superblock.backend.createUnnamed?.({
    mode: S_IFREG | (sealedMode ? 0o666 : 0o777),
    uid: credentials.fsuid,
    gid: credentials.fsgid,
    rdev: 0,
    now: core.now()
  })
  // It is a memory backend: it answers at once, and fails only for want of room.
  if (made === undefined || !isReady(made) || made._tag !== "Success") return Errno.fail("ENOMEM")
  const inode = made.value
  const sealable = sealedMode || (flags & MFD_ALLOW_SEALING) !== 0
  core.seals.set(inode, (sealable ? 0 : F_SEAL_SEAL) | (sealedMode ? F_SEAL_EXEC : 0))
  const dentry = new Dentry(undefined, `${PREFIX}${name}`, inode)
  dentry.unlinked = true
  const place = { mount, dentry }
  void Dentries.hold(place)
  return Exit.succeed(new RegularFile(O_RDWR | O_LARGEFILE, core, place, false))
}
