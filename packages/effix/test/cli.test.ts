import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { expect, it } from "vitest"
import { command, effix } from "./support/cli.js"

const within = { timeout: 120_000 }

const inDirectory = async (body: (directory: string) => Promise<void>): Promise<void> => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "effix-"))
  try {
    await body(directory)
  } finally {
    fs.rmSync(directory, { recursive: true, force: true })
  }
}

it("A script's output, errors and exit status are those of the command", within, async () => {
  const { code, stderr, stdout } = await effix(["-c", "echo $0 $1; echo oops >&2; exit 3", "name", "first"])
  expect({ code, stderr, stdout }).toEqual({ code: 3, stderr: "oops\n", stdout: "name first\n" })
})

it("A script comes from a file or from standard input", within, () =>
  inDirectory(async (directory) => {
    fs.writeFileSync(path.join(directory, "x.sh"), "echo \"$0 has $#: $*\"\n")
    expect((await effix(["x.sh", "a b", "c"], { cwd: directory })).stdout).toBe("x.sh has 2: a b c\n")
    expect((await effix([], { stdin: "echo one\nread x\ntwo\necho $x\n" })).stdout).toBe("one\ntwo\n")
  }))

it("Environment, directory and user are as asked for", within, async () => {
  const script = "echo $GREETING $PWD $HOME; touch /root/x"
  const { stderr, stdout } = await effix(["--env", "GREETING=hi", "--cwd", "/tmp", "--user", "user", "-c", script])
  expect(stdout).toBe("hi /tmp /home/user\n")
  expect(stderr).toContain("Permission denied")
})

it("A mounted directory is the host's, writable or not", within, () =>
  inDirectory(async (directory) => {
    fs.writeFileSync(path.join(directory, "f"), "host\n")
    const mounts = ["--mount", `${directory}:/rw`, "--mount", `${directory}:/ro:ro`]
    const { stderr, stdout } = await effix([
      ...mounts,
      "-c",
      "cat /rw/f; echo guest > /rw/g; cat /ro/g; echo x > /ro/h"
    ])
    expect(stdout).toBe("host\nguest\n")
    expect(stderr).toContain("Read-only file system")
    expect(fs.readFileSync(path.join(directory, "g"), "utf8")).toBe("guest\n")
    expect(fs.readdirSync(directory)).toEqual(["f", "g"])
  }))

it("Input and output of any size are streamed", within, async () => {
  const bytes = new Uint8Array(20_000_000).fill(97)
  const { code, stdout } = await effix(["-c", "cat | cat"], { stdin: bytes })
  expect({ code, length: stdout.length }).toEqual({ code: 0, length: bytes.length })
})

it("Input that a script does not read is left to whoever comes next", within, () =>
  inDirectory(async (directory) => {
    const file = path.join(directory, "lines")
    fs.writeFileSync(file, "a\nb\nc\n")
    const effixIn = `${JSON.stringify(process.execPath)} ${JSON.stringify(await command())}`
    const loop = `while read -r x; do ${effixIn} -c "echo got $x"; done < ${JSON.stringify(file)}`
    expect(spawnSync("/bin/sh", ["-c", loop]).stdout.toString()).toBe("got a\ngot b\ngot c\n")
    expect((await effix(["-c", "read x; echo \"<$x>\"; cat"], { stdin: "one\ntwo\n" })).stdout).toBe("<one>\ntwo\n")
  }))

it("Time that is up ends the command with status 124 and one line", within, async () => {
  const { code, stderr, stdout } = await effix(["--timeout", "300ms", "-c", "echo begun; while :; do :; done"])
  expect({ code, stderr, stdout }).toEqual({
    code: 124,
    stderr: "effix: killed after 0.3 s; --timeout gives it more time\n",
    stdout: "begun\n"
  })
})

it("What runs in the background ends with the script", within, async () => {
  const began = performance.now()
  expect((await effix(["-c", "sleep 1000 & echo now"])).stdout).toBe("now\n")
  expect(performance.now() - began).toBeLessThan(100_000)
})

it("A script that a signal ends has that signal's status", within, async () => {
  expect((await effix(["-c", "kill -9 $$"])).code).toBe(137)
  const ended = await effix(["-c", "echo ready; sleep 1000"], {
    during: (child) => child.stdout?.once("data", () => child.kill("SIGTERM"))
  })
  expect(ended).toMatchObject({ code: 143, stderr: "", stdout: "ready\n" })
})

it("A trap of the script sees the host's signal", within, async () => {
  const { code, stdout } = await effix([
    "-c",
    "trap 'echo caught; exit 5' INT; echo ready; while :; do sleep 0.1; done"
  ], {
    during: (child) => child.stdout?.once("data", () => child.kill("SIGINT"))
  })
  expect({ code, stdout }).toEqual({ code: 5, stdout: "ready\ncaught\n" })
})

it("A reader that goes away ends the writer quietly", within, async () => {
  const ended = await effix(["-c", "yes"], {
    during: ({ stdout }) => stdout?.once("data", () => stdout.destroy())
  })
  expect(ended).toMatchObject({ code: 141, stderr: "" })
})

it("Every system call can be seen", within, async () => {
  const { stderr, stdout } = await effix(["--strace", "-c", "echo hello"])
  expect(stdout).toBe("hello\n")
  expect(stderr).toMatch(/^\[\d+\] write\(1, "hello\\n"\) = 6$/m)
})

it("The version and a help text are there", within, async () => {
  expect((await effix(["--version"])).stdout).toMatch(/^effix \d+\.\d+\.\d+\n$/)
  expect((await effix(["--help"])).stdout).toMatch(/^usage: effix /)
})

it.each([
  [["--bogus"], 2, /^effix: unknown option --bogus; .*\n$/],
  [["--mount", "./no-such-directory:/x", "-c", "true"], 2, /^effix: --mount .*No such file or directory; .*\n$/],
  [["--mount", "package.json:/x", "-c", "true"], 2, /^effix: --mount .*Not a directory; .*\n$/],
  [["--user", "bob", "-c", "true"], 2, /^effix: --user bob: no such user; .*\n$/],
  [["--cwd", "/nowhere", "-c", "true"], 2, /^effix: --cwd \/nowhere: No such file or directory; .*\n$/],
  [["no-such-script"], 127, /^effix: no-such-script: No such file or directory; .*\n$/],
  [["packages"], 126, /^effix: packages: Is a directory; .*\n$/]
])("%j is refused with one clear line", within, async (args, code, stderr) => {
  const ended = await effix(args)
  expect(ended).toMatchObject({ code, stdout: "" })
  expect(ended.stderr).toMatch(stderr)
})
