/** Runs the same programs in Effix, and tells what the helper tells. */
import { type Errno, ErrnoTable, Kernel, Mman, Resources, Sys } from "@effix/kernel"
import * as Effect from "effect/Effect"
import { ARENA, ARENA_END, type Program } from "./program.js"

const text = (sys: Sys.SystemCalls, path: string): Effect.Effect<string, Errno.Any> =>
  Effect.gen(function*() {
    const fd = yield* sys.open(path, 0)
    const into = new Uint8Array(65_536)
    const count = yield* sys.read(fd, into)
    yield* sys.close(fd)
    return new TextDecoder().decode(into.subarray(0, count))
  })

const isInArena = (address: number): boolean => address >= ARENA && address < ARENA_END

/** A mapping of bytes that are 0, or what they were: whoever maps marks them. */
const marked = ({ address, bytes }: Sys.Mapping, mark: number): number => {
  if (bytes.length > 2 ** 20) return address
  const wrong = bytes.findIndex((byte) => byte !== 0 && byte !== mark)
  if (wrong !== -1) throw new Error(`byte ${wrong} of a mapping is ${bytes[wrong]}`)
  bytes.fill(mark)
  return address
}

export const run = (program: Program): Effect.Effect<ReadonlyArray<string>, Errno.Any, Kernel.Kernel> =>
  Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const lines: Array<string> = []
    const main = Effect.gen(function*() {
      const sys = yield* Sys.Sys
      const answered: Array<number> = []
      const pages = Effect.map(text(sys, "/proc/self/statm"), (all) => {
        const [size = 0, , , , , data = 0] = all.split(" ").map(Number)
        return { size, data }
      })
      const number = (told: number | string = 0): number => {
        if (typeof told === "number") return told
        const [at = "0", more = "0"] = told.slice(1).split("+")
        const address = answered[Number(at)] ?? 0
        return isInArena(address) ? address + Number(more) : address
      }
      const limit = (resource: number, most: number) =>
        sys.setrlimit(resource, { soft: most * Mman.PAGE_SIZE, hard: Infinity })
      for (const [call, ...args] of program) {
        const [a = 0, b = 0, c = 0, d = 0] = args.map(number)
        // Elsewhere what lies beside it is another's.
        const elsewhere = a !== 0 && !isInArena(a)
        const had = yield* pages
        const made: Effect.Effect<number, Errno.Any> = call === "mmap"
          ? Effect.map(sys.mmap(a, b, c, d), (mapping) => marked(mapping, 0))
          : elsewhere && (call === "munmap" || call === "mremap")
          ? Effect.succeed(0)
          : call === "mremap"
          ? Effect.map(sys.mremap(a, b, c, d), ({ address }) => address)
          : Effect.as(
            call === "munmap"
              ? sys.munmap(a, b)
              : call === "as"
              ? limit(Resources.RLIMIT_AS, had.size + a)
              : limit(Resources.RLIMIT_DATA, had.data + a),
            0
          )
        const answer = yield* Effect.either(made)
        const address = answer._tag === "Right" ? answer.right : 0
        answered.push(address)
        const said = answer._tag === "Left"
          ? `!${ErrnoTable.errnoTable[answer.left._tag][0]}`
          : address === 0
          ? "0"
          : isInArena(address)
          ? address.toString(16)
          : "somewhere"
        const { data, size } = yield* pages
        lines.push(`${said} ${size} ${data}`)
      }
      const maps = (yield* text(sys, "/proc/self/maps")).split("\n")
      lines.push(...maps.filter((line) => line !== "" && isInArena(Number.parseInt(line, 16))))
      return 0
    })
    yield* Effect.scoped(Effect.flatMap(kernel.spawn(main), ({ wait }) => wait))
    return lines
  })
