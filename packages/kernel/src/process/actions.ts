/**
 * File actions: what happens to a child's descriptors before it runs.
 *
 * @see posix_spawn_file_actions_addopen(3)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { O_CLOEXEC } from "../abi/OpenFlags.js"
import { drop } from "../Description.js"
import * as Errno from "../Errno.js"
import { isReady } from "../internal/step.js"
import type { Process } from "../ProcessTable.js"
import type { FileAction, SpawnError } from "../Sys.js"
import type { Vfs } from "../Vfs.js"

const applyOne = (vfs: Vfs["Type"], child: Process, action: FileAction): Effect.Effect<unknown, SpawnError> => {
  const { fds } = child
  switch (action._tag) {
    case "Open":
      if (action.fd < 0 || action.fd >= fds.limit) return Errno.fail("EBADF", { fd: action.fd })
      return vfs.openInto(
        child,
        child.cwd,
        action.path,
        action.flags,
        action.mode ?? 0o666,
        (description) => fds.replace(action.fd, description, (action.flags & O_CLOEXEC) !== 0)
      )
    case "Dup2": {
      const description = fds.get(action.from)
      if (description === undefined) return Errno.fail("EBADF", { fd: action.from })
      if (action.to < 0 || action.to >= fds.limit) return Errno.fail("EBADF", { fd: action.to })
      // On itself it clears FD_CLOEXEC, so that one can name a descriptor to hand on.
      if (action.from === action.to) fds.setCloseOnExec(action.to, false)
      else return fds.replace(action.to, description, false)
      return Exit.void
    }
    case "Close": {
      if (action.fd < 0 || action.fd >= fds.limit) return Errno.fail("EBADF", { fd: action.fd })
      const description = fds.remove(action.fd)
      return description === undefined ? Exit.void : drop(description)
    }
    case "CloseFrom":
      return action.from < 0 ? Errno.fail("EBADF", { fd: action.from }) : fds.closeFrom(action.from)
    case "Chdir":
      return Effect.flatMap(vfs.findDirectory(child, child.cwd, action.path), (to) => moveTo(vfs, child, to))
    case "Fchdir": {
      const to = fds.get(action.fd)?.location
      return to === undefined ? Errno.fail("EBADF", { fd: action.fd }) : moveTo(vfs, child, to)
    }
    case "Foreground": {
      const terminal = fds.get(action.fd)?.terminal
      if (terminal === undefined || terminal.session !== child.session) return Errno.fail("ENOTTY", { fd: action.fd })
      terminal.foreground = child.group
      return Exit.void
    }
  }
}

const moveTo = (vfs: Vfs["Type"], child: Process, to: Process["cwd"]): Effect.Effect<void, SpawnError> =>
  Effect.flatMap(vfs.hold(to), () => {
    const before = child.cwd
    child.cwd = to
    return vfs.letGo(before)
  })

/** Applies actions in order, in one step for as long as each is ready at once. */
export const apply = (
  vfs: Vfs["Type"],
  child: Process,
  actions: ReadonlyArray<FileAction>,
  from = 0
): Effect.Effect<void, SpawnError> => {
  for (let i = from; i < actions.length; i++) {
    const applied = applyOne(vfs, child, actions[i]!)
    if (!isReady(applied)) return Effect.flatMap(applied, () => apply(vfs, child, actions, i + 1))
    if (applied._tag === "Failure") return Exit.failCause(applied.cause)
  }
  return Exit.void
}
