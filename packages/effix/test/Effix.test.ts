import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { expect, it } from "vitest"
import * as Effix from "../src/Effix.js"
import * as Failure from "../src/Failure.js"

const onMachine = async (body: (machine: Effix.Machine) => Promise<void>, options?: Effix.BootOptions) => {
  const machine = await Effix.boot(options)
  try {
    await body(machine)
  } finally {
    await machine.close()
  }
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

it("A command line runs to its end and tells what it wrote", () =>
  onMachine(async (machine) => {
    const result = await machine.exec("cat /data/in | sort; echo oops >&2; exit 4")
    expect(result).toMatchObject({ exitCode: 4, killedBy: undefined, stdout: "a\nb\n", stderr: "oops\n" })
  }, { files: { "/data/in": "b\na\n" } }))

it("Input, environment, directory and user are options", () =>
  onMachine(async (machine) => {
    const { stdout } = await machine.exec("cat; echo $X; pwd; echo $USER", {
      stdin: "in\n",
      env: { X: "1" },
      cwd: "/tmp",
      user: "user"
    })
    expect(stdout).toBe("in\n1\n/tmp\nuser\n")
  }))

it("Files are written with the directories above them, and read", () =>
  onMachine(async (machine) => {
    await machine.writeFile("/a/b/c", "content")
    expect(text(await machine.readFile("/a/b/c"))).toBe("content")
    expect((await machine.exec("stat -c %a /a/b/c || ls -l /a/b/c")).exitCode).toBe(0)
  }))

it("A failure is an Error with a code", () =>
  onMachine(async (machine) => {
    const error = await machine.readFile("/none").catch((error: unknown) => error)
    expect(error).toBeInstanceOf(Failure.KernelError)
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ code: "ENOENT", errno: 2 })
    await expect(machine.exec(["no-such-program"])).rejects.toMatchObject({ code: "ENOENT" })
    await expect(machine.mount("/x", "/no/such/directory")).rejects.toMatchObject({ code: "ENOENT" })
  }))

it("A command that takes too long, or writes too much, is killed and its output kept", () =>
  onMachine(async (machine) => {
    const late = await machine.exec("echo begun; while :; do :; done", { timeout: 200 }).catch((error: unknown) =>
      error
    )
    expect(late).toMatchObject({ name: "TimeoutError", code: "ETIMEDOUT", stdout: "begun\n" })
    const much = await machine.exec("yes", { outputMax: 10_000 }).catch((error: unknown) => error)
    expect(much).toMatchObject({ name: "OutputLimitError", limit: 10_000 })
    expect((await machine.processes()).map(({ pid }) => pid)).toEqual([1])
  }))

it("A call can be aborted from outside", () =>
  onMachine(async (machine) => {
    const controller = new AbortController()
    const running = machine.exec("sleep 1000", { signal: controller.signal })
    setTimeout(() => controller.abort(), 50)
    await expect(running).rejects.toMatchObject({ code: "ABORT_ERR" })
    expect((await machine.processes()).length).toBe(1)
  }))

it("A process is written to, read from, signalled and waited for", () =>
  onMachine(async (machine) => {
    const child = await machine.spawn("while read x; do echo \"got $x\"; done; echo done")
    await child.write("one\ntwo\n")
    await child.closeStdin()
    let out = ""
    for await (const bytes of child.stdout) out += text(bytes)
    expect(out).toBe("got one\ngot two\ndone\n")
    expect(await child.wait()).toEqual({ exitCode: 0, signal: undefined })

    const sleeper = await machine.spawn(["sleep", "1000"])
    await sleeper.kill("SIGKILL")
    expect(await sleeper.wait()).toEqual({ exitCode: 137, signal: "SIGKILL" })
    await expect(sleeper.write("x")).rejects.toMatchObject({ code: "EPIPE" })
  }))

it("A host directory is mounted at boot", async () => {
  const host = fs.mkdtempSync(path.join(os.tmpdir(), "effix-"))
  try {
    fs.writeFileSync(path.join(host, "f"), "host\n")
    await onMachine(async (machine) => {
      expect((await machine.exec("cat /host/f; echo x > /host/g")).stdout).toBe("host\n")
      expect(fs.existsSync(path.join(host, "g"))).toBe(false)
    }, { mounts: { "/host": { host, readOnly: true } } })
  } finally {
    fs.rmSync(host, { recursive: true })
  }
})

it("Closing kills what runs", async () => {
  const machine = await Effix.boot()
  const running = machine.exec("sleep 1000").catch((error: unknown) => error)
  await new Promise((resolve) => setTimeout(resolve, 50))
  await machine.close()
  await machine.close()
  expect(await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 5000, "hangs"))])).not.toBe("hangs")
})
