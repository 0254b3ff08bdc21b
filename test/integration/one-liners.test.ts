/** Lines that a visitor types to see whether it is real. */
import { describe, expect, it } from "@effect/vitest"
import * as Kernel from "@effix/kernel/Kernel"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Effix from "effix/Effix"

const machine = Effect.provide(Kernel.layerWith({ drivers: Effix.layer }))

const within = 60_000

/** What a line wrote, and its exit status. */
const run = (command: string, options: Kernel.ExecOptions = {}) =>
  Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const { exitCode, stderrText, stdoutText } = yield* kernel.exec(command, { timeout: "30 seconds", ...options })
    return { exitCode, out: stdoutText, err: stderrText }
  })

describe("Pipes", () => {
  it.live("yes ends when nobody reads any more", () =>
    Effect.gen(function*() {
      expect(yield* run("yes | head -2")).toEqual({ exitCode: 0, out: "y\ny\n", err: "" })
      const kernel = yield* Kernel.Kernel
      expect((yield* kernel.processes).map(({ pid }) => pid)).toEqual([1])
    }).pipe(machine), within)

  it.live("the end of a pipe waits for the last writer", () =>
    Effect.gen(function*() {
      expect(yield* run("(sleep 1; echo late) | cat")).toEqual({ exitCode: 0, out: "late\n", err: "" })
    }).pipe(machine), within)
})

describe("Processes", () => {
  it.live("a background job does not hold up the line", () =>
    Effect.gen(function*() {
      const began = performance.now()
      const kernel = yield* Kernel.Kernel
      const { stdoutText } = yield* kernel.exec("sleep 60 & echo now")
      expect(stdoutText).toBe("now\n")
      expect(performance.now() - began).toBeLessThan(20_000)
      expect((yield* kernel.processes).map(({ name }) => name)).toContain("sleep")
    }).pipe(machine), within)

  it.live("a shell can kill itself", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      expect(yield* kernel.exec("echo before; kill -9 $$; echo after")).toMatchObject({
        exitCode: 137,
        signal: "SIGKILL",
        stdoutText: "before\n"
      })
    }).pipe(machine), within)

  it.live("a whole tree goes with its timeout", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const tree = "(sleep 100 & (sleep 100 | cat) & wait) & sh -c 'trap \"\" TERM; sleep 100'"
      yield* Effect.flip(kernel.exec(tree, { timeout: "1 second" }))
      expect((yield* kernel.processes).map(({ pid }) => pid)).toEqual([1])
    }).pipe(machine), within)

  it.live("a call that is interrupted leaves nothing", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const running = yield* Effect.fork(kernel.exec("sleep 100 | cat"))
      yield* Effect.sleep("200 millis")
      yield* Fiber.interrupt(running)
      expect((yield* kernel.processes).map(({ pid }) => pid)).toEqual([1])
    }).pipe(machine), within)
})

describe("Files", () => {
  it.live("permissions count for users, and not for root", () =>
    Effect.gen(function*() {
      const line = "cd /tmp; rm -f f; echo secret > f; chmod 000 f; cat f"
      const user = yield* run(line, { user: 1000 })
      expect(user).toEqual({ exitCode: 1, out: "", err: "cat: f: Permission denied\n" })
      expect(yield* run(line)).toEqual({ exitCode: 0, out: "secret\n", err: "" })
    }).pipe(machine), within)

  it.live("a loop of links is ELOOP", () =>
    Effect.gen(function*() {
      const { err, exitCode } = yield* run("cd /tmp; ln -s b a; ln -s a b; cat a")
      expect({ err, exitCode }).toEqual({ exitCode: 1, err: "cat: a: Too many levels of symbolic links\n" })
    }).pipe(machine), within)

  it.live("a directory does not move into itself", () =>
    Effect.gen(function*() {
      const { err, exitCode } = yield* run("cd /tmp; mkdir d; mv d d/sub")
      expect({ err, exitCode }).toEqual({
        exitCode: 1,
        err: "mv: cannot move 'd' to a subdirectory of itself, 'd/sub'\n"
      })
    }).pipe(machine), within)

  it.live("there is no terminal where there is none", () =>
    Effect.gen(function*() {
      const { err, exitCode, out } = yield* run("cat < /dev/tty")
      expect({ exitCode: exitCode > 0, out }).toEqual({ exitCode: true, out: "" })
      expect(err).toContain("/dev/tty: No such device or address")
    }).pipe(machine), within)

  it.live("a substitution of a file that is missing says so", () =>
    Effect.gen(function*() {
      const { err, exitCode, out } = yield* run("bash -c 'echo $(</no/such)'")
      expect({ exitCode, out }).toEqual({ exitCode: 0, out: "\n" })
      expect(err).toContain("/no/such: No such file or directory")
    }).pipe(machine), within)

  it.live("a name of 5,000 letters is too long", () =>
    Effect.gen(function*() {
      const name = "x".repeat(5000)
      const { err, exitCode } = yield* run(`ls -l /tmp/${name}`)
      expect(exitCode).toBe(2)
      expect(err).toBe(`ls: cannot access '/tmp/${name}': File name too long\n`)
    }).pipe(machine), within)

  it.live("a file has no children", () =>
    Effect.gen(function*() {
      const { err, exitCode } = yield* run("cd /tmp; touch file; echo x > file/child")
      expect(exitCode).not.toBe(0)
      expect(err).toContain("file/child: Not a directory")
    }).pipe(machine), within)
})

// These measure the process that they run in, so nothing else may run in it.
describe.sequential("Alone", () => {
  it.live("a busy loop is ended by a timeout, and the host's timers run meanwhile", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      // By the time that this process computed, not by the clock: the machine has other things to do as well.
      const used = process.cpuUsage()
      let fired = 0
      const ticking = setInterval(() => fired++, 5)
      const error = yield* Effect.flip(kernel.exec("while true; do :; done", { timeout: "2 seconds" }))
      clearInterval(ticking)
      const { system, user } = process.cpuUsage(used)
      expect(error._tag).toBe("ExecTimeout")
      expect(fired).toBeGreaterThan((user + system) / 1000 / 50)
      expect((yield* kernel.processes).map(({ pid }) => pid)).toEqual([1])
    }).pipe(machine), within)

  it.live("1 GiB goes through in the memory of a pipe", () =>
    Effect.gen(function*() {
      yield* run("head -c 100000000 /dev/zero | cat | wc -c")
      const before = process.memoryUsage().rss
      let peak = before
      const sampling = setInterval(() => {
        peak = Math.max(peak, process.memoryUsage().rss)
      }, 20)
      const ended = yield* run("head -c 1073741824 /dev/zero | cat | wc -c", { timeout: "5 minutes" })
      clearInterval(sampling)
      expect(ended).toEqual({ exitCode: 0, out: "1073741824\n", err: "" })
      expect(peak - before).toBeLessThan(200 * 1024 * 1024)
    }).pipe(machine), 300_000)
})
