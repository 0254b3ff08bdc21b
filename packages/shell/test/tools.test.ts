/**
 * Scripts that use one tool after the other leave the same output, the same complaints and the same exit status behind in
 * our kernel as on the host, whose tools are GNU's.
 *
 * A file begins with what every script of it begins with; behind `#%%` each line is a script of its own.
 */
import { expect, layer } from "@effect/vitest"
import { Kernel } from "@effix/kernel"
import * as Effect from "effect/Effect"
import { spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { hasGnu } from "./coreutils/support/Differential.js"
import { TestKernel } from "./support.js"

interface Outcome {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

const env = { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC", HOME: "/root" }
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1")

/** A directory of the same name on both sides, so that the names of paths are the same. */
const root = fs.mkdtempSync(path.join(os.tmpdir(), "tools-"))
let runs = 0

const onHost = (script: string, cwd: string): Effect.Effect<Outcome> =>
  Effect.async((resume) => {
    fs.mkdirSync(cwd)
    const child = spawn("/bin/bash", ["-c", script], { cwd, env, stdio: ["ignore", "pipe", "pipe"] })
    const [stdout, stderr]: [Array<Buffer>, Array<Buffer>] = [[], []]
    child.stdout.on("data", (block: Buffer) => stdout.push(block))
    child.stderr.on("data", (block: Buffer) => stderr.push(block))
    child.on("close", (code) => {
      fs.rmSync(cwd, { recursive: true, force: true })
      resume(Effect.succeed({
        stdout: latin1(Buffer.concat(stdout)),
        stderr: latin1(Buffer.concat(stderr)),
        exitCode: code ?? -1
      }))
    })
  })

const inKernel = (script: string, cwd: string) =>
  Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    yield* kernel.exec(["mkdir", "-p", cwd])
    const run = yield* kernel.exec(["bash", "-c", script], { cwd, env, stdin: "", timeout: "60 seconds" })
    yield* kernel.exec(["rm", "-rf", cwd])
    return { stdout: latin1(run.stdout), stderr: latin1(run.stderr), exitCode: run.exitCode }
  })

const directory = path.join(import.meta.dirname, "tools")
const isThere = (tool: string): boolean =>
  spawnSync(tool, ["--version"], { env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin" } }).error === undefined

const hasTools = hasGnu && ["tar", "gzip", "patch", "xxd", "hexdump", "column", "strings"].every(isThere)

/** What some scripts need besides, and a host may well be without. */
const needed: Readonly<Record<string, ReadonlyArray<string>>> = {
  "attributes.sh": ["getfattr", "getcap"],
  "bc.sh": ["bc"],
  "capabilities.sh": ["getcap"],
  "file.sh": ["file"],
  "tput.sh": ["tput"],
  "watch.sh": ["watch"]
}

layer(TestKernel, { excludeTestServices: true })("The tools agree with the host's", (it) => {
  for (const file of fs.readdirSync(directory).sort()) {
    const [begin = "", rest = "", ...more] = fs.readFileSync(path.join(directory, file), "utf8").split("#%%\n")
    if (more.length > 0) throw new Error(`${file}: what stands behind a second #%% would not be run`)
    const scripts = rest.split("\n").filter((line) => line !== "")
    it.effect.skipIf(!hasTools || !(needed[file] ?? []).every(isThere))(
      `on ${scripts.length} scripts about ${path.basename(file, ".sh")}`,
      () =>
        Effect.gen(function*() {
          const outcomes = yield* Effect.forEach(scripts, (script) => {
            const cwd = path.join(root, `${runs++}`)
            return Effect.all([inKernel(begin + script, cwd), onHost(begin + script, cwd)], { concurrency: 2 }).pipe(
              Effect.map(([ours, host]) => ({ script, ours, host }))
            )
          })
          const differing = outcomes.filter(({ host, ours }) => JSON.stringify(ours) !== JSON.stringify(host))
          expect(differing).toEqual([])
        }),
      600_000
    )
  }
})
