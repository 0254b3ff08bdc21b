/** What shows processes and files in use, compared with the host's procps and psmisc where those can be asked the same. */
import { expect, layer } from "@effect/vitest"
import { Kernel } from "@effix/kernel"
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import { TestKernel } from "../support.js"

/** They go when they are told to, the one below the subshell as well. */
const family = "{ trap 'kill $!; exit' TERM; sleep 51 & wait; } & "
const children = `sleep 50 & sleep 50 & ${family}`
const end = "; kill $(jobs -p) > /dev/null 2>&1"

/** Everything in them is about the script's own children. */
const scripts = [
  "pstree $$",
  "pstree -c $$",
  "pstree -p $$",
  "pstree -A -n $$",
  "pgrep -P $$",
  "pgrep -l -P $$ sleep",
  "pgrep -a -P $$ sleep",
  "pgrep -c -P $$ sleep",
  "pgrep -x -l -P $$ slee; echo $?",
  "pgrep -x -l -P $$ sleep; echo $?",
  "pgrep -i -l -P $$ SLEEP",
  "pgrep -v -l -P $$ sleep | head -c 0; echo $?",
  "pgrep -n -l -P $$ sleep; pgrep -o -l -P $$ sleep",
  "pgrep -d , -l -P $$ sleep",
  "pgrep -c nosuchprocess; echo $?",
  "pgrep; echo $?",
  "ps -o comm= --ppid $$",
  "ps -p $! -o pid=,comm=NAME,ni | wc -l",
  "ps -o comm= --sort=-pid --ppid $$ | head -2",
  "ps -p 999999; echo $?",
  "ps -o comm= -p $!,$$",
  "renice -n 19 -p $!; ps -o ni= -p $!",
  "renice 19 $!",
  "renice; echo $?",
  "renice x $!; echo $?",
  "renice 19 -p 999999; echo $?",
  "renice 19 -u nosuchuser; echo $?",
  "nice -n 3 sh -c 'true'; nice -n x true; echo $?",
  "echo $(($(nice -n 3 nice) - $(nice)))"
]

/** Numbers of processes are nobody's business, and columns are as wide as the largest may be. */
const normalized = (text: string): string =>
  text.replace(/old priority \d+/g, "old priority N").replace(/\b\d{3,}\b|\b[1-9]\d?(?= |\))/g, "N").replace(/ +/g, " ")
    .replace(/^ /gm, "")
    .replace(/^ *\d+/gm, "N").replace(/^( *)[|`].*$/gm, (line) => line.trim())

const onHost = (script: string, env: Readonly<Record<string, string>>): Effect.Effect<string> =>
  Effect.async((resume) => {
    execFile("bash", ["-c", script], { env: { ...env, PATH: process.env["PATH"] } }, (_, stdout) => {
      resume(Effect.succeed(stdout))
    })
  })

const whole = (script: string): string => `${children}sleep 0.3; { ${script}; } 2>&1${end}`

layer(TestKernel, { excludeTestServices: true })("What shows processes", (it) => {
  it.effect(`answers ${scripts.length} scripts as the host's tools do`, () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const env = { LC_ALL: "C", HOME: "/root" }
      const answers = yield* Effect.forEach(scripts, (script) =>
        Effect.all([
          Effect.map(
            kernel.exec(["bash", "-c", whole(script)], { env }),
            ({ stdoutText }) => normalized(stdoutText)
          ),
          Effect.map(onHost(whole(script), env), normalized)
        ], { concurrency: 2 }), { concurrency: 8 })
      const differing = scripts.flatMap((script, i) => {
        const [ours, theirs] = answers[i]!
        return ours === theirs ? [] : [{ script, ours, theirs }]
      })
      expect(differing).toEqual([])
    }), 120_000)

  const run = (script: string) =>
    Effect.flatMap(
      Kernel.Kernel,
      (kernel) =>
        Effect.map(kernel.exec(["bash", "-c", script], { env: { LC_ALL: "C" } }), ({ stdoutText }) => stdoutText)
    )

  it.effect("ps draws families, and knows the formats that people type", () =>
    Effect.gen(function*() {
      const script = "ps FORMAT | head -n 1"
      const title = (format: string) => Effect.map(run(script.replace("FORMAT", format)), (text) => text.trimEnd())
      expect(yield* title("-l")).toBe("F S   UID     PID    PPID  C PRI  NI ADDR    SZ WCHAN  TTY          TIME CMD")
      expect(yield* title("-F")).toBe("UID          PID    PPID  C    SZ   RSS PSR STIME TTY          TIME CMD")
      expect(yield* title("-ej")).toBe("    PID    PGID     SID TTY          TIME CMD")
      expect(yield* title("axj")).toBe("   PPID     PID    PGID     SID TTY        TPGID STAT   UID   TIME COMMAND")
      expect(yield* title("axl")).toBe(
        "F   UID     PID    PPID PRI  NI    VSZ   RSS WCHAN  STAT TTY        TIME COMMAND"
      )
      const forest = yield* run(`${family} sleep 0.1; ps -e -o args= --forest; kill $(jobs -p)`)
      expect(forest).toContain(" \\_ bash -c")
      expect(forest).toContain("\\_ sleep 51")
    }), 60_000)

  it.effect("pkill and killall signal what they name, and nothing else", () =>
    Effect.gen(function*() {
      expect(yield* run("sleep 61 & sleep 62 & sleep 0.1; pkill -P $$ -f 'sleep 61'; wait %1; echo $?; kill %2")).toBe(
        "143\n"
      )
      expect(yield* run("cp /bin/sleep /tmp/nap; /tmp/nap 61 & sleep 0.1; killall -9 nap; wait %1; echo $?")).toBe(
        "137\n"
      )
      expect(yield* run("killall nosuch 2>&1; echo $?")).toBe("nosuch: no process found\n1\n")
    }), 60_000)

  it.effect("lsof shows what is open, by process and by file", () =>
    Effect.gen(function*() {
      const text = yield* run("cd /tmp; exec 5> /tmp/held; lsof -p $$ -d cwd,5; lsof -t /tmp/held | wc -l")
      const lines = text.trimEnd().split("\n").map((line) => line.replace(/ +/g, " ").split(" "))
      expect(lines[0]).toEqual(["COMMAND", "PID", "USER", "FD", "TYPE", "DEVICE", "SIZE/OFF", "NODE", "NAME"])
      expect(lines.slice(1, 3).map((line) => [line[0], line[2], line[3], line[4], line[8]])).toEqual([
        ["bash", "root", "cwd", "DIR", "/tmp"],
        ["bash", "root", "5w", "REG", "/tmp/held"]
      ])
      expect(Number(lines[3]!.at(-1))).toBeGreaterThan(0)
    }), 60_000)

  it.effect("top prints snapshots", () =>
    Effect.gen(function*() {
      const text = yield* run("sleep 50 & sleep 0.1; top -b -n 2 -d 0.05 -p $!; kill $!")
      const lines = text.split("\n")
      expect(lines[0]).toMatch(/^top - \d\d:\d\d:\d\d up +\d+ min, {2}0 users, {2}load average: 0\.00, 0\.00, 0\.00$/)
      expect(lines[1]).toMatch(/^Tasks: +\d+ total, +\d+ running, +\d+ sleeping, +\d+ stopped, +\d+ zombie$/)
      expect(lines.filter((line) => /^ +\d+ root +20 +0 .* S +[\d.]+ +0\.0 +0:00\.\d\d sleep$/.test(line)).length).toBe(
        2
      )
    }), 60_000)
})
