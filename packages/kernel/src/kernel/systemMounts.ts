/**
 * What a kernel mounts for itself: `/dev`, `/dev/pts` and `/proc`; and the types that mount(2) knows.
 *
 * @see filesystems(5)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import { MS_NODEV, MS_NOEXEC, MS_NOSUID } from "../abi/MountFlags.js"
import * as DevBackend from "../backend/DevBackend.js"
import * as MemoryBackend from "../backend/MemoryBackend.js"
import * as ProcBackend from "../backend/ProcBackend.js"
import type { CoarseClock } from "../CoarseClock.js"
import type * as Errno from "../Errno.js"
import type { FileSystems, FileSystemType } from "../FileSystems.js"
import type { Ptys } from "../Ptys.js"
import type { Rooms } from "../sys/Rooms.js"

export interface Parts
  extends Pick<Rooms, "entropy" | "limits" | "locks" | "processes" | "sockets" | "timers" | "vfs">
{
  readonly ptys: Ptys["Type"]
  readonly now: CoarseClock
}

export interface SystemMounts {
  /** The types, for a room of file systems that is made for this kernel. */
  readonly types: ReadonlyArray<FileSystemType>
  /** Mounts, and registers the types with a room that does not have them. */
  readonly mount: (fileSystems: FileSystems["Type"]) => Effect.Effect<void, Errno.Any, Scope.Scope>
}

export const make = (parts: Parts): SystemMounts => {
  const { entropy, limits, locks, now, processes: { init, table }, ptys, sockets, timers, vfs } = parts
  const dev = DevBackend.make({ bytesMax: 1 << 30, inodesMax: 65_536, now: now() })
  const bootedAt = timers.now()
  const proc = (fileSystems: Pick<FileSystems["Type"], "types">) =>
    ProcBackend.make({
      table,
      vfs,
      fileSystems,
      limits,
      locks,
      sockets,
      now: timers.now,
      bootedAt,
      random: entropy.fill
    })
  let known: Pick<FileSystems["Type"], "types"> = { types: () => types }
  const types: ReadonlyArray<FileSystemType> = [
    MemoryBackend.tmpfs(limits, now),
    { name: "proc", make: () => Exit.succeed(proc(known)) },
    { name: "devtmpfs", make: () => Exit.succeed(dev) },
    { name: "devpts", make: () => Exit.succeed(ptys.files) }
  ]
  function* steps(fileSystems: FileSystems["Type"]) {
    known = fileSystems
    const flags = MS_NOSUID | MS_NOEXEC
    yield* vfs.mount(init, "/dev", dev, { source: "devtmpfs", flags: MS_NOSUID })
    yield* vfs.mount(init, "/dev/pts", ptys.files, { flags })
    yield* vfs.mount(init, "/proc", proc(fileSystems), { flags: flags | MS_NODEV })
    // Each registration is undone when the scope ends: that takes longer than all the rest, and is mostly not needed.
    for (const type of types) if (fileSystems.find(type.name) !== type) yield* fileSystems.register(type)
  }
  return { types, mount: (fileSystems) => Effect.gen(() => steps(fileSystems)) }
}
