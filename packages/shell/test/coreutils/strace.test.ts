/** strace shows what a command asks of the kernel. */
import { expect, layer } from "@effect/vitest"
import { Kernel } from "@effix/kernel"
import * as Effect from "effect/Effect"
import { TestKernel } from "../support.js"

layer(TestKernel, { excludeTestServices: true })("strace", (it) => {
  const run = (script: string) =>
    Effect.flatMap(Kernel.Kernel, (kernel) => kernel.exec(["bash", "-c", script], { env: { LC_ALL: "C" } }))

  it.effect("prints calls with their arguments and answers, and passes on the status", () =>
    Effect.gen(function*() {
      const { exitCode, stderrText, stdoutText } = yield* run("strace cat /nowhere")
      expect(exitCode).toBe(1)
      expect(stdoutText).toBe("")
      const lines = stderrText.split("\n")
      expect(lines).toContain("cat: /nowhere: No such file or directory")
      expect(lines.find((line) => line.startsWith("execve"))).toBe("execve(\"cat\", [\"cat\", \"/nowhere\"]) = 0")
      expect(lines).toContain("open(\"/nowhere\", O_RDONLY) = -1 ENOENT (No such file or directory)")
      expect(lines.slice(-2)).toEqual(["+++ exited with 1 +++", ""])
    }))

  it.effect("shows only the calls that are asked for, by name, by kind and by how they ended", () =>
    Effect.gen(function*() {
      const script =
        "cd /tmp; echo hi > there; strace -q -o trace OPTIONS cat there nowhere > /dev/null 2>&1; cat trace"
      const traced = (options: string) =>
        Effect.map(run(script.replace("OPTIONS", options)), ({ stdoutText }) => stdoutText)
      const missing = "open(\"nowhere\", O_RDONLY) = -1 ENOENT (No such file or directory)\n"
      expect(yield* traced("-e trace=open")).toBe(`open("there", O_RDONLY) = 3\n${missing}`)
      expect(yield* traced("-Z -e open")).toBe(missing)
      expect(yield* traced("-Z -e trace=file")).toBe(missing)
      expect(yield* traced("-e 'trace=!open'")).not.toContain("open")
      expect(yield* traced("-e trace=read,exec")).toContain("read(3, \"hi\\n\") = 3\n")
    }))

  it.effect("counts, follows children, and tells of a signal", () =>
    Effect.gen(function*() {
      const counted = yield* run("cd /tmp; strace -c -e open cat nowhere elsewhere 2>&1 | tail -n 5")
      expect(counted.stdoutText).toBe([
        "    calls    errors syscall",
        "--------- --------- ----------------",
        "        2         2 open",
        "--------- --------- ----------------",
        "        2         2 total",
        ""
      ].join("\n"))
      const followed = yield* run("strace -f -e mkdir sh -c 'mkdir /tmp/made; :' 2>&1")
      expect(followed.stdoutText).toMatch(
        /^\[pid \d+\] mkdir\("\/tmp\/made", 511\) = 0\n\+\+\+ exited with 0 \+\+\+\n$/
      )
      const alone = yield* run("strace -e mkdir sh -c 'mkdir /tmp/other; :' 2>&1")
      expect(alone.stdoutText).toBe("+++ exited with 0 +++\n")
      const killed = yield* run("strace -e kill sh -c 'kill -9 $$' 2>&1; echo $?")
      expect(killed.stdoutText).toMatch(/^kill\(\d+, 9\) = \?\n\+\+\+ killed by SIGKILL \+\+\+\n137\n$/)
    }))

  it.effect("says what is wrong with what it is told to do", () =>
    Effect.gen(function*() {
      expect((yield* run("strace")).stderrText).toContain("strace: must have PROG [ARGS] or -p PID\n")
      expect((yield* run("strace nosuchcommand")).stderrText).toBe(
        "strace: Can't stat 'nosuchcommand': No such file or directory\n"
      )
      expect((yield* run("strace -o /no/file true")).stderrText).toBe(
        "strace: Can't fopen '/no/file': No such file or directory\n"
      )
    }))

  it.effect("attaches to processes that run, until they end", () =>
    Effect.gen(function*() {
      const { exitCode, stderrText, stdoutText } = yield* run(
        "bash -c 'sleep 0.3; mkdir /tmp/later; exit 3' & strace -e mkdir,spawn -f -o /tmp/attached -p $!; echo $?; cat /tmp/attached"
      )
      expect(exitCode).toBe(0)
      expect(stderrText).toMatch(/^strace: Process \d+ attached\n$/)
      expect(stdoutText).toMatch(/^\[pid \d+\] mkdir\("\/tmp\/later", 511\) = 0$/m)
      expect(stdoutText).toMatch(/\n\[pid \d+\] \+\+\+ exited with 3 \+\+\+\n$/)
    }))

  it.effect("lets go of what it is attached to when it is interrupted, and counts until then", () =>
    Effect.gen(function*() {
      const { stderrText, stdoutText } = yield* run(
        "sleep 1 & P=$!; strace -c -p $P > /tmp/count 2>&1 & S=$!; sleep 0.2; kill -INT $S; wait $S; echo $?; wait $P; echo $?; grep -c total /tmp/count"
      )
      expect(stderrText).toBe("")
      expect(stdoutText).toBe("130\n0\n1\n")
    }))

  it.effect("says why it cannot attach", () =>
    Effect.gen(function*() {
      const { stderrText, stdoutText } = yield* run(
        "strace -p 99999; echo $?; strace -p abc; echo $?; strace -p $$ -q -e none & S=$!; sleep 0.1; strace -p $$; echo $?; grep Tracer /proc/$$/status | grep -c $S; kill $S"
      )
      expect(stdoutText).toBe("1\n1\n1\n1\n")
      expect(stderrText).toContain("strace: attach: ptrace(PTRACE_SEIZE, 99999): No such process\n")
      expect(stderrText).toContain("strace: Invalid process id: 'abc'\n")
      expect(stderrText).toMatch(/strace: attach: ptrace\(PTRACE_SEIZE, \d+\): Operation not permitted\n/)
    }))
})
