/**
 * What is done to a machine from outside while a program runs.
 */
import { Credentials, type Dentry, type Errno, MemoryBackend, MountFlags, type Vfs } from "@effix/kernel"
import * as Effect from "effect/Effect"
import type { Answer } from "./perform.js"

/** Whoever sees all from this root on. */
export const viewerOf = (root: Dentry.Location): Vfs.Viewer => ({
  pid: 0,
  credentials: Credentials.root,
  root,
  cwd: root,
  umask: 0
})

/** Mounts below the root of a program, and takes them away again. */
export class Keeper {
  private readonly mounted: Array<Dentry.Location> = []

  constructor(private readonly vfs: Vfs.Vfs["Type"], private readonly root: Dentry.Location) {}

  mount(path: string, small: boolean): Answer {
    const now = BigInt(Date.now()) * 1_000_000n
    const room = small ? { bytesMax: 16_384, inodesMax: 4, now } : { bytesMax: 2 ** 30, inodesMax: 100_000, now }
    return Effect.gen(this, function*() {
      yield* this.vfs.mount(viewerOf(this.root), path, MemoryBackend.make(room))
      this.mounted.push(yield* this.vfs.findDirectory(viewerOf(this.root), this.root, path))
      return "0"
    })
  }

  protect(path: string): Answer {
    return Effect.gen(this, function*() {
      const { dentry, mount } = yield* this.vfs.findDirectory(viewerOf(this.root), this.root, path)
      if (dentry !== mount.root) return "not mounted"
      mount.flags |= MountFlags.MS_RDONLY
      return "0"
    }).pipe(Effect.orElseSucceed(() => "not mounted"))
  }

  /** Where a mount is by now is looked up from the mount itself: its directory may have been renamed. */
  leave(): Effect.Effect<void, Errno.Any> {
    return Effect.forEach(
      this.mounted.reverse(),
      (at) => this.vfs.unmount(viewerOf(this.root), this.vfs.pathOf(this.root, at) ?? "/"),
      { discard: true }
    )
  }
}
