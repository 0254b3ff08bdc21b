/**
 * File capabilities: what is written in `security.capability`, who may write it, and when it goes.
 *
 * @see capabilities(7), "File capabilities"
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { CAP_LAST_CAP, CAP_SETFCAP } from "../abi/Capabilities.js"
import type * as CapabilitySet from "../CapabilitySet.js"
import { capable, type FileCapabilities } from "../Credentials.js"
import * as Errno from "../Errno.js"
import { getUint32, putUint32 } from "../event/little.js"
import type { Inode } from "../Inode.js"
import { orNothing } from "../internal/orNothing.js"
import * as Step from "../internal/step.js"
import type { AttributeError, Backend, ChangeError, StorageError } from "../VfsBackend.js"
import type { Target } from "./attributes.js"
import type { Viewer } from "./Core.js"

export const NAME = "security.capability"

const VFS_CAP_FLAGS_EFFECTIVE = 1
/** Bytes of the second and of the third revision: a word, two of each set, and in the third the user 0 of a namespace. */
const SIZE_2 = 20
const SIZE_3 = 24
/** The capabilities there are, of those in the second word of a set. */
const KNOWN_HIGH = 2 ** (CAP_LAST_CAP - 31) - 1
const NOBODY = 0xffff_ffff

/** The first word of a value of this size: VFS_CAP_REVISION_2 or VFS_CAP_REVISION_3. */
const revisionOf = (size: number): number => size / 4 - 3 << 24

const isWellFormed = (value: Uint8Array): boolean =>
  (value.length === SIZE_2 || value.length === SIZE_3) &&
  (getUint32(value, 0) & ~VFS_CAP_FLAGS_EFFECTIVE) === revisionOf(value.length)

/** Whose namespace it is for: here there is one, that of 0. */
const rootOf = (value: Uint8Array): number => value.length === SIZE_3 ? getUint32(value, SIZE_2) : 0

/** Whether it may be set; Linux lets anybody set an empty one, which lends nothing. `undefined` removes it. */
export const settable = (
  { credentials }: Viewer,
  value: Uint8Array | undefined
): Exit.Exit<void, Errno.Errno<"EINVAL" | "EPERM">> => {
  if (value?.length === 0) return Exit.void
  if (value !== undefined && !isWellFormed(value)) return Errno.fail("EINVAL")
  if (!capable(credentials, CAP_SETFCAP)) return Errno.fail("EPERM")
  return value !== undefined && rootOf(value) === NOBODY ? Errno.fail("EINVAL") : Exit.void
}

/** As getxattr(2) shows it: what is for this namespace in the second revision. */
export const shown = (value: Uint8Array): Exit.Exit<Uint8Array, Errno.Errno<"EINVAL">> => {
  if (!isWellFormed(value)) return Errno.fail("EINVAL")
  if (value.length === SIZE_2 || rootOf(value) !== 0) return Exit.succeed(value)
  const older = value.slice(0, SIZE_2)
  putUint32(revisionOf(SIZE_2) | value[0]!, older, 0)
  return Exit.succeed(older)
}

/** The value of an attribute; `undefined` where there is none, or where none can be. */
export const valueOf = (
  backend: Backend,
  inode: Inode,
  name: string
): Effect.Effect<Uint8Array | undefined, StorageError> =>
  backend.getAttribute === undefined
    ? Exit.succeed(undefined)
    : orNothing<Uint8Array, AttributeError>(backend.getAttribute(inode, name))

/** What a file lends. */
export const lentBy = (
  backend: Backend,
  inode: Inode
): Effect.Effect<FileCapabilities | undefined, StorageError | Errno.Errno<"EINVAL">> =>
  Step.andThen(
    valueOf(backend, inode, NAME),
    (value): Exit.Exit<FileCapabilities | undefined, Errno.Errno<"EINVAL">> => {
      if (value === undefined) return Exit.succeed(undefined)
      if (!isWellFormed(value)) return Errno.fail("EINVAL")
      if (rootOf(value) !== 0) return Exit.succeed(undefined)
      const set = (at: number): CapabilitySet.CapabilitySet =>
        getUint32(value, at) + (getUint32(value, at + 8) & KNOWN_HIGH) * 2 ** 32
      const effective = (value[0]! & VFS_CAP_FLAGS_EFFECTIVE) !== 0
      return Exit.succeed({ permitted: set(4), inheritable: set(8), effective })
    }
  )

/** Whoever writes to a file, or gives it to somebody else, takes its capabilities away, whatever he may do himself. */
export const remove = ({ inode, mount }: Target): Effect.Effect<void, ChangeError> => {
  const backend = mount?.superblock.backend
  if (backend?.setAttribute === undefined || !inode.hasAttributes) return Exit.void
  return Step.andThen(valueOf(backend, inode, NAME), (value) =>
    // An empty one lends nothing, and stays.
    value === undefined || value.length === 0
      ? Exit.void
      : orNothing<void, ChangeError | AttributeError>(backend.setAttribute!(inode, NAME, undefined)))
}
