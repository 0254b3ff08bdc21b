import { InMemoryFs } from "just-bash"
import { measure } from "../../Meter.mjs"
import * as Sizes from "../sizes.mjs"

const withDirectories = (depth) => {
  const fs = new InMemoryFs()
  if (depth > 1) fs.mkdirSync("/d".repeat(depth - 1), { recursive: true })
  return fs
}

const stat = (depth) => {
  const fs = withDirectories(depth)
  const path = Sizes.pathOfDepth(depth)
  fs.writeFileSync(path, "")
  return measure(async (count) => {
    for (let i = 0; i < count; i++) await fs.stat(path)
  })
}

export const stat1 = () => stat(1)
export const stat5 = () => stat(5)
export const stat20 = () => stat(20)

export const missing = () => {
  const fs = withDirectories(5)
  return measure(async (count) => {
    for (let i = 0; i < count; i++) {
      try {
        await fs.stat("/d/d/d/d/nothing")
      } catch {
        // It has to fail.
      }
    }
  })
}

export const create = () => {
  const content = Sizes.kilobyte()
  let fs
  return measure(async (count) => {
    for (let i = 0; i < count; i++) await fs.writeFile(Sizes.fileOf(i), content)
  }, {
    count: Sizes.filesInTree,
    batches: 1,
    prepare: () => {
      fs = new InMemoryFs()
      for (let i = 0; i < Sizes.directoriesInTree; i++) fs.mkdirSync(Sizes.directoryOf(i * 1000))
    }
  })
}

const full = () => {
  const fs = withDirectories(2)
  for (let i = 0; i < Sizes.entriesListed; i++) fs.writeFileSync(`/d/file${i}`, "")
  return fs
}

export const readdir = () => {
  const fs = full()
  return measure(async (count) => {
    for (let i = 0; i < count; i++) await fs.readdirWithFileTypes("/d")
  }, { count: 3, batches: 3 })
}

export const rename = () => {
  const fs = full()
  return measure(async (count) => {
    for (let i = 0; i < count; i++) await (i % 2 === 0 ? fs.mv("/d", "/e") : fs.mv("/e", "/d"))
  }, { count: 2, batches: 3 })
}
