/**
 * The cells of whoever has the methods of `node:fs`: `empty` makes a new file system.
 */
import { bytesOf, measure, quick } from "../Meter.mjs"
import * as Sizes from "./sizes.mjs"

export const filesOf = (empty) => {
  const withDirectories = (depth) => {
    const fs = empty()
    if (depth > 1) fs.mkdirSync("/d".repeat(depth - 1), { recursive: true })
    return fs
  }

  const stat = (depth) => {
    const fs = withDirectories(depth)
    const path = Sizes.pathOfDepth(depth)
    fs.writeFileSync(path, "")
    return measure((count) => {
      for (let i = 0; i < count; i++) fs.statSync(path)
    })
  }

  const missing = () => {
    const fs = withDirectories(5)
    return measure((count) => {
      for (let i = 0; i < count; i++) {
        try {
          fs.statSync("/d/d/d/d/nothing")
        } catch {
          // It has to fail.
        }
      }
    })
  }

  const create = () => {
    const content = Sizes.kilobyte()
    let fs
    return measure((count) => {
      for (let i = 0; i < count; i++) fs.writeFileSync(Sizes.fileOf(i), content)
    }, {
      count: Sizes.filesInTree,
      batches: 1,
      prepare: () => {
        fs = empty()
        for (let i = 0; i < Sizes.directoriesInTree; i++) fs.mkdirSync(Sizes.directoryOf(i * 1000))
      }
    })
  }

  const full = () => {
    const fs = withDirectories(2)
    for (let i = 0; i < Sizes.entriesListed; i++) fs.writeFileSync(`/d/file${i}`, "")
    return fs
  }

  const readdir = () => {
    const fs = full()
    return measure((count) => {
      for (let i = 0; i < count; i++) fs.readdirSync("/d", { withFileTypes: true })
    })
  }

  const fileOf = (bytes) => {
    const fs = empty()
    fs.writeFileSync("/f", new Uint8Array(bytes).fill(7))
    return fs
  }

  const read = () => {
    const fs = fileOf(Sizes.MIB)
    const fd = fs.openSync("/f", "r")
    const into = Sizes.block()
    return measure((count) => {
      for (let i = 0; i < count; i++) fs.readSync(fd, into, 0, Sizes.BLOCK, i % 256 * Sizes.BLOCK)
    })
  }

  const pread = () => {
    const fs = fileOf(64 * Sizes.MIB)
    const fd = fs.openSync("/f", "r")
    const into = Sizes.block()
    const offsets = Sizes.randomOffsets()
    return measure((count) => {
      for (let i = 0; i < count; i++) fs.readSync(fd, into, 0, Sizes.BLOCK, offsets[i % offsets.length])
    })
  }

  const writeTo = (begin, bytes, batches) => {
    const content = Sizes.block()
    let fs
    let fd
    return measure((count) => {
      for (let i = 0; i < count; i++) fs.writeSync(fd, content)
    }, {
      count: bytes / Sizes.BLOCK,
      batches,
      prepare: () => {
        fs = fileOf(begin)
        fd = fs.openSync("/f", "a")
      }
    })
  }

  const rename = () => {
    const fs = full()
    const names = ["/d", "/e"]
    return measure((count) => {
      for (let i = 0; i < count; i++) {
        fs.renameSync(names[0], names[1])
        names.reverse()
      }
    })
  }

  return {
    stat1: () => stat(1),
    stat5: () => stat(5),
    stat20: () => stat(20),
    missing,
    create,
    readdir,
    read,
    pread,
    write: () => writeTo(0, 16 * Sizes.MIB, 3),
    append: () => writeTo(64 * Sizes.MIB, quick ? Sizes.MIB : 16 * Sizes.MIB, 1),
    rename
  }
}

/** Opening and closing. */
export const descriptorsOf = (empty) => ({
  open: () => {
    const fs = empty()
    fs.writeFileSync("/f", "x")
    return measure((count) => {
      for (let i = 0; i < count; i++) fs.closeSync(fs.openSync("/f", "r"))
    })
  }
})

/** What a file costs in bytes. */
export const memoryOf = (empty) => {
  const filled = (content) =>
    bytesOf(20_000, (count) => {
      const fs = empty()
      fs.mkdirSync("/d")
      for (let i = 0; i < count; i++) fs.writeFileSync(`/d/file${i}`, content)
      return fs
    })
  return { emptyFile: () => filled(""), smallFile: () => filled(Sizes.kilobyte()) }
}
