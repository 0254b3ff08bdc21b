import { Volume } from "memfs"
import { bytesOf } from "../../Meter.mjs"
import * as Sizes from "../sizes.mjs"

const filled = (content) =>
  bytesOf(20_000, (count) => {
    const volume = new Volume()
    volume.mkdirSync("/d")
    for (let i = 0; i < count; i++) volume.writeFileSync(`/d/file${i}`, content)
    return volume
  })

export const emptyFile = () => filled("")
export const smallFile = () => filled(Sizes.kilobyte())
