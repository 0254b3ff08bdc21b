/** Calls on sockets whose process is stopped and continued. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { SIGCONT, SIGSTOP, SIGUSR1 } from "../../src/abi/Signals.js"
import * as Abi from "../../src/abi/Socket.js"
import { type Description, drop } from "../../src/Description.js"
import type { Any } from "../../src/Errno.js"
import type { TerminalDescription } from "../../src/pty/description.js"
import type { SystemCalls } from "../../src/Sys.js"
import * as Machine from "../interruption/machine.js"
import { errnoOf, idle, program, under } from "../interruption/run.js"

const here = { family: "inet", address: "127.0.0.1", port: 7 } as const
const one = () => new Uint8Array(1)

type Call = (sys: SystemCalls) => Effect.Effect<unknown, Any>

/** Milliseconds, or for ever. */
type Timeout = number | undefined

const timed = (sys: SystemCalls, fd: number, option: number, timeout: Timeout) =>
  timeout === undefined ? Effect.void : sys.setsockopt(fd, Abi.SOL_SOCKET, option, timeout)

const receive = (domain: number, type: number) => (sys: SystemCalls, timeout: Timeout) =>
  Effect.gen(function*() {
    const [fd] = yield* sys.socketpair(domain, type)
    yield* timed(sys, fd, Abi.SO_RCVTIMEO, timeout)
    return yield* sys.recv(fd, one())
  })

const calls: Readonly<Record<string, (sys: SystemCalls, timeout: Timeout) => Effect.Effect<unknown, Any>>> = {
  "recv of a Unix stream": receive(Abi.AF_UNIX, Abi.SOCK_STREAM),
  "recv of a Unix datagram": receive(Abi.AF_UNIX, Abi.SOCK_DGRAM),
  "recv of a Unix seqpacket": receive(Abi.AF_UNIX, Abi.SOCK_SEQPACKET),
  "recv of UDP": (sys, timeout) =>
    Effect.gen(function*() {
      const fd = yield* sys.socket(Abi.AF_INET, Abi.SOCK_DGRAM)
      yield* sys.bind(fd, here)
      yield* timed(sys, fd, Abi.SO_RCVTIMEO, timeout)
      return yield* sys.recv(fd, one())
    }),
  "accept of TCP": (sys, timeout) =>
    Effect.gen(function*() {
      const fd = yield* sys.socket(Abi.AF_INET, Abi.SOCK_STREAM)
      yield* sys.bind(fd, here)
      yield* sys.listen(fd, 1)
      yield* timed(sys, fd, Abi.SO_RCVTIMEO, timeout)
      return yield* sys.accept(fd)
    }),
  "send to a full Unix stream": (sys, timeout) =>
    Effect.gen(function*() {
      const [fd] = yield* sys.socketpair(Abi.AF_UNIX, Abi.SOCK_STREAM)
      yield* timed(sys, fd, Abi.SO_SNDTIMEO, timeout)
      yield* Effect.ignore(Effect.forever(sys.send(fd, new Uint8Array(1000), Abi.MSG_DONTWAIT)))
      return yield* sys.send(fd, new Uint8Array(1000))
    })
}

/** What a call answers whose process is stopped in it and continued; nothing yet is `undefined`. */
const stoppedIn = (call: Call, expected: string | undefined) =>
  under(10, (machine) =>
    Effect.gen(function*() {
      let answer: string | undefined
      const process = machine.start(program((sys) =>
        Effect.map(errnoOf(call(sys)), (errno) => {
          answer = errno
        })
      ))
      yield* idle
      machine.send(process, SIGSTOP)
      yield* idle
      assert.isUndefined(answer)
      machine.send(process, SIGCONT)
      yield* idle
      assert.strictEqual(answer, expected)
    }))

describe("A process that is stopped and continued", () => {
  for (const [name, call] of Object.entries(calls)) {
    it.effect(`is told EINTR by ${name} when a timeout is set, and waits on when none is`, () =>
      Effect.zipRight(
        stoppedIn((sys) => call(sys, 10_000), "EINTR"),
        stoppedIn((sys) => call(sys, undefined), undefined)
      ))
  }
})

describe("Two that wait for room", () => {
  const pairs: Readonly<Record<string, (sys: SystemCalls) => Effect.Effect<readonly [number, number], Any>>> = {
    "a Unix stream": (sys) => sys.socketpair(Abi.AF_UNIX, Abi.SOCK_STREAM),
    "a Unix seqpacket": (sys) => sys.socketpair(Abi.AF_UNIX, Abi.SOCK_SEQPACKET),
    "TCP": (sys) =>
      Effect.gen(function*() {
        const listening = yield* sys.socket(Abi.AF_INET, Abi.SOCK_STREAM)
        yield* sys.bind(listening, here)
        yield* sys.listen(listening, 1)
        const near = yield* sys.socket(Abi.AF_INET, Abi.SOCK_STREAM)
        yield* sys.connect(near, here)
        return [near, (yield* sys.accept(listening)).fd] as const
      })
  }
  for (const [name, make] of Object.entries(pairs)) {
    it.effect(`of ${name} both send when there is room for both`, () =>
      under(10, (machine) =>
        Effect.gen(function*() {
          let sent = 0
          const process = machine.start(program((sys) =>
            Effect.gen(function*() {
              const [near, far] = yield* make(sys)
              // Large messages first: one that is received makes room for many small ones.
              for (const size of [60_000, 1]) {
                yield* Effect.ignore(Effect.forever(sys.send(near, new Uint8Array(size), Abi.MSG_DONTWAIT)))
              }
              const send = Effect.fork(Effect.map(sys.send(near, one()), () => void sent++))
              const senders = [yield* send, yield* send]
              yield* Effect.sleep(1)
              const into = new Uint8Array(100_000)
              while (sent === 0) {
                yield* sys.recv(far, into)
                yield* Effect.sleep(1)
              }
              yield* Effect.forEach(senders, (each) => each.await)
            })
          ))
          yield* Machine.awaitEnd(process)
          assert.strictEqual(sent, 2)
        })))
  }
})

describe("A handler that cuts a call short", () => {
  const cutShort = (make: (machine: Machine.Machine) => readonly [near: Description, far: Description], call: Call) =>
    under(10, (machine) =>
      Effect.gen(function*() {
        const [near, far] = make(machine)
        near.references++
        far.references++
        let answer: string | undefined
        let left = 0
        const process = machine.start(
          program((sys) =>
            Effect.gen(function*() {
              yield* sys.sigaction(SIGUSR1, { disposition: () => Effect.void })
              answer = yield* errnoOf(call(sys))
              left = yield* sys.read(0, one())
            })
          ),
          [near]
        )
        yield* idle
        machine.send(process, SIGSTOP)
        yield* idle
        machine.send(process, SIGUSR1)
        yield* far.write(one(), machine.init)
        machine.send(process, SIGCONT)
        yield* Machine.awaitEnd(process)
        assert.strictEqual(answer, "EINTR")
        assert.strictEqual(left, 1)
        yield* drop(near)
        yield* drop(far)
      }))

  it.effect("leaves what came after its signal to the next: of a socket", () =>
    cutShort(
      ({ init, rooms: { sockets } }) => Machine.ready(sockets.pair(Abi.AF_UNIX, Abi.SOCK_STREAM, 0, 0, init)),
      (sys) => sys.recv(0, new Uint8Array(3), Abi.MSG_WAITALL)
    ))

  it.effect("leaves what came after its signal to the next: of a raw terminal", () =>
    cutShort((machine) => {
      const { master, openSlave } = machine.terminal()
      const slave = openSlave(machine.init)
      const { pair } = slave as TerminalDescription
      pair.configure({ ...pair.line.settings.termios, iflag: 0, oflag: 0, lflag: 0 }, true)
      return [slave, master]
    }, (sys) => sys.read(0, one())))
})
