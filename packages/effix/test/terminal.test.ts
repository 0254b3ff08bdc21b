/** The interactive mode, on a real pseudo-terminal of the host. */
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { command } from "./support/cli.js"

interface Step {
  readonly expect?: string
  readonly send?: string
  /** Rows and columns. */
  readonly size?: readonly [number, number]
  readonly signal?: number
  /** Waits until the program is stopped. */
  readonly stopped?: true
  /** Waits until the terminal's settings are those that it had at first, or others. */
  readonly settings?: "first" | "others"
  /** Takes the terminal away. */
  readonly hangup?: true
}

interface Played {
  readonly output: string
  readonly code: number | null
  readonly signal: number | null
  readonly restored: boolean
  readonly hung: boolean
}

const player = fileURLToPath(new URL("support/pty.py", import.meta.url))

const play = async (args: ReadonlyArray<string>, steps: ReadonlyArray<Step>): Promise<Played> => {
  const argv = [process.execPath, await command(), ...args]
  return new Promise((resolve, reject) => {
    const child = spawn("python3", [player], { stdio: ["pipe", "pipe", "inherit"] })
    let out = ""
    child.stdout.on("data", (bytes) => out += String(bytes))
    child.on("error", reject)
    child.on("close", () => {
      try {
        const played: Played = JSON.parse(out)
        resolve(played)
      } catch (error) {
        reject(error)
      }
    })
    child.stdin.end(JSON.stringify({ argv, steps }))
  })
}

const within = { timeout: 120_000 }
const done = { hung: false, restored: true, signal: null }

it("A user types commands, edits lines and ends with ^D", within, async () => {
  const ended = await play([], [
    { expect: "# ", send: "echo one twx\x7fo\r" },
    { expect: "\none two\r", send: "exit 7\r" }
  ])
  expect(ended).toMatchObject({ ...done, code: 7 })
})

it("^D at the prompt ends the shell", within, async () => {
  expect(await play([], [{ expect: "# ", send: "\x04" }])).toMatchObject({ ...done, code: 0 })
})

it("^C ends what runs and not the shell", within, async () => {
  const ended = await play([], [
    { expect: "# ", send: "sleep 1000\r" },
    { expect: "sleep 1000\r" },
    { expect: "\n", send: "\x03" },
    { expect: "# ", send: "echo still $((6*7))\r" },
    { expect: "still 42", send: "exit\r" }
  ])
  expect(ended).toMatchObject({ ...done, code: 0 })
})

/** The longest line that ends between two marks. */
const widest = (output: string, from: string, to: string): number => {
  const part = output.slice(output.lastIndexOf(from), output.lastIndexOf(to))
  return Math.max(...part.split("\n").slice(1, -1).map((line) => line.replaceAll("\r", "").length))
}

it("The size of the window is known, and followed", within, async () => {
  const ended = await play([], [
    { expect: "# ", send: "echo fi''rst; ls -C /bin; echo sec''ond\r" },
    { expect: "second\r", size: [24, 40] },
    { expect: "# ", send: "echo thi''rd; ls -C /bin; echo fou''rth\r" },
    { expect: "fourth\r" },
    { expect: "# ", send: "exit\r" }
  ])
  expect(ended).toMatchObject({ ...done, code: 0 })
  const [wide, narrow] = [widest(ended.output, "first", "second"), widest(ended.output, "third", "fourth")]
  expect(wide).toBeGreaterThan(40)
  expect(wide).toBeLessThanOrEqual(80)
  expect(narrow).toBeLessThanOrEqual(40)
})

it("A script on a terminal has a terminal", within, async () => {
  const script = "test -t 0 && test -t 1 && read x < /dev/tty && echo \"<$x>\"; exit 3"
  const ended = await play(["-c", script], [{ send: "typed\r" }, { expect: "<typed>" }])
  expect(ended).toMatchObject({ ...done, code: 3 })
})

it.each([["SIGTERM", 15], ["SIGHUP", 1], ["SIGINT", 2]] as const)(
  "The terminal is restored after %s",
  within,
  async (_, signal) => {
    const ended = await play([], [{ expect: "# ", signal }])
    const how = signal === 1 ? { code: null, signal } : { code: 128 + signal }
    expect(ended).toMatchObject({ ...done, ...how })
  }
)

it("The terminal is restored when time is up", within, async () => {
  const ended = await play(["--timeout", "1s"], [{ expect: "# ", send: "while :; do :; done\r" }])
  expect(ended).toMatchObject({ ...done, code: 124 })
})

it("A terminal that is hung up ends the command", within, async () => {
  const ended = await play([], [{ expect: "# ", send: "sleep 1000\r" }, { expect: "sleep 1000\r", hangup: true }])
  expect(ended).toMatchObject({ code: -1 })
})

it(
  "The terminal is restored when the program is killed, and the screen that a guest had taken is given back",
  within,
  async () => {
    const ended = await play([], [
      { expect: "# ", send: "printf '\\033[?1049h\\033[?25lfu''ll screen'; sleep 1000\r" },
      { expect: "full screen", signal: 9 }
    ])
    expect(ended).toMatchObject({ ...done, code: null, signal: 9 })
    expect(ended.output.slice(-14)).toBe("\u001b[?1049l\u001b[?25h")
  }
)

it("A program that is stopped gives the terminal back and takes it again", within, async () => {
  const ended = await play([], [
    { expect: "# ", signal: 20 },
    { settings: "first", stopped: true, signal: 18 },
    { settings: "others", send: "echo ba''ck; exit 4\r" },
    { expect: "back" }
  ])
  expect(ended).toMatchObject({ ...done, code: 4 })
})

it("Jobs are stopped, continued, quit and refused the keyboard", within, async () => {
  const sleeps = "sh -c 'echo no''w; exec sleep 1000'\r"
  const ended = await play([], [
    { expect: "# ", send: "sh -c 'echo no''w; exec cat'\r" },
    { expect: "\nnow\r", send: "typed\r" },
    { expect: "typed\r\ntyped\r", send: "\x1a" },
    { expect: "Stopped" },
    { expect: "# ", send: "jobs\r" },
    { expect: "[1]+  Stopped" },
    { expect: "# ", send: "fg\r" },
    { expect: "\r\nsh -c", send: "again\r" },
    { expect: "again\r\nagain\r", send: "\x04" },
    { expect: "# ", send: sleeps },
    { expect: "\nnow\r", send: "\x1c" },
    { expect: "Quit" },
    { expect: "# ", send: "cat &\r" },
    { expect: "# ", send: "\r" },
    { expect: "Stopped" },
    { expect: "# ", send: `kill %1; wait; jobs; ${sleeps}` },
    { expect: "\nnow\r", send: "\x1a" },
    { expect: "Stopped" },
    { expect: "# ", send: "bg; jobs\r" },
    { expect: "Running" },
    { expect: "# ", send: "kill %%; wait %%; echo st''atus $?\r" },
    { expect: "status 143" },
    { expect: "# ", send: "\x04" }
  ])
  expect(ended).toMatchObject(done)
})
