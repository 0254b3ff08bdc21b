/**
 * Character devices: what opening a device node opens.
 *
 * A node in the file system says only a number (`st_rdev`). Drivers register what is behind a number here, and any
 * node with that number, in `/dev` or made elsewhere with mknod(2), then leads to it.
 *
 * @see mknod(2)
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { major } from "./abi/FileMode.js"
import type { Description } from "./Description.js"
import * as Errno from "./Errno.js"
import type { Inode } from "./Inode.js"
import type { Process } from "./ProcessTable.js"

export type DeviceOpenError = Errno.Errno<
  "EACCES" | "EAGAIN" | "EBUSY" | "EINTR" | "EIO" | "EMFILE" | "ENFILE" | "ENODEV" | "ENOSPC" | "ENXIO" | "EPERM"
>

/** Opens a device; `flags` are those of open(2), and `inode` is the node that was opened. */
export type Open = (inode: Inode, flags: number, caller: Process) => Effect.Effect<Description, DeviceOpenError>

/** @category tags */
export class Devices extends Context.Tag("@effix/kernel/Devices")<Devices, {
  /** Puts a driver behind one device number, or behind every number of a major that has none of its own. */
  readonly register: (device: number | { readonly major: number }, open: Open) => void
  readonly open: Open
}>() {}

export const make = (): Devices["Type"] => {
  const devices = new Map<number, Open>()
  const majors = new Map<number, Open>()
  return {
    register: (device, open) => {
      if (typeof device === "number") devices.set(device, open)
      else majors.set(device.major, open)
    },
    open: (inode, flags, caller) => {
      const open = devices.get(inode.rdev) ?? majors.get(major(inode.rdev))
      return open === undefined ? Errno.fail("ENXIO") : open(inode, flags, caller)
    }
  }
}

/** @category layers */
export const layer: Layer.Layer<Devices> = Layer.sync(Devices, make)
