/** Descriptors that stand for processes. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as EventFlags from "../src/abi/EventFlags.js"
import { F_GETFD, F_GETFL } from "../src/abi/Fcntl.js"
import { O_NONBLOCK, O_RDWR } from "../src/abi/OpenFlags.js"
import { POLLHUP, POLLIN, POLLRDNORM } from "../src/abi/PollEvents.js"
import { RLIMIT_NOFILE } from "../src/abi/Resources.js"
import { SIGKILL, SIGUSR1 } from "../src/abi/Signals.js"
import type { Any } from "../src/Errno.js"
import type { SystemCalls } from "../src/Sys.js"
import { errnoOf, inChild, inProcess, read, write } from "./support/run.js"

const test = (name: string, body: (sys: SystemCalls) => Effect.Effect<unknown, Any>) =>
  it.live(name, () => inProcess(body))

/** A program that runs for longer than anybody looks at it. */
const forever = inChild((sys) => sys.nanosleep(300e6))

const EXITED = POLLIN | POLLRDNORM

describe("pidfd_open", () => {
  test("is ready when the process has ended, and hung up when it was waited for", (sys) =>
    Effect.gen(function*() {
      const pid = yield* sys.spawn(inChild((child) => child.schedYield()))
      const fd = yield* sys.pidfdOpen(pid)
      const ask = sys.poll([{ fd, events: EXITED }], 0)
      assert.deepStrictEqual(yield* ask, [0])
      assert.deepStrictEqual(yield* sys.poll([{ fd, events: EXITED }]), [EXITED])
      yield* sys.wait(pid)
      assert.deepStrictEqual(yield* ask, [EXITED | POLLHUP])
      assert.strictEqual(yield* errnoOf(sys.pidfdSendSignal(fd, 0)), "ESRCH")
      assert.strictEqual(yield* errnoOf(sys.pidfdGetfd(fd, 0)), "ESRCH")
    }))

  test("has FD_CLOEXEC, no contents, and an inode for each process", (sys) =>
    Effect.gen(function*() {
      const self = yield* sys.getpid()
      const fd = yield* sys.pidfdOpen(self, EventFlags.PIDFD_NONBLOCK)
      const again = yield* sys.pidfdOpen(self)
      const init = yield* sys.pidfdOpen(1)
      assert.deepStrictEqual([yield* sys.fcntl(fd, F_GETFD), yield* sys.fcntl(fd, F_GETFL)], [1, O_RDWR | O_NONBLOCK])
      assert.strictEqual((yield* sys.fstat(fd)).ino, (yield* sys.fstat(again)).ino)
      assert.notStrictEqual((yield* sys.fstat(fd)).ino, (yield* sys.fstat(init)).ino)
      assert.strictEqual((yield* sys.fstat(fd)).mode, 0o700)
      assert.strictEqual(yield* errnoOf(sys.read(fd, new Uint8Array(8))), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.lseek(fd, 0, 0)), "ESPIPE")
      assert.strictEqual(yield* sys.readlink(`/proc/self/fd/${fd}`), "anon_inode:[pidfd]")
      assert.include(
        yield* read(sys, yield* sys.open(`/proc/self/fdinfo/${fd}`, 0)),
        `Pid:\t${self}\nNSpid:\t${self}\n`
      )
    }))

  test("EINVAL: other flags, or no number of a process; ESRCH: there is none", (sys) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* errnoOf(sys.pidfdOpen(1, 1)), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.pidfdOpen(0)), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.pidfdOpen(-1)), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.pidfdOpen(9999)), "ESRCH")
      yield* sys.setrlimit(RLIMIT_NOFILE, { soft: 3, hard: 3 })
      assert.strictEqual(yield* errnoOf(sys.pidfdOpen(1)), "EMFILE")
      assert.strictEqual(yield* errnoOf(sys.pidfdSpawn(forever)), "EMFILE")
    }))
})

describe("pidfd_spawn", () => {
  test("answers a descriptor of the child", (sys) =>
    Effect.gen(function*() {
      const fd = yield* sys.pidfdSpawn(forever)
      yield* sys.pidfdSendSignal(fd, SIGKILL)
      assert.deepStrictEqual(yield* sys.poll([{ fd, events: POLLIN }]), [POLLIN])
      assert.deepStrictEqual((yield* sys.wait())?.status, { _tag: "Signaled", signal: SIGKILL, coreDumped: false })
    }))
})

describe("pidfd_send_signal", () => {
  test("sends to the process, or to its group", (sys) =>
    Effect.gen(function*() {
      const leader = yield* sys.spawn(forever, { processGroup: 0 })
      const other = yield* sys.spawn(forever, { processGroup: leader })
      const fd = yield* sys.pidfdOpen(leader)
      yield* sys.pidfdSendSignal(fd, 0)
      yield* sys.pidfdSendSignal(fd, SIGKILL, EventFlags.PIDFD_SIGNAL_PROCESS_GROUP)
      assert.sameMembers([(yield* sys.wait())!.pid, (yield* sys.wait())!.pid], [leader, other])
    }))

  test("EBADF: no pidfd; EINVAL: no signal, or other flags; EPERM: somebody else's", (sys) =>
    Effect.gen(function*() {
      const fd = yield* sys.pidfdSpawn(forever)
      assert.strictEqual(yield* errnoOf(sys.pidfdSendSignal(99, 0)), "EBADF")
      assert.strictEqual(yield* errnoOf(sys.pidfdSendSignal(yield* sys.eventfd(), 0)), "EBADF")
      assert.strictEqual(yield* errnoOf(sys.pidfdSendSignal(fd, 65)), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.pidfdSendSignal(fd, SIGUSR1, 8)), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.pidfdSendSignal(fd, SIGUSR1, 3)), "EINVAL")
      yield* sys.setresuid(1000, 1000, 1000)
      assert.strictEqual(yield* errnoOf(sys.pidfdSendSignal(fd, SIGUSR1)), "EPERM")
      assert.strictEqual(yield* errnoOf(sys.pidfdGetfd(fd, 0)), "EPERM")
    }))
})

describe("pidfd_getfd", () => {
  test("copies a descriptor out of another process", (sys) =>
    Effect.gen(function*() {
      const [reader, writer] = yield* sys.pipe()
      const fd = yield* sys.pidfdSpawn(forever)
      yield* sys.close(writer)
      const copy = yield* sys.pidfdGetfd(fd, writer)
      assert.strictEqual(yield* sys.fcntl(copy, F_GETFD), 1)
      yield* write(sys, copy, "through")
      assert.strictEqual(yield* read(sys, reader), "through")
      assert.strictEqual(yield* errnoOf(sys.pidfdGetfd(fd, 99)), "EBADF")
      assert.strictEqual(yield* errnoOf(sys.pidfdGetfd(fd, reader, 1)), "EINVAL")
      assert.strictEqual(yield* errnoOf(sys.pidfdGetfd(reader, reader)), "EBADF")
    }))
})
