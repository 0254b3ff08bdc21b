/**
 * Extended attributes: who may read, set and remove which. Their values are the backend's.
 *
 * @see xattr(7)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { CAP_SYS_ADMIN } from "../abi/Capabilities.js"
import * as FileMode from "../abi/FileMode.js"
import { IN_ATTRIB } from "../abi/InotifyFlags.js"
import { XATTR_CREATE, XATTR_REPLACE } from "../abi/Xattr.js"
import { capable } from "../Credentials.js"
import * as Errno from "../Errno.js"
import * as Step from "../internal/step.js"
import type { AttributeError } from "../VfsBackend.js"
import { ruled, type Target, tell } from "./attributes.js"
import type { Core, Viewer } from "./Core.js"
import * as FileCapabilities from "./fileCapabilities.js"
import * as Lock from "./lock.js"
import * as Permission from "./permission.js"

export type GetAttributeError = AttributeError | Errno.Errno<"EINVAL">
export type SetAttributeError =
  | GetAttributeError
  | Errno.Errno<"EDQUOT" | "EEXIST" | "ENOSPC" | "EPERM" | "EROFS">

const TRUSTED = "trusted."
const USER = "user."
const SECURITY = "security."
const SYSTEM = "system."

const namespaces = [USER, TRUSTED, SECURITY]

/** A namespace that no file system here keeps, or a namespace and nothing else. */
const nameable = (name: string): Exit.Exit<void, Errno.Errno<"EINVAL" | "EOPNOTSUPP">> => {
  const namespace = namespaces.find((each) => name.startsWith(each))
  if (namespace === undefined) return Errno.fail("EOPNOTSUPP")
  return name.length === namespace.length ? Errno.fail("EINVAL") : Exit.void
}

const isPrivileged = ({ credentials }: Viewer): boolean => capable(credentials, CAP_SYS_ADMIN)

/** `xattr_permission` of Linux. */
const permitted = (
  viewer: Viewer,
  { inode }: Target,
  name: string,
  wanted: number
): Exit.Exit<void, Errno.Errno<"EACCES" | "ENODATA" | "EPERM">> => {
  const writes = wanted === FileMode.W_OK
  if (name.startsWith(SECURITY) || name.startsWith(SYSTEM)) return Exit.void
  if (name.startsWith(TRUSTED)) {
    return isPrivileged(viewer) ? Exit.void : Errno.fail(writes ? "EPERM" : "ENODATA")
  }
  if (name.startsWith(USER)) {
    const directory = FileMode.isDirectory(inode.mode)
    if (!directory && !FileMode.isRegular(inode.mode)) return Errno.fail(writes ? "EPERM" : "ENODATA")
    const guarded = directory && writes && (inode.mode & FileMode.S_ISVTX) !== 0
    if (guarded && !Permission.owns(viewer, inode)) return Errno.fail("EPERM")
  }
  return Permission.access(viewer, inode, wanted)
}

/** @see getxattr(2) */
export const get = (
  viewer: Viewer,
  target: Target,
  name: string
): Effect.Effect<Uint8Array, GetAttributeError> => {
  // EPERM is for those who write.
  const refused = permitted(viewer, target, name, FileMode.R_OK) as Exit.Exit<void, Errno.Errno<"EACCES" | "ENODATA">>
  if (refused._tag === "Failure") return Exit.failCause(refused.cause)
  const backend = target.mount?.superblock.backend
  if (backend?.getAttribute === undefined) return Errno.fail("EOPNOTSUPP")
  const unnamed = nameable(name)
  if (unnamed._tag === "Failure") return Exit.failCause(unnamed.cause)
  const value = backend.getAttribute(target.inode, name)
  return name === FileCapabilities.NAME ? Step.andThen(value, FileCapabilities.shown) : value
}

/** Those of `trusted.` are not even named to others. @see listxattr(2) */
export const list = (
  viewer: Viewer,
  { inode, mount }: Target
): Effect.Effect<ReadonlyArray<string>, AttributeError> => {
  const backend = mount?.superblock.backend
  if (backend?.listAttributes === undefined) return Exit.succeed([])
  return Step.map(
    backend.listAttributes(inode),
    (names) => isPrivileged(viewer) ? names : names.filter((name) => !name.startsWith(TRUSTED))
  )
}

function* setSteps(
  core: Core,
  viewer: Viewer,
  target: Target,
  name: string,
  value: Uint8Array | undefined,
  flags: number
) {
  const { inode, mount } = target
  if (mount !== undefined) yield* Permission.writableMount(mount)
  yield* permitted(viewer, target, name, FileMode.W_OK)
  yield* ruled(core, viewer, target)
  if (name === FileCapabilities.NAME) yield* FileCapabilities.settable(viewer, value)
  else if (name.startsWith(SECURITY) && !isPrivileged(viewer)) return yield* Errno.fail("EPERM")
  const backend = mount?.superblock.backend
  if (backend?.setAttribute === undefined) return yield* Errno.fail("EOPNOTSUPP")
  yield* nameable(name)
  yield* Lock.acquire(inode)
  try {
    if ((flags & (XATTR_CREATE | XATTR_REPLACE)) !== 0) {
      const has = (yield* FileCapabilities.valueOf(backend, inode, name)) !== undefined
      if (has && (flags & XATTR_CREATE) !== 0) return yield* Errno.fail("EEXIST")
      if (!has && (flags & XATTR_REPLACE) !== 0) return yield* Errno.fail("ENODATA")
    }
    yield* backend.setAttribute(inode, name, value)
    yield* backend.change(inode, { ctime: core.now() })
  } finally {
    Lock.release(inode)
  }
  tell(core, IN_ATTRIB, target)
}

/** `undefined` removes the attribute. @see setxattr(2) */
export const set = (
  core: Core,
  viewer: Viewer,
  target: Target,
  name: string,
  value: Uint8Array | undefined,
  flags: number
): Effect.Effect<void, SetAttributeError> =>
  Step.run(setSteps(core, viewer, target, name, value, flags)) as Effect.Effect<void, SetAttributeError>
