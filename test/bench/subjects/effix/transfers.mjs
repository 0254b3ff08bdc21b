import { Effect } from "../../dist/effix.js"
import { inProcess, measured } from "./machine.mjs"

const O_RDWR = 2
const O_CREAT = 0o100
const AT_FDCWD = -100
const PUNCHED = 3

const CHUNK = 65_536
const FILE = 1 << 20

const each = (once) =>
  measured((count) =>
    Effect.gen(function*() {
      for (let i = 0; i < count; i++) yield* once(i)
    })
  )

const withFile = (bytes, body) =>
  inProcess((sys) =>
    Effect.gen(function*() {
      const fd = yield* sys.open("/f", O_RDWR | O_CREAT)
      for (let at = 0; at < bytes; at += CHUNK) yield* sys.write(fd, new Uint8Array(CHUNK))
      return yield* body(sys, fd)
    })
  )

const vectors = (call) =>
  withFile(FILE, (sys, fd) => {
    const vector = Array.from({ length: 4 }, () => new Uint8Array(1024))
    return measured((count) =>
      Effect.gen(function*() {
        for (let i = 0; i < count; i++) {
          if (i % 256 === 0) yield* sys.lseek(fd, 0, 0)
          yield* sys[call](fd, vector)
        }
      })
    )
  })

export const readv = () => vectors("readv")
export const writev = () => vectors("writev")

export const copyRange = () => withFile(FILE, (sys, fd) => each(() => sys.copyFileRange(fd, 0, fd, FILE / 2, CHUNK)))

export const splice = () =>
  inProcess((sys) =>
    Effect.gen(function*() {
      let full = yield* sys.pipe()
      let empty = yield* sys.pipe()
      yield* sys.write(full[1], new Uint8Array(CHUNK))
      return yield* each(() => {
        const spliced = sys.splice(full[0], undefined, empty[1], undefined, CHUNK)
        ;[full, empty] = [empty, full]
        return spliced
      })
    })
  )

const value = new Uint8Array(16).fill(48)

export const getxattr = () =>
  withFile(0, (sys) =>
    Effect.gen(function*() {
      yield* sys.setxattr("/f", "user.key", value)
      const into = new Uint8Array(64)
      return yield* each(() => sys.getxattr("/f", "user.key", into))
    }))

export const setxattr = () => withFile(0, (sys) => each(() => sys.setxattr("/f", "user.key", value)))

export const fallocate = () =>
  withFile(2 * CHUNK, (sys, fd) =>
    measured((count) =>
      Effect.gen(function*() {
        for (let i = 0; i < count; i++) {
          yield* sys.fallocate(fd, PUNCHED, 0, CHUNK)
          yield* sys.fallocate(fd, 0, 0, CHUNK)
        }
      })
    ))

export const statx = () => withFile(0, (sys) => each(() => sys.statx(AT_FDCWD, "/f")))
