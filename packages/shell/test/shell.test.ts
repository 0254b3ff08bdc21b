/** The one-liners that a visitor tries first, and what the differential suite cannot see. */
import { expect, layer } from "@effect/vitest"
import { Kernel } from "@effix/kernel"
import * as Effect from "effect/Effect"
import { TestKernel } from "./support.js"

const run = (script: string, options: Kernel.ExecOptions = {}) =>
  Effect.flatMap(Kernel.Kernel, (kernel) => kernel.exec(script, { timeout: "20 seconds", ...options }))

layer(TestKernel, { excludeTestServices: true })("The shell", (it) => {
  it.effect("ends a producer that never stops when its reader has enough", () =>
    Effect.gen(function*() {
      expect((yield* run("yes | head -2")).stdoutText).toBe("y\ny\n")
    }))
  it.effect("does not wait for what runs in the background", () =>
    Effect.gen(function*() {
      const result = yield* run("sleep 0.5 >/dev/null 2>&1 & echo now")
      expect(result.stdoutText).toBe("now\n")
    }))
  it.effect("dies of its own SIGKILL with 137", () =>
    Effect.gen(function*() {
      expect((yield* run("kill -9 $$; echo no")).exitCode).toBe(137)
    }))
  it.effect("passes on what comes late", () =>
    Effect.gen(function*() {
      expect((yield* run("(sleep 0.2; echo late) | cat")).stdoutText).toBe("late\n")
    }))
  it.effect("says which file a substitution could not read", () =>
    Effect.gen(function*() {
      const { exitCode, stderrText, stdoutText } = yield* run("echo $(</no/such)")
      expect([exitCode, stdoutText, stderrText]).toEqual([0, "\n", "sh: line 1: /no/such: No such file or directory\n"])
    }))
  it.effect("says what it looked for and did not find", () =>
    Effect.gen(function*() {
      const { exitCode, stderrText } = yield* run("true\nnosuch --option")
      expect([exitCode, stderrText]).toEqual([127, "sh: line 2: nosuch: command not found\n"])
    }))
  it.effect("reads from a fifo", () =>
    Effect.gen(function*() {
      expect((yield* run("mkfifo /tmp/p; echo hello > /tmp/p & read x < /tmp/p; echo $x; wait")).stdoutText).toBe(
        "hello\n"
      )
    }))
  it.effect("can be ended from outside while it loops", () =>
    Effect.gen(function*() {
      const result = yield* Effect.either(run("while true; do :; done", { timeout: "200 millis" }))
      expect(result._tag).toBe("Left")
    }))
  it.effect("lets others run while it loops", () =>
    Effect.gen(function*() {
      const { stdoutText } = yield* run("while :; do :; done & p=$!; sleep 0.1; echo alive; kill $p; wait $p; echo $?")
      expect(stdoutText).toBe("alive\n143\n")
    }))
  it.effect("has no terminal where there is none", () =>
    Effect.gen(function*() {
      const { exitCode, stderrText } = yield* run("cat < /dev/tty")
      expect([exitCode, stderrText]).toEqual([1, "sh: line 1: /dev/tty: No such device or address\n"])
    }))
  it.effect("keeps any bytes in substitutions", () =>
    Effect.gen(function*() {
      const { stdout } = yield* run("x=$(cat); printf %s \"$x\"", {
        stdin: Uint8Array.from([0xff, 0xfe, 0x41, 0xc3, 0xa9, 0x80])
      })
      expect(Array.from(stdout)).toEqual([0xff, 0xfe, 0x41, 0xc3, 0xa9, 0x80])
    }))
  it.effect("never locks up on a large here-document", () =>
    Effect.gen(function*() {
      const { stdoutText } = yield* run(`cat <<E | wc -c\n${"x".repeat(200_000)}\nE\n`)
      expect(Number(stdoutText)).toBe(200_001)
    }))
  it.effect("answers a deep recursion with an error instead of falling over", () =>
    Effect.gen(function*() {
      const { exitCode, stderrText } = yield* run("f() { f; }; f")
      expect(exitCode).not.toBe(0)
      expect(stderrText).toContain("maximum")
    }))
  it.effect("cannot be frozen by a pattern", () =>
    Effect.gen(function*() {
      const { stdoutText } = yield* run(
        "shopt -s extglob; x=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab; case $x in +(+(a))) echo y;; *) echo n;; esac; [[ $x =~ ^(a+)+$ ]]; echo $?"
      )
      expect(stdoutText).toBe("n\n1\n")
    }))
  it.effect("leaves no process behind", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      yield* run("echo a | cat | cat; x=$(echo b); (exit 3); cat <(echo c) >/dev/null; sleep 0.01 & wait")
      const left = (yield* kernel.processes).filter((process) => process.argv.join(" ").includes("echo a | cat | cat"))
      expect(left).toEqual([])
    }))
})
