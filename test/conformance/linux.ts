/**
 * Asks the Linux of this machine, through a helper that is compiled on the spot.
 */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn, spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { line, type Program } from "./program.js"

const native = fileURLToPath(new URL("native/", import.meta.url))

const works = (command: string): boolean => spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0

/** Compiles C files of `native` to a program in `directory`. */
export const compile = (directory: string, name: string, files: ReadonlyArray<string>): string => {
  const compiler = works("cc") ? "cc" : "gcc"
  const output = join(directory, name)
  const warnings = ["-Wall", "-Wextra"]
  execFileSync(compiler, ["-O1", ...warnings, "-o", output, ...files.map((file) => resolve(native, file))])
  return output
}

/** Why C programs cannot be compiled for Linux here; `undefined` when they can. */
export const cannotCompile = (): string | undefined => {
  if (process.platform !== "linux") return `needs Linux, and this is ${process.platform}`
  if (process.arch !== "x64") return `the numbers are those of x86-64, and this is ${process.arch}`
  return works("cc") || works("gcc") ? undefined : "needs a C compiler (cc or gcc)"
}

/** An empty ext4 in a file. */
const imageIn = (directory: string): string => {
  const image = join(directory, "disk")
  execFileSync("truncate", ["-s", "256M", image])
  execFileSync("mkfs.ext4", [
    "-q",
    "-b",
    "4096",
    "-E",
    "lazy_itable_init=0,lazy_journal_init=0",
    "-O",
    "^has_journal",
    image
  ])
  return image
}

/** A number that the machine has set about files. @see proc_sys_fs(5) */
export const setting = (name: string): number => Number(readFileSync(`/proc/sys/fs/${name}`, "utf8"))

/** A running helper: answers one list of lines for each program, in order. */
export class Linux {
  private readonly waiting: Array<{ lines: Array<string>; resolve: (lines: ReadonlyArray<string>) => void }> = []
  private rest = ""
  private constructor(
    private readonly helper: ChildProcessWithoutNullStreams,
    private readonly directory: string,
    /** Whether programs run on a disk, and not on a tmpfs. */
    readonly disk: boolean
  ) {
    helper.stdout.setEncoding("latin1")
    helper.stdout.on("data", (chunk: string) => this.take(chunk))
    helper.stderr.pipe(process.stderr)
  }

  /** Starts a helper, or tells why there can be none. */
  static start(disk = false, program: "actors" | "replay" = "replay"): Linux | string {
    const reason = cannotCompile()
    if (reason !== undefined) return reason
    const base = existsSync("/dev/shm") ? "/dev/shm" : tmpdir()
    const directory = mkdtempSync(join(base, "effix-conformance-"))
    const root = mkdtempSync(join(directory, "root-"))
    const image = disk ? [imageIn(directory)] : []
    // Where files cannot be executed from shared memory, the helper has to lie elsewhere.
    const built = mkdtempSync(join(tmpdir(), "effix-conformance-"))
    const files = [`${program}.c`, "calls.c", "transfers.c", "locks.c", "sockets.c", "waiting.c", "show.c", "world.c"]
    const helper = compile(built, program, files)
    const trial = spawnSync(helper, [root, ...image], { input: "%%\n", encoding: "latin1" })
    if (trial.status !== 0) {
      for (const each of [directory, built]) rmSync(each, { recursive: true, force: true })
      return `needs the right to mount and to chroot (${trial.stderr.trim()})`
    }
    const child = spawn(helper, [root, ...image])
    child.on("spawn", () => rmSync(built, { recursive: true, force: true }))
    return new Linux(child, directory, disk)
  }

  private take(chunk: string): void {
    const lines = (this.rest + chunk).split("\n")
    this.rest = lines.pop()!
    for (const each of lines) {
      const first = this.waiting[0]!
      if (each !== "%%") first.lines.push(each)
      else {
        this.waiting.shift()
        first.resolve(first.lines)
      }
    }
  }

  run(program: Program): Promise<ReadonlyArray<string>> {
    return this.ask(program.map(line))
  }

  /** Gives the helper a program as it reads it. */
  ask(lines: ReadonlyArray<string>): Promise<ReadonlyArray<string>> {
    return new Promise((resolve) => {
      this.waiting.push({ lines: [], resolve })
      this.helper.stdin.write([...lines, "%%", ""].join("\n"))
    })
  }

  /** Ends the helper, and takes away what it stood in. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.helper.once("close", resolve))
    this.helper.stdin.end()
    await ended
    rmSync(this.directory, { recursive: true, force: true })
  }
}
