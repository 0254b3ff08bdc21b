import { expect, layer } from "@effect/vitest"
import { Kernel, MemoryBackend } from "@effix/kernel"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { TestKernel } from "./support/Differential.js"

const screen = (argv: ReadonlyArray<string>, columns = 40) =>
  Effect.scoped(
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const terminal = yield* kernel.openTerminal({ command: argv, columns, cwd: "/tmp" })
      const chunks = yield* Stream.runCollect(terminal.output)
      return Buffer.concat([...chunks]).toString().replaceAll("\r\n", "\n")
    })
  )

layer(TestKernel, { excludeTestServices: true })("core utilities as processes", (it) => {
  it.effect("ps lists itself with its parent, its group and its session", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const { stdoutText } = yield* kernel.exec(["ps", "-e", "-o", "pid=,ppid=,comm="])
      const own = stdoutText.split("\n").find((line) => line.trim().endsWith(" ps"))
      expect(own).toMatch(/^ *\d+ +1 ps$/)
    }))

  it.effect("ps shows the columns that everybody knows", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const titles = function*(...args: ReadonlyArray<string>) {
        return (yield* kernel.exec(["ps", ...args])).stdoutText.split("\n")[0]
      }
      expect(yield* titles()).toBe("    PID TTY          TIME CMD")
      expect(yield* titles("-ef")).toBe("UID          PID    PPID  C STIME TTY          TIME CMD")
      expect(yield* titles("aux")).toBe("USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND")
    }))

  it.effect("ls puts names in columns on a terminal, and quotes those that need it", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      for (const name of ["one", "two words", "three"]) yield* kernel.writeFile(`/tmp/screen/${name}`, "")
      expect(yield* screen(["ls", "screen"])).toBe(" one   three  'two words'\n")
    }))

  it.effect("yes ends quietly when nobody reads any more", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const { exitCode, stderrText } = yield* kernel.exec(["timeout", "5", "env", "yes"], { outputMax: 1 << 20 }).pipe(
        Effect.catchTag("OutputLimit", ({ stderrText }) => Effect.succeed({ exitCode: -1, stderrText }))
      )
      expect([exitCode, stderrText]).toEqual([-1, ""])
    }))

  it.effect("tail -f prints what is appended until it is killed", () =>
    Effect.scoped(
      Effect.gen(function*() {
        const kernel = yield* Kernel.Kernel
        yield* kernel.writeFile("/tmp/followed", "first\n")
        const tail = yield* kernel.spawn(["tail", "-s", "0.02", "-f", "/tmp/followed"])
        yield* Effect.sleep("50 millis")
        yield* kernel.exec(["tee", "-a", "/tmp/followed"], { stdin: "second\n" })
        yield* Effect.sleep("100 millis")
        yield* tail.kill()
        const output = yield* Stream.runCollect(tail.stdout)
        expect(Buffer.concat([...output]).toString()).toBe("first\nsecond\n")
      })
    ))

  it.effect("mv copies and removes where a rename cannot cross", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      yield* kernel.mount("/mnt/other", MemoryBackend.make({ bytesMax: 1 << 20, inodesMax: 1000, now: 0n }))
      yield* kernel.writeFile("/tmp/moved/a", "A")
      yield* kernel.writeFile("/tmp/moved/b/c", "C")
      const moved = yield* kernel.exec(["mv", "/tmp/moved", "/mnt/other/there"])
      expect(moved).toMatchObject({ exitCode: 0, stderrText: "" })
      const found = yield* kernel.exec(["find", "/mnt/other", "/tmp/moved", "-type", "f"])
      expect(found.stdoutText.split("\n").sort()).toEqual(["", "/mnt/other/there/a", "/mnt/other/there/b/c"])
    }))

  it.effect("find and grep keep to what a user may read", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      yield* kernel.writeFile("/tmp/closed/secret", "password\n", 0o600)
      const read = yield* kernel.exec(["grep", "-r", "password", "/tmp/closed"], { user: 1000 })
      expect(read).toMatchObject({
        exitCode: 2,
        stdoutText: "",
        stderrText: "grep: /tmp/closed/secret: Permission denied\n"
      })
    }))

  it.effect("chroot sees only what lies below", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const stub = yield* kernel.readFile("/bin/pwd")
      yield* kernel.writeFile("/tmp/jail/bin/pwd", stub, 0o755)
      const { stdoutText } = yield* kernel.exec(["chroot", "/tmp/jail", "pwd"])
      expect(stdoutText).toBe("/\n")
    }))

  it.effect("mktemp makes a file that only its owner can read", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const path = (yield* kernel.exec(["mktemp"])).stdoutText.trim()
      expect(path).toMatch(/^\/tmp\/tmp\.[a-zA-Z0-9]{10}$/)
      expect((yield* kernel.exec(["stat", "-c", "%a %s", path])).stdoutText).toBe("600 0\n")
    }))

  it.effect("which, df, du and uname know this machine", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      expect((yield* kernel.exec(["which", "ls"])).stdoutText).toMatch(/\/bin\/ls\n$/)
      expect((yield* kernel.exec(["df", "/"])).stdoutText).toMatch(
        /^Filesystem +1K-blocks +Used +Available +Use% +Mounted on\n.* \/\n$/
      )
      expect((yield* kernel.exec(["du", "-s", "/etc"])).stdoutText).toMatch(/^\d+\t\/etc\n$/)
      expect((yield* kernel.exec(["uname", "-s"])).stdoutText).toBe("Linux\n")
    }))
})
