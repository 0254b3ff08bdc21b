import { Effect } from "../../dist/effix.js"
import { quick } from "../../Meter.mjs"
import * as Sizes from "../sizes.mjs"
import { inProcess, measured } from "./machine.mjs"

const O_WRONLY = 1
const O_CREAT = 0o100
const O_TRUNC = 0o1000
const O_APPEND = 0o2000
const O_DIRECTORY = 0o200000

const stat = (depth) =>
  inProcess((sys) =>
    Effect.gen(function*() {
      for (let i = 1; i < depth; i++) yield* sys.mkdir("/d".repeat(i))
      const path = Sizes.pathOfDepth(depth)
      yield* sys.close(yield* sys.open(path, O_WRONLY | O_CREAT))
      return yield* measured((count) =>
        Effect.gen(function*() {
          for (let i = 0; i < count; i++) yield* sys.stat(path)
        })
      )
    })
  )

export const stat1 = () => stat(1)
export const stat5 = () => stat(5)
export const stat20 = () => stat(20)

export const missing = () =>
  inProcess((sys) =>
    Effect.gen(function*() {
      for (let i = 1; i < 5; i++) yield* sys.mkdir("/d".repeat(i))
      const recover = () => Effect.void
      return yield* measured((count) =>
        Effect.gen(function*() {
          for (let i = 0; i < count; i++) yield* Effect.catchAll(sys.stat("/d/d/d/d/nothing"), recover)
        })
      )
    })
  )

export const create = () => {
  const content = Sizes.kilobyte()
  let round = 0
  return inProcess((sys) =>
    measured((count) =>
      Effect.gen(function*() {
        for (let i = 0; i < count; i++) {
          const fd = yield* sys.open(`/round${round}${Sizes.fileOf(i)}`, O_WRONLY | O_CREAT | O_TRUNC)
          yield* sys.write(fd, content)
          yield* sys.close(fd)
        }
      }), {
      count: Sizes.filesInTree,
      batches: 3,
      prepare: () =>
        Effect.gen(function*() {
          yield* sys.mkdir(`/round${++round}`)
          for (let i = 0; i < Sizes.directoriesInTree; i++) {
            yield* sys.mkdir(`/round${round}${Sizes.directoryOf(i * 1000)}`)
          }
        })
    })
  )
}

const fill = (sys) =>
  Effect.gen(function*() {
    yield* sys.mkdir("/d")
    for (let i = 0; i < Sizes.entriesListed; i++) yield* sys.close(yield* sys.open(`/d/file${i}`, O_WRONLY | O_CREAT))
  })

export const readdir = () =>
  inProcess((sys) =>
    Effect.gen(function*() {
      yield* fill(sys)
      return yield* measured((count) =>
        Effect.gen(function*() {
          for (let i = 0; i < count; i++) {
            const fd = yield* sys.open("/d", O_DIRECTORY)
            while ((yield* sys.getdents(fd, 16_384)).length > 0) continue
            yield* sys.close(fd)
          }
        })
      )
    })
  )

/** A file with so many bytes in it, and a descriptor of it. */
const fileOf = (sys, bytes, flags = 0) =>
  Effect.gen(function*() {
    const content = Sizes.block()
    const out = yield* sys.open("/f", O_WRONLY | O_CREAT | O_TRUNC)
    for (let at = 0; at < bytes; at += Sizes.BLOCK) yield* sys.write(out, content)
    yield* sys.close(out)
    return yield* sys.open("/f", flags)
  })

export const read = () =>
  inProcess((sys) =>
    Effect.gen(function*() {
      const fd = yield* fileOf(sys, Sizes.MIB)
      const into = Sizes.block()
      return yield* measured((count) =>
        Effect.gen(function*() {
          for (let i = 0; i < count; i++) {
            if (i % 256 === 0) yield* sys.lseek(fd, 0, 0)
            yield* sys.read(fd, into)
          }
        })
      )
    })
  )

export const pread = () =>
  inProcess((sys) =>
    Effect.gen(function*() {
      const fd = yield* fileOf(sys, 64 * Sizes.MIB)
      const into = Sizes.block()
      const offsets = Sizes.randomOffsets()
      return yield* measured((count) =>
        Effect.gen(function*() {
          for (let i = 0; i < count; i++) yield* sys.pread(fd, into, offsets[i % offsets.length])
        })
      )
    })
  )

const writeTo = (bytes, batches, begin = 0) => {
  const content = Sizes.block()
  let fd
  return inProcess((sys) =>
    measured((count) =>
      Effect.gen(function*() {
        for (let i = 0; i < count; i++) yield* sys.write(fd, content)
      }), {
      count: bytes / Sizes.BLOCK,
      batches,
      prepare: () =>
        Effect.gen(function*() {
          if (fd !== undefined) yield* sys.close(fd)
          fd = yield* fileOf(sys, begin, O_WRONLY | O_APPEND)
        })
    })
  )
}

export const write = () => writeTo(16 * Sizes.MIB, quick ? 3 : 9)
export const writeLarge = () => writeTo(1024 * Sizes.MIB, 1)
export const append = () => writeTo(16 * Sizes.MIB, quick ? 2 : 5, 64 * Sizes.MIB)
export const appendLarge = () => writeTo(16 * Sizes.MIB, 1, 1024 * Sizes.MIB)

export const rename = () =>
  inProcess((sys) =>
    Effect.gen(function*() {
      yield* fill(sys)
      const names = ["/d", "/e"]
      return yield* measured((count) =>
        Effect.gen(function*() {
          for (let i = 0; i < count; i++) {
            yield* sys.rename(names[0], names[1])
            names.reverse()
          }
        })
      )
    })
  )
