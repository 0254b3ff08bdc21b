/** What the host can do with processes: limits in time and output, trees that are killed, scopes that clean up. */
import { describe, expect, it } from "@effect/vitest"
import * as Simulation from "@effix/testing/Simulation"
import * as TestKernel from "@effix/testing/TestKernel"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { SIGKILL, SIGTERM } from "../src/abi/Signals.js"
import * as Bytes from "../src/Bytes.js"
import * as Kernel from "../src/Kernel.js"
import type * as Programs from "../src/Programs.js"
import { Sys } from "../src/Sys.js"
import { errnoOf, program } from "./interruption/run.js"

/** `tick N`: writes a line each second, N times, while a grandchild sleeps. */
const tick: Programs.Main = ([, times = "1"]) =>
  program((sys) =>
    Effect.gen(function*() {
      yield* sys.spawn(program((own) => Effect.asVoid(own.spawn(program((orphan) => orphan.nanosleep(3_600e9))))))
      for (let i = 1; i <= Number(times); i++) {
        yield* sys.write(1, Bytes.encode(`tick ${i}\n`))
        yield* sys.nanosleep(1e9)
      }
      yield* sys.kill(0, SIGKILL)
    })
  )

const say: Programs.Main = ([, ...words]) =>
  program((sys) =>
    Effect.gen(function*() {
      yield* sys.write(1, Bytes.encode(`${words.join(" ")}|${yield* sys.getcwd()}|${(yield* sys.environ())["A"]}`))
      yield* sys.write(2, Bytes.encode(`uid ${(yield* sys.credentials()).uid}`))
      return 3
    })
  )

const leave: Programs.Main = () => program((sys) => Effect.asVoid(sys.spawn(program((own) => own.nanosleep(3_600e9)))))

const copy: Programs.Main = () =>
  Effect.gen(function*() {
    const sys = yield* Sys
    const block = new Uint8Array(1000)
    for (let count = 1; count > 0;) {
      count = yield* sys.read(0, block)
      if (count > 0) yield* sys.write(1, block.subarray(0, count))
    }
    return 0
  })

/** Runs a test in a kernel of its own under a few schedules; nothing may be left when its scope has closed. */
const kernel = <E>(body: (kernel: Kernel.Kernel["Type"]) => Effect.Effect<unknown, E>) =>
  Simulation.forAll(
    5,
    Effect.provide(
      Effect.flatMap(Kernel.Kernel, body),
      TestKernel.layer({ programs: { tick, say, copy, leave } })
    ),
    (exit, { fibersLeft, timersLeft }) => {
      if (Exit.isFailure(exit)) throw new Error(String(exit.cause))
      expect([fibersLeft, timersLeft]).toEqual([0, 0])
    }
  )

const others = ({ processes }: Kernel.Kernel["Type"]) =>
  Effect.map(processes, (all) => all.filter(({ pid }) => pid !== 1).map(({ name }) => name))

describe("exec", () => {
  it.effect("answers how a command ended and what it wrote", () =>
    kernel((kernel) =>
      Effect.gen(function*() {
        const { exitCode, signal, stderrText, stdoutText } = yield* kernel.exec(["say", "a", "b"], {
          cwd: "/tmp",
          env: { A: "1" },
          user: "user"
        })
        expect([exitCode, signal, stdoutText, stderrText]).toEqual([3, undefined, "a b|/tmp|1", "uid 1000"])
        expect(yield* others(kernel)).toEqual([])
      })
    ))

  it.effect("a timeout has the output so far, and leaves no process, wherever its parents have gone", () =>
    kernel((kernel) =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(kernel.exec(["tick", "9"], { timeout: "2500 millis" }))
        expect(error).toBeInstanceOf(Kernel.ExecTimeout)
        expect((error as Kernel.ExecTimeout).stdoutText).toBe("tick 1\ntick 2\ntick 3\n")
        expect(yield* others(kernel)).toEqual([])
      })
    ))

  it.effect("so has a command that writes too much", () =>
    kernel((kernel) =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(kernel.exec(["tick", "99"], { outputMax: 20 }))
        expect(error).toBeInstanceOf(Kernel.OutputLimit)
        expect((error as Kernel.OutputLimit).stdoutText).toBe("tick 1\ntick 2\ntick 3\n")
        expect(yield* others(kernel)).toEqual([])
      })
    ))

  it.effect("interrupting it kills the tree", () =>
    kernel((kernel) =>
      Effect.gen(function*() {
        const running = yield* Effect.fork(kernel.exec(["tick", "99"]))
        yield* Effect.sleep(1500)
        expect((yield* others(kernel)).length).toBeGreaterThan(1)
        yield* Fiber.interrupt(running)
        yield* Effect.sleep(1)
        expect(yield* others(kernel)).toEqual([])
      })
    ))

  it.effect("what a command that ends by itself leaves in the background goes on", () =>
    kernel((kernel) =>
      Effect.gen(function*() {
        expect((yield* kernel.exec(["leave"])).exitCode).toBe(0)
        yield* Effect.sleep(60_000)
        expect(yield* others(kernel)).toEqual(["leave"])
      })
    ))

  it.effect("input of any length arrives, and is not waited for when nobody reads it", () =>
    kernel((kernel) =>
      Effect.gen(function*() {
        const input = Uint8Array.from({ length: 300_000 }, (_, i) => i & 0xff)
        const { stdout } = yield* kernel.exec(["copy"], { stdin: input })
        expect(Buffer.compare(stdout, input)).toBe(0)
        expect((yield* kernel.exec(["say"], { stdin: input })).exitCode).toBe(3)
        expect(yield* errnoOf(kernel.exec(["none"], { stdin: input }) as never)).toBe("ENOENT")
        expect(yield* errnoOf(kernel.exec(["say"], { stdin: input, user: "nobody there" }) as never)).toBe("EINVAL")
        expect(yield* errnoOf(kernel.exec(["say"], { stdin: input, cwd: "/none" }) as never)).toBe("ENOENT")
      })
    ))
})

describe("spawn", () => {
  it.effect("holds a process by its streams", () =>
    kernel((kernel) =>
      Effect.scoped(Effect.gen(function*() {
        const handle = yield* kernel.spawn(["copy"])
        yield* handle.write("over ")
        yield* handle.write(Bytes.encode("there"))
        yield* handle.closeStdin
        const text = Array.from(yield* Stream.runCollect(handle.stdout), Bytes.decode).join("")
        expect(text).toBe("over there")
        expect(yield* handle.wait).toEqual({ _tag: "Exited", code: 0 })
        expect(yield* errnoOf(handle.write("late"))).toBe("EPIPE")
        expect(yield* errnoOf(handle.kill(SIGTERM))).toBe("success")
        expect(yield* errnoOf(handle.kill(99))).toBe("EINVAL")
      }))
    ))

  it.effect("closing the scope kills it and all that it has started", () =>
    kernel((kernel) =>
      Effect.gen(function*() {
        yield* Effect.scoped(Effect.zipRight(kernel.spawn(["tick", "99"]), Effect.sleep(1500)))
        yield* Effect.sleep(1)
        expect(yield* others(kernel)).toEqual([])
      })
    ))

  it.effect("a signal reaches the process, or the tree", () =>
    kernel((kernel) =>
      Effect.scoped(Effect.gen(function*() {
        const one = yield* kernel.spawn(["tick", "99"])
        yield* Effect.sleep(500)
        yield* one.kill(SIGTERM)
        expect(yield* one.wait).toMatchObject({ _tag: "Signaled", signal: SIGTERM })
        expect((yield* others(kernel)).length).toBe(1)
        yield* one.kill(SIGKILL, { tree: true })
        yield* Effect.sleep(1)
        expect(yield* others(kernel)).toEqual([])
      }))
    ))
})

describe("closing the kernel", () => {
  it.effect("ends everything, and whoever waits is told", () =>
    Simulation.forAll(
      5,
      Effect.gen(function*() {
        const waiting = yield* Effect.scoped(Effect.gen(function*() {
          const kernel = yield* Kernel.Kernel
          const handle = yield* kernel.spawn(["tick", "99"])
          const waiting = yield* Effect.forkDaemon(handle.wait)
          yield* Effect.sleep(1500)
          return waiting
        })).pipe(Effect.provide(TestKernel.layer({ programs: { tick } })))
        expect(yield* Fiber.join(waiting)).toMatchObject({ _tag: "Signaled", signal: SIGKILL })
      }),
      (exit, { fibersLeft, timersLeft }) => {
        if (Exit.isFailure(exit)) throw new Error(String(exit.cause))
        expect([fibersLeft, timersLeft]).toEqual([0, 0])
      }
    ))
})
