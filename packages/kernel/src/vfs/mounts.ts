/**
 * Attaching backends to directories, and taking them away again.
 *
 * @see mount(2)
 */
import type * as Effect from "effect/Effect"
import { CAP_SYS_ADMIN } from "../abi/Capabilities.js"
import * as FileMode from "../abi/FileMode.js"
import { capable } from "../Credentials.js"
import { Dentry, type Location, Mount, type Superblock } from "../Dentry.js"
import * as Errno from "../Errno.js"
import type { Inode } from "../Inode.js"
import * as Step from "../internal/step.js"
import type { PathError } from "../Sys.js"
import type { Backend } from "../VfsBackend.js"
import type { Core, Viewer } from "./Core.js"
import * as Prefixes from "./prefixes.js"
import { existing, walk } from "./walk.js"

export interface MountOptions {
  readonly readOnly?: boolean
  /** What /proc/mounts shows as the source. Default: the backend's type. */
  readonly source?: string
}

export type MountError = PathError | Errno.Errno<"EPERM">
export type UnmountError = PathError | Errno.Errno<"EBUSY" | "EINVAL" | "EPERM">

/** What a backend looks like once it is mounted somewhere. */
export const superblock = (backend: Backend<Inode>, dev: number): Superblock => ({
  dev,
  backend,
  prompt: true,
  root: new Dentry(undefined, "", backend.root)
})

function* mountSteps(core: Core, viewer: Viewer, path: string, backend: Backend, options: MountOptions) {
  if (!capable(viewer.credentials, CAP_SYS_ADMIN)) return yield* Errno.fail("EPERM")
  const found = yield* walk(core, viewer, viewer.cwd, path, existing)
  if (found.found === undefined || !FileMode.isDirectory(found.found.dentry.inode.mode)) {
    return yield* Errno.fail("ENOTDIR")
  }
  const at = found.found
  const made = superblock(backend, ++core.lastDev)
  const mount = new Mount(made, made.root, at, options.readOnly ?? false, options.source ?? backend.type)
  attach(core, mount, at)
  return mount
}

const attach = (core: Core, mount: Mount, at: Location): void => {
  core.superblocks.add(mount.superblock)
  Prefixes.changed()
  at.mount.children.set(at.dentry, mount)
  at.dentry.covered++
  at.dentry.uses++
}

/** Covers the directory at `path` with a backend. Only user 0 may. */
export const mount = (
  core: Core,
  viewer: Viewer,
  path: string,
  backend: Backend,
  options: MountOptions
): Effect.Effect<Mount, MountError> => Step.run(mountSteps(core, viewer, path, backend, options))

/** Whether anything of a mount is open, stood in or mounted upon. */
const isBusy = (self: Mount): boolean => {
  if (self.children.size > 0) return true
  const visit = (dentry: Dentry): boolean => {
    const children = dentry.children?.size ?? 0
    if (dentry.uses > children) return true
    for (const child of dentry.children?.values() ?? []) if (visit(child)) return true
    return false
  }
  return visit(self.root)
}

function* unmountSteps(core: Core, viewer: Viewer, path: string) {
  if (!capable(viewer.credentials, CAP_SYS_ADMIN)) return yield* Errno.fail("EPERM")
  const found = yield* walk(core, viewer, viewer.cwd, path, existing)
  const at = found.found
  if (at === undefined || at.dentry !== at.mount.root) return yield* Errno.fail("EINVAL")
  if (at.mount.at === undefined || isBusy(at.mount)) return yield* Errno.fail("EBUSY")
  detach(core, at.mount, at.mount.at)
}

const detach = (core: Core, mount: Mount, at: Location): void => {
  at.mount.children.delete(at.dentry)
  at.dentry.covered--
  at.dentry.uses--
  core.superblocks.delete(mount.superblock)
  Prefixes.changed()
}

/** Takes away what covers `path`; EBUSY while anything of it is in use. */
export const unmount = (core: Core, viewer: Viewer, path: string): Effect.Effect<void, UnmountError> =>
  Step.run(unmountSteps(core, viewer, path))

/** Every mount below and including `mount`, in the order in which they were made. */
export function* all(mount: Mount): Generator<Mount> {
  yield mount
  for (const child of mount.children.values()) yield* all(child)
}
