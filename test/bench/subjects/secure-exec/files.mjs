import { measure, quick } from "../../Meter.mjs"
import * as Sizes from "../sizes.mjs"
import { machine } from "./machine.mjs"

const O_WRONLY = 1
const O_CREAT = 64
const O_APPEND = 1024

const stat = async (depth) => {
  const { vfs } = await machine()
  for (let i = 1; i < depth; i++) await vfs.mkdir("/d".repeat(i))
  const path = Sizes.pathOfDepth(depth)
  await vfs.writeFile(path, new Uint8Array(0))
  return measure(async (count) => {
    for (let i = 0; i < count; i++) await vfs.stat(path)
  })
}

export const stat1 = () => stat(1)
export const stat5 = () => stat(5)
export const stat20 = () => stat(20)

export const missing = async () => {
  const { vfs } = await machine()
  for (let i = 1; i < 5; i++) await vfs.mkdir("/d".repeat(i))
  return measure(async (count) => {
    for (let i = 0; i < count; i++) {
      try {
        await vfs.stat("/d/d/d/d/nothing")
      } catch {
        // It has to fail.
      }
    }
  })
}

export const create = () => {
  const content = Sizes.kilobyte()
  let vfs
  return measure(async (count) => {
    for (let i = 0; i < count; i++) await vfs.writeFile(Sizes.fileOf(i), content)
  }, {
    count: Sizes.filesInTree,
    batches: 1,
    prepare: async () => {
      ;({ vfs } = await machine())
      for (let i = 0; i < Sizes.directoriesInTree; i++) await vfs.mkdir(Sizes.directoryOf(i * 1000))
    }
  })
}

const full = async () => {
  const { vfs } = await machine()
  await vfs.mkdir("/d")
  for (let i = 0; i < Sizes.entriesListed; i++) await vfs.writeFile(`/d/file${i}`, new Uint8Array(0))
  return vfs
}

export const readdir = async () => {
  const vfs = await full()
  return measure(async (count) => {
    for (let i = 0; i < count; i++) await vfs.readDirWithTypes("/d")
  })
}

const fileOf = async (bytes, flags) => {
  const { inside, pid, vfs } = await machine()
  await vfs.writeFile("/f", new Uint8Array(bytes).fill(7))
  return { inside, pid, fd: inside.fdOpen(pid, "/f", flags) }
}

export const read = async () => {
  const { fd, inside, pid } = await fileOf(Sizes.MIB, 0)
  return measure(async (count) => {
    for (let i = 0; i < count; i++) {
      if (i % 256 === 0) await inside.fdSeek(pid, fd, 0n, 0)
      await inside.fdRead(pid, fd, Sizes.BLOCK)
    }
  })
}

export const pread = async () => {
  const { fd, inside, pid } = await fileOf(64 * Sizes.MIB, 0)
  const offsets = Array.from(Sizes.randomOffsets(), BigInt)
  return measure(async (count) => {
    for (let i = 0; i < count; i++) await inside.fdPread(pid, fd, Sizes.BLOCK, offsets[i % offsets.length])
  })
}

/** Each write costs the whole file, so fewer of them are measured. */
const writeTo = async (begin, count, batches) => {
  const content = Sizes.block()
  let inside
  let pid
  let fd
  return measure(async (count) => {
    for (let i = 0; i < count; i++) await inside.fdWrite(pid, fd, content)
  }, {
    count,
    batches,
    prepare: async () => {
      ;({ fd, inside, pid } = await fileOf(begin, O_WRONLY | O_CREAT | O_APPEND))
    }
  })
}

export const write = () => writeTo(0, quick ? 1024 : 4096, 1)
export const append = () => writeTo(64 * Sizes.MIB, quick ? 2 : 10, 1)

export const rename = async () => {
  const vfs = await full()
  const names = ["/d", "/e"]
  return measure(async (count) => {
    for (let i = 0; i < count; i++) {
      await vfs.rename(names[0], names[1])
      names.reverse()
    }
  })
}
