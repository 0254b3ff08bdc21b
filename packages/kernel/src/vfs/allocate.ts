/**
 * fallocate(2): what of a file has room, and what is a hole.
 *
 * @see fallocate(2)
 */
import type * as Effect from "effect/Effect"
import * as Falloc from "../abi/Falloc.js"
import { OFFSET_MAX } from "../abi/Limits.js"
import type { Mount } from "../Dentry.js"
import type { AllocateError } from "../Description.js"
import * as Errno from "../Errno.js"
import type { Inode } from "../Inode.js"
import * as Step from "../internal/step.js"
import type { Process } from "../ProcessTable.js"
import type { Allocation } from "../VfsBackend.js"
import { dropLoans } from "./attributes.js"
import type { Core } from "./Core.js"
import * as Lock from "./lock.js"
import * as Seals from "./seals.js"

const {
  FALLOC_FL_COLLAPSE_RANGE,
  FALLOC_FL_INSERT_RANGE,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  FALLOC_FL_ZERO_RANGE
} = Falloc

const ways = new Map<number, Allocation>([
  [0, "allocate"],
  [FALLOC_FL_KEEP_SIZE, "keepSize"],
  [FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, "punchHole"],
  [FALLOC_FL_ZERO_RANGE, "zeroRange"],
  [FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, "zeroRange"],
  [FALLOC_FL_COLLAPSE_RANGE, "collapse"],
  [FALLOC_FL_INSERT_RANGE, "insert"]
])

/** Which way `mode` asks for; `undefined` for what no file system does. */
export const wayOf = (mode: number): Allocation | undefined => ways.get(mode)

function* allocateSteps(
  core: Core,
  caller: Process,
  inode: Inode,
  mount: Mount,
  mode: number,
  offset: number,
  length: number
) {
  const how = wayOf(mode)
  const { backend } = mount.superblock
  if (how === undefined || backend.allocate === undefined) return yield* Errno.fail("EOPNOTSUPP")
  const end = offset + length
  if (end > OFFSET_MAX) return yield* Errno.fail("EFBIG")
  yield* Lock.acquire(inode)
  try {
    if (how === "punchHole") {
      if (!Seals.punchable(core, inode)) return yield* Errno.fail("EPERM")
    } else if (how !== "collapse" && how !== "insert") {
      // A tmpfs minds the limit even where the size stays as it is; zeroing is ext4's.
      const grows = end > inode.size && (how !== "zeroRange" || (mode & FALLOC_FL_KEEP_SIZE) === 0)
      if (grows && end > caller.limits.fileSize) return yield* Errno.fail("EFBIG")
      if (!Seals.resizable(core, inode, Math.max(inode.size, end))) return yield* Errno.fail("EPERM")
    }
    yield* backend.allocate(inode, how, offset, length)
    const now = core.now()
    if (how === "zeroRange" && (mode & FALLOC_FL_KEEP_SIZE) === 0 && end > inode.size) {
      yield* backend.truncate(inode, end, now)
    }
    yield* dropLoans(core, caller, { inode, mount })
    yield* backend.change(inode, { mtime: now, ctime: now })
  } finally {
    Lock.release(inode)
  }
}

/** Permission has been checked, and that it is a regular file. */
export const allocate = (
  core: Core,
  caller: Process,
  inode: Inode,
  mount: Mount,
  mode: number,
  offset: number,
  length: number
): Effect.Effect<void, AllocateError> =>
  Step.run(allocateSteps(core, caller, inode, mount, mode, offset, length)) as Effect.Effect<void, AllocateError>
