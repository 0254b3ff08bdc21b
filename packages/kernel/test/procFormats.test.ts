/** The texts of /proc have the form of Linux's: the same parser reads both. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import { O_RDONLY } from "../src/abi/OpenFlags.js"
import * as Bytes from "../src/Bytes.js"
import type { SystemCalls } from "../src/Sys.js"
import { errnoOf, inProcess } from "./support/run.js"

const text = (sys: SystemCalls, path: string) =>
  Effect.gen(function*() {
    const fd = yield* sys.open(path, O_RDONLY)
    const into = new Uint8Array(65_536)
    let done = 0
    for (let count = 1; count > 0; done += count) count = yield* sys.read(fd, into.subarray(done))
    yield* sys.close(fd)
    return Bytes.decode(into.subarray(0, done))
  })

const fields = (line: string) => line.trim().split(/\s+/).length
/** The names before a colon, in their order. */
const names = (whole: string) =>
  whole.split("\n").filter((line) => line.includes(":")).map((line) => line.split(":")[0]!.trim())
const form = (pattern: RegExp) => (whole: string) => pattern.test(whole)

const onLinux = process.platform === "linux" && fs.existsSync("/proc/self/stat")

/** What both answer the same for, whatever the machine. */
const same: Readonly<Record<string, (whole: string) => unknown>> = {
  // A name may have blanks and brackets in it.
  "self/stat": (whole) => fields(whole.slice(whole.lastIndexOf(")") + 1)),
  "self/statm": fields,
  "self/io": names,
  "self/limits": (whole) => whole.split("\n").map((line) => line.slice(0, 26).trim()),
  "uptime": form(/^\d+\.\d\d \d+\.\d\d\n$/),
  "loadavg": form(/^\d+\.\d\d \d+\.\d\d \d+\.\d\d \d+\/\d+ \d+\n$/),
  "version": form(/^Linux version \S+ .*#\d.*\n$/),
  "filesystems": form(/^((nodev)?\t\S+\n)+$/),
  "self/mounts": form(/^(\S+ \S+ \S+ \S+ 0 0\n)+$/),
  "self/mountinfo": form(/^(\d+ \d+ \d+:\d+ \S+ \S+ \S+ .*- \S+ \S+ \S+\n)+$/),
  "sys/fs/file-nr": form(/^\d+\t0\t\d+\n$/),
  "sys/kernel/random/uuid": form(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}\n$/),
  "sys/kernel/random/boot_id": form(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\n$/),
  "sys/kernel/ostype": (whole) => whole,
  "sys/kernel/pid_max": form(/^\d+\n$/),
  "sys/fs/nr_open": form(/^\d+\n$/)
}

/** What we say is said there, too, in the same order. */
const part: Readonly<Record<string, (whole: string) => ReadonlyArray<string>>> = {
  "self/status": names,
  "meminfo": names,
  "cpuinfo": (whole) => names(whole.split("\n\n")[0]!),
  "stat": (whole) => whole.split("\n").map((line) => line.split(" ")[0]!)
}

describe.skipIf(!onLinux)("the texts of /proc, beside this machine's", () => {
  for (const [path, parse] of Object.entries(same)) {
    it.effect(`${path} has the same form`, () =>
      inProcess((sys) =>
        Effect.map(
          text(sys, `/proc/${path}`),
          (ours) => expect(parse(ours)).toEqual(parse(fs.readFileSync(`/proc/${path}`, "utf8")))
        )
      ))
  }

  for (const [path, parse] of Object.entries(part)) {
    it.effect(`${path} has nothing that Linux has not, in its order`, () =>
      inProcess((sys) =>
        Effect.map(text(sys, `/proc/${path}`), (ours) => {
          const theirs = parse(fs.readFileSync(`/proc/${path}`, "utf8"))
          const mine = parse(ours)
          expect(mine).toEqual(
            theirs.filter((name) => mine.includes(name)).filter((name, i, all) => all.indexOf(name) === i)
          )
        })
      ))
  }

  it.effect("the files of a process have Linux's permissions", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        for (
          const name of [
            "stat",
            "statm",
            "status",
            "cmdline",
            "environ",
            "io",
            "limits",
            "maps",
            "fd",
            "fdinfo",
            "task",
            "cwd"
          ]
        ) {
          const ours = (yield* sys.lstat(`/proc/self/${name}`)).mode
          const theirs = fs.lstatSync(`/proc/self/${name}`).mode
          // A directory of descriptors shows more than it did: newer kernels let others list fdinfo.
          if (name !== "fdinfo") expect([name, ours.toString(8)]).toEqual([name, theirs.toString(8)])
        }
      })
    ))
})

describe("/proc", () => {
  it.effect("a process is its own only thread", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const pid = yield* sys.getpid()
        expect(yield* sys.readlink("/proc/thread-self")).toBe(`${pid}/task/${pid}`)
        expect(yield* text(sys, "/proc/thread-self/comm")).toBe(yield* text(sys, "/proc/self/comm"))
        const fd = yield* sys.open("/proc/self/task", O_RDONLY)
        expect((yield* sys.getdents(fd, 9)).map(({ name }) => name)).toEqual([".", "..", `${pid}`])
      })
    ))

  it.effect("a random number is another each time, the id of a boot is not", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const twice = (path: string) => Effect.all([text(sys, path), text(sys, path)])
        const [one, other] = yield* twice("/proc/sys/kernel/random/uuid")
        expect(one).not.toBe(other)
        const [first, second] = yield* twice("/proc/sys/kernel/random/boot_id")
        expect(first).toBe(second)
      })
    ))

  it.effect("what is private of another user's process is refused", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.setresuid(1000, 1000, 1000)
        for (const name of ["environ", "io", "fd/0"]) {
          expect(yield* errnoOf(text(sys, `/proc/1/${name}`))).toBe("EACCES")
        }
        for (const name of ["cwd", "root", "exe"]) {
          expect(yield* errnoOf(sys.readlink(`/proc/1/${name}`))).toBe("EACCES")
          expect(yield* errnoOf(sys.stat(`/proc/1/${name}`))).toBe("EACCES")
        }
        expect(yield* text(sys, "/proc/1/comm")).toBe("init\n")
      })
    ))
})
