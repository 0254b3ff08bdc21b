/** Calls of the host, disturbed: whatever comes between, no process, fiber or timer is left, and no byte is made up. */
import { describe, it } from "@effect/vitest"
import * as Simulation from "@effix/testing/Simulation"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import { SIGKILL } from "../../src/abi/Signals.js"
import { installStub } from "../../src/kernel/boot.js"
import type { HostInterface } from "../../src/kernel/contract.js"
import { hostInterface } from "../../src/kernel/hostInterface.js"
import { type Program, Sys } from "../../src/Sys.js"
import * as Disturbances from "./disturbances.js"
import * as Machine from "./machine.js"
import { schedules, TIMEOUT } from "./schedules.js"
import { tidy } from "./tidy.js"

/** Copies its input to its output through a child, so that there is a tree to kill. */
const copy: Program = Effect.gen(function*() {
  const sys = yield* Sys
  const pass = Effect.gen(function*() {
    const own = yield* Sys
    const block = new Uint8Array(4096)
    for (let count = 1; count > 0;) {
      count = yield* own.read(0, block)
      for (let at = 0; at < count;) at += yield* own.write(1, block.subarray(at, count))
      yield* Disturbances.aWhile(2)
    }
    return 0
  })
  yield* sys.spawn(pass)
  yield* sys.wait()
  return 0
})

const SCHEDULES = schedules(240)
const INPUT = Uint8Array.from({ length: 9000 }, (_, i) => i * 7 & 0xff)

const ways = [
  "nothing",
  "interruption",
  "a lost race",
  "its own timeout",
  "a timeout around it",
  "SIGKILL",
  "the end of all",
  "too much output"
] as const
type Way = typeof ways[number]

const setUp = Effect.gen(function*() {
  const machine = yield* Machine.make({ limits: { pipeCapacity: 4096 } })
  const { host, init, ptys, rooms } = machine
  yield* rooms.vfs.mkdir(init, rooms.vfs.root, "/bin", 0o755)
  const kernel = hostInterface({ ...rooms, host, ptys })
  return { machine, kernel }
})

const disturbed = <A, E>(machine: Machine.Machine, way: Way, call: Effect.Effect<A, E>) =>
  Effect.gen(function*() {
    const sometime = Effect.zipRight(Disturbances.sometime, Disturbances.aWhile(60))
    switch (way) {
      case "interruption": {
        const fiber = yield* Effect.fork(call)
        yield* sometime
        return yield* Fiber.interrupt(fiber)
      }
      case "a lost race":
        return yield* Effect.exit(Effect.raceFirst(call, Effect.zipRight(sometime, Effect.interrupt)))
      case "a timeout around it":
        return yield* Effect.exit(
          Effect.timeoutTo(call, {
            duration: yield* Random.nextIntBetween(0, 4),
            onSuccess: Effect.succeed,
            onTimeout: () => Effect.interrupt
          }).pipe(Effect.flatten)
        )
      case "SIGKILL":
      case "the end of all": {
        const fiber = yield* Effect.fork(call)
        yield* sometime
        const first = Array.from(machine.table.processes.values()).find((each) => each !== machine.init)
        if (way === "the end of all") machine.shutDown()
        else if (first !== undefined) machine.send(first, SIGKILL)
        return yield* Fiber.await(fiber)
      }
      default:
        return yield* Effect.exit(call)
    }
  })

const isPrefix = (part: Uint8Array): boolean =>
  part.length <= INPUT.length && part.every((byte, i) => byte === INPUT[i])

const running = (seed: number) =>
  Effect.gen(function*() {
    const way = ways[seed % ways.length]!
    const { kernel, machine } = yield* setUp
    const seen: Array<Uint8Array> = []
    const exit = yield* Effect.scoped(Effect.gen(function*() {
      yield* machine.programs.register("copy", () => copy)
      yield* installStub(machine.rooms.vfs, machine.init, "copy")
      return yield* disturbed(
        machine,
        way,
        kernel.exec(["copy"], {
          stdin: INPUT,
          onStdout: (bytes) => seen.push(bytes.slice()),
          ...(way === "its own timeout" ? { timeout: yield* Random.nextIntBetween(0, 2) } : {}),
          ...(way === "too much output" ? { outputMax: 4000 } : {})
        })
      )
    }))
    // After SIGKILL of the parent alone its child goes on, as it would on Linux.
    yield* Effect.sleep(100)
    return { way, machine, exit, seen: Uint8Array.from(seen.flatMap((each) => [...each])) }
  })

const holding = (seed: number) =>
  Effect.gen(function*() {
    const way = ways[seed % ways.length]!
    const { kernel, machine } = yield* setUp
    const seen: Array<Uint8Array> = []
    const whole = (kernel: HostInterface) =>
      Effect.scoped(Effect.gen(function*() {
        const handle = yield* kernel.spawn(copy)
        const feeding = yield* Effect.forkScoped(Effect.zipRight(handle.write(INPUT), handle.closeStdin))
        yield* Stream.runForEach(handle.stdout, (bytes) => Effect.sync(() => void seen.push(bytes.slice())))
        yield* Fiber.await(feeding)
        return yield* handle.wait
      }))
    const exit = yield* disturbed(machine, way, whole(kernel))
    return { way, machine, exit, seen: Uint8Array.from(seen.flatMap((each) => [...each])) }
  })

describe("calls of the host, disturbed", () => {
  it.effect(`exec: ${SCHEDULES} schedules`, () =>
    Simulation.forAll(SCHEDULES, running, (outer, outcome) => {
      const { exit, machine, seen, way } = Machine.ready(outer)
      const fail = (why: string): never => {
        throw new Error(
          `${way}: ${why}: ${Exit.isSuccess(exit) ? exit.value.exitCode : exit.cause._tag}, ${seen.length} bytes`
        )
      }
      if (!isPrefix(seen)) fail("not what was put in")
      if (Exit.isSuccess(exit)) {
        const { exitCode, stdout } = exit.value
        if (exitCode === 0 && way !== "SIGKILL" && stdout.length !== INPUT.length) fail("ended early")
        if (exitCode !== 0 && !(exitCode === 137 && (way === "SIGKILL" || way === "the end of all"))) {
          fail("a wrong exit code")
        }
        if (way === "too much output") fail("no limit")
      } else if (exit.cause._tag === "Fail") {
        const error = exit.cause.error
        if (
          error._tag === "ExecTimeout"
            ? way !== "its own timeout"
            : error._tag !== "OutputLimit" || way !== "too much output"
        ) fail("a wrong error")
        if (!("stdout" in error) || !isPrefix(error.stdout)) fail("not the output so far")
      } else if (way === "nothing" || way === "SIGKILL" || way === "the end of all") fail("no answer")
      tidy(machine, outcome)
    }), TIMEOUT)

  it.effect(
    `spawn, its streams and wait: ${SCHEDULES} schedules`,
    () =>
      Simulation.forAll(SCHEDULES, holding, (outer, outcome) => {
        const { exit, machine, seen, way } = Machine.ready(outer)
        if (!isPrefix(seen)) throw new Error(`${way}: not what was put in`)
        if (Exit.isSuccess(exit) && exit.value._tag === "Exited" && seen.length !== INPUT.length) {
          throw new Error(`${way}: ended early`)
        }
        tidy(machine, outcome)
      }),
    TIMEOUT
  )
})
