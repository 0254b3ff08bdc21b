import { measure, quick } from "../../Meter.mjs"
import * as Sizes from "../sizes.mjs"
import { Kernel } from "./kernel.mjs"

const withPath = (depth) => {
  const kernel = new Kernel()
  for (let i = 1; i < depth; i++) kernel.mkdir("/d".repeat(i))
  kernel.create(Sizes.pathOfDepth(depth))
  return kernel
}

/** Keeps answers from being found useless by the compiler. */
let seen = 0

const stat = (depth, path = Sizes.pathOfDepth(depth)) => {
  const kernel = withPath(depth)
  return measure((count) => {
    for (let i = 0; i < count; i++) seen += kernel.stat(path).ino ?? 0
  })
}

export const stat1 = () => stat(1)
export const stat5 = () => stat(5)
export const stat20 = () => stat(20)
export const missing = () => stat(5, "/d/d/d/d/nothing")

export const create = () => {
  const content = Sizes.kilobyte()
  let kernel
  return measure((count) => {
    for (let i = 0; i < count; i++) kernel.create(Sizes.fileOf(i)).writeExact(content)
  }, {
    count: Sizes.filesInTree,
    batches: 3,
    prepare: () => {
      kernel = new Kernel()
      for (let i = 0; i < Sizes.directoriesInTree; i++) kernel.mkdir(Sizes.directoryOf(i * 1000))
    }
  })
}

const full = () => {
  const kernel = new Kernel()
  kernel.mkdir("/d")
  for (let i = 0; i < Sizes.entriesListed; i++) kernel.create(`/d/file${i}`)
  return kernel
}

export const readdir = () => {
  const kernel = full()
  return measure((count) => {
    for (let i = 0; i < count; i++) seen += Array.from(kernel.find("/d").entries.keys()).length
  })
}

const fileOf = (bytes) => {
  const kernel = new Kernel()
  const file = kernel.create("/f")
  const content = Sizes.block()
  while (file.size < bytes) file.write(file.size, content)
  return { kernel, file, content }
}

export const read = () => {
  const { kernel } = fileOf(Sizes.MIB)
  const { descriptors } = kernel
  const fd = kernel.open("/f")
  const into = Sizes.block()
  return measure((count) => {
    for (let i = 0; i < count; i++) {
      const description = descriptors[fd]
      if (i % 256 === 0) description.offset = 0
      description.offset += description.inode.read(description.offset, into)
    }
  })
}

export const pread = () => {
  const { kernel } = fileOf(64 * Sizes.MIB)
  const { descriptors } = kernel
  const fd = kernel.open("/f")
  const into = Sizes.block()
  const offsets = Sizes.randomOffsets()
  return measure((count) => {
    for (let i = 0; i < count; i++) seen += descriptors[fd].inode.read(offsets[i % offsets.length], into)
  })
}

const writeTo = (bytes, batches, begin = 0) => {
  let file
  const content = Sizes.block()
  return measure((count) => {
    for (let i = 0; i < count; i++) file.write(file.size, content)
  }, {
    count: bytes / Sizes.BLOCK,
    batches,
    prepare: () => {
      file = undefined
      ;({ file } = fileOf(begin))
    }
  })
}

export const write = () => writeTo(16 * Sizes.MIB, quick ? 3 : 9)
export const writeLarge = () => writeTo(1024 * Sizes.MIB, 1)
export const append = () => writeTo(16 * Sizes.MIB, quick ? 2 : 5, 64 * Sizes.MIB)
export const appendLarge = () => writeTo(16 * Sizes.MIB, 1, 1024 * Sizes.MIB)

export const rename = () => {
  const kernel = full()
  const move = (from, to) => {
    const directory = kernel.parent(from)
    const inode = directory.entries.get(kernel.name)
    directory.entries.delete(kernel.name)
    kernel.parent(to).entries.set(kernel.name, inode)
  }
  const names = ["/d", "/e"]
  return measure((count) => {
    for (let i = 0; i < count; i++) {
      move(names[0], names[1])
      names.reverse()
    }
  })
}
