/** Starting programs from something slow, and names that are looked up slowly. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { P_PIDFD, WEXITED } from "../../../src/abi/WaitStatus.js"
import * as MemoryBackend from "../../../src/backend/MemoryBackend.js"
import { installStub } from "../../../src/kernel/boot.js"
import { slow } from "./files.js"
import { type Call, complain, type Row } from "./row.js"

/** With a program at `/sbin/next`, which ends with 0. */
const starting = (name: string, calls: Row["calls"], call: Call, more: Partial<Row> = {}): Row => ({
  name,
  calls,
  signals: "waits",
  options: slow,
  ...more,
  set: ({ init, machine }) =>
    Effect.gen(function*() {
      const { programs, rooms: { vfs } } = machine
      const scope = yield* Scope.make()
      yield* Effect.orDie(vfs.mkdir(init, vfs.root, "/bin", 0o755))
      yield* Scope.extend(programs.register("next", () => Effect.succeed(0)), scope)
      yield* installStub(vfs, init, "next")
      return { call, end: Scope.close(scope, Exit.void) }
    })
})

const NEXT = "/bin/next"

const lookingUp: Row = {
  name: "getaddrinfo",
  calls: ["getaddrinfo"],
  signals: "waits",
  options: () => ({
    ...slow(),
    resolve: (name) => Effect.delay(Effect.succeed({ addresses: name === "far" ? ["10.0.0.5"] : [], seconds: 60 }), 2)
  }),
  set: () => ({
    call: (sys) =>
      Effect.map(
        sys.getaddrinfo("far", 80, "inet"),
        ([first]) => first?.address === "10.0.0.5" || complain("not found")
      )
  })
}

/** Mounts, of a type that takes its time. */
const mounting = (name: string, calls: Row["calls"], call: (path: string) => Call): Row => ({
  name,
  calls,
  signals: "waits",
  options: slow,
  alone: true,
  set: ({ init, machine }) =>
    Effect.gen(function*() {
      const { fileSystems, vfs } = machine.rooms
      const scope = yield* Scope.make()
      const backend = () => MemoryBackend.make({ bytesMax: 1 << 16, inodesMax: 10, now: 0n })
      yield* Effect.orDie(Scope.extend(
        fileSystems.register({ name: "slowfs", make: () => Effect.zipRight(Effect.sleep(1), Effect.sync(backend)) }),
        scope
      ))
      yield* vfs.mkdir(init, vfs.root, "/m", 0o755)
      return {
        call: call("/m"),
        end: Effect.zipRight(
          Scope.close(scope, Exit.void),
          Effect.ignore(Effect.suspend(() => vfs.unmount(init, "/m")))
        )
      }
    })
})

export const programs: ReadonlyArray<Row> = [
  starting("spawn from something slow", ["spawn"], (sys) => Effect.flatMap(sys.spawn(NEXT), (pid) => sys.wait(pid)), {
    signals: "restarts",
    without: ["with a zombie"]
  }),
  starting(
    "pidfd_spawn from something slow",
    ["pidfdSpawn"],
    (sys) =>
      Effect.flatMap(sys.pidfdSpawn(NEXT), (fd) => Effect.zipRight(sys.waitid(P_PIDFD, fd, WEXITED), sys.close(fd))),
    {
      signals: "restarts",
      without: ["with a zombie"]
    }
  ),
  starting("exec from something slow", ["exec"], (sys) => sys.exec(NEXT), {
    replaces: true,
    alone: true,
    // What it executes has no handlers.
    without: ["a handler", "a handler with SA_RESTART", "a handler runs during the call"]
  }),
  lookingUp,
  mounting(
    "mount and umount",
    ["mount", "umount"],
    (path) => (sys) => Effect.zipRight(sys.mount("none", path, "slowfs"), sys.umount(path))
  ),
  mounting(
    "unshare and mount",
    ["unshare"],
    (path) => (sys) => Effect.zipRight(sys.unshare(0x00020000), sys.mount("none", path, "slowfs"))
  ),
  mounting("pivot_root", ["pivotRoot"], (path) => (sys) =>
    Effect.all([
      sys.unshare(0x00020000),
      sys.mount("none", path, "slowfs"),
      sys.mkdir(`${path}/old`),
      sys.pivotRoot(path, `${path}/old`)
    ]))
]
