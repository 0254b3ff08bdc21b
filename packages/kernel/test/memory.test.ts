/** Memory that processes map: what bounds it, who gives it back, and where it is seen. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { MAP_ANONYMOUS, MAP_PRIVATE, MREMAP_MAYMOVE, PAGE_SIZE, PROT_READ, PROT_WRITE } from "../src/abi/Mman.js"
import { RLIMIT_AS, RLIMIT_DATA } from "../src/abi/Resources.js"
import * as Kernel from "../src/Kernel.js"
import * as Processes from "../src/Processes.js"
import * as Programs from "../src/Programs.js"
import { Sys, type SystemCalls } from "../src/Sys.js"
import { errnoOf, inProcess, program, under } from "./interruption/run.js"

const OWN = MAP_PRIVATE | MAP_ANONYMOUS
const WRITABLE = PROT_READ | PROT_WRITE

const map = (sys: SystemCalls, pages: number, protection = WRITABLE) => sys.mmap(0, pages * PAGE_SIZE, protection, OWN)

const read = (sys: SystemCalls, path: string) =>
  Effect.gen(function*() {
    const fd = yield* sys.open(path, 0)
    const into = new Uint8Array(8192)
    const count = yield* sys.read(fd, into)
    yield* sys.close(fd)
    return new TextDecoder().decode(into.subarray(0, count))
  })

describe("memory", () => {
  it.effect("is whole pages of zeros, and keeps what is written when it grows", () =>
    under(1, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const { address, bytes } = yield* sys.mmap(0, 5000, WRITABLE, OWN)
          expect(bytes.length).toBe(8192)
          expect(bytes.every((byte) => byte === 0)).toBe(true)
          bytes[4999] = 7
          const longer = yield* sys.mremap(address, 8192, 12_288, MREMAP_MAYMOVE)
          expect(longer.bytes.length).toBe(12_288)
          expect(longer.bytes[4999]).toBe(7)
          const shorter = yield* sys.mremap(longer.address, 12_288, 4096)
          expect(shorter.address).toBe(longer.address)
          expect(shorter.bytes.length).toBe(4096)
        }))))

  it.effect("what is left of a mapping whose middle was given back are two, over the same bytes", () =>
    under(1, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const { address, bytes } = yield* map(sys, 3)
          bytes[2 * PAGE_SIZE] = 9
          yield* sys.munmap(address + PAGE_SIZE, PAGE_SIZE)
          const last = yield* sys.mremap(address + 2 * PAGE_SIZE, PAGE_SIZE, PAGE_SIZE)
          expect(last.bytes[0]).toBe(9)
          expect(yield* errnoOf(sys.mremap(address + PAGE_SIZE, PAGE_SIZE, PAGE_SIZE))).toBe("EFAULT")
        }))))

  it.effect("RLIMIT_AS bounds all of it, RLIMIT_DATA what can be written to", () =>
    under(1, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* sys.setrlimit(RLIMIT_AS, { soft: 10 * PAGE_SIZE + 4095, hard: Infinity })
          yield* sys.setrlimit(RLIMIT_DATA, { soft: 4 * PAGE_SIZE, hard: Infinity })
          expect(yield* errnoOf(map(sys, 5))).toBe("ENOMEM")
          yield* map(sys, 4)
          yield* map(sys, 6, PROT_READ)
          expect(yield* errnoOf(map(sys, 1, PROT_READ))).toBe("ENOMEM")
        }))))

  it.effect("is counted for the whole kernel, and given back by exit, exec and whoever is killed", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const { table } = yield* Processes.Processes
      const child = program((sys) => Effect.zipRight(map(sys, 60), sys.pause()))
      const main = program((sys) =>
        Effect.gen(function*() {
          yield* map(sys, 30)
          const pid = yield* sys.spawn(child)
          while (table.memory.used < 90) yield* sys.schedYield()
          expect(yield* errnoOf(map(sys, 11))).toBe("ENOMEM")
          yield* sys.kill(pid, 9)
          yield* sys.wait(pid, 0)
          expect(table.memory.used).toBe(30)
          yield* map(sys, 70)
          expect(yield* sys.sysinfo()).toMatchObject({ totalRam: 409_600, freeRam: 0, processes: 2, loads: [0, 0, 0] })
          expect(yield* read(sys, "/proc/meminfo")).toMatch(/^MemTotal: +400 kB\nMemFree: +0 kB\n/)
          yield* sys.exec("/bin/after", ["after"])
        })
      )
      let seen = -1
      const after: Programs.Main = () => Effect.sync(() => seen = table.memory.used).pipe(Effect.as(0))
      yield* (yield* Programs.Programs).register("after", after)
      const { wait } = yield* kernel.spawn(main)
      expect(yield* wait).toEqual({ _tag: "Exited", code: 0 })
      expect(seen).toBe(0)
      expect(table.memory.used).toBe(0)
    }).pipe(Effect.scoped, Effect.provide(Kernel.layerWith({ config: { memoryPagesMax: 100 } }))))

  it.effect("a child has none of its parent's", () =>
    under(1, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* map(sys, 8)
          const child: Effect.Effect<number, never, Sys> = Effect.flatMap(
            Sys,
            (own) => Effect.orDie(Effect.map(own.mmap(0, 1, WRITABLE, OWN), ({ bytes }) => bytes.length / PAGE_SIZE))
          )
          const pid = yield* sys.spawn(child)
          expect((yield* sys.wait(pid, 0))?.status).toEqual({ _tag: "Exited", code: 1 })
        }))))

  it.effect("/proc shows how much there is, how much there was, and where", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const main = program((sys) =>
        Effect.gen(function*() {
          const { address } = yield* sys.mmap(0x10_0000, 3 * PAGE_SIZE, WRITABLE, OWN)
          yield* sys.mmap(0x20_0000, PAGE_SIZE, PROT_READ, OWN)
          yield* sys.munmap(address, PAGE_SIZE)
          expect(yield* read(sys, "/proc/self/statm")).toBe("3 3 0 0 0 2 0\n")
          expect(yield* read(sys, "/proc/self/maps")).toBe(
            "00101000-00103000 rw-p 00000000 00:00 0 \n00200000-00201000 r--p 00000000 00:00 0 \n"
          )
          const status = yield* read(sys, "/proc/self/status")
          for (const line of ["VmPeak:\t      16 kB", "VmSize:\t      12 kB", "VmData:\t       8 kB"]) {
            expect(status).toContain(line)
          }
          const fields = (yield* read(sys, "/proc/self/stat")).split(") ")[1]!.split(" ")
          expect(fields.slice(20, 22)).toEqual(["12288", "3"])
        })
      )
      const { wait } = yield* kernel.spawn(main)
      expect(yield* wait).toEqual({ _tag: "Exited", code: 0 })
    }).pipe(Effect.scoped, Effect.provide(Kernel.layer)))
})
