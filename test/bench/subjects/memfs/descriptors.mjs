import { createFsFromVolume, Volume } from "memfs"
import { measure } from "../../Meter.mjs"

export const open = () => {
  const fs = createFsFromVolume(Volume.fromJSON({ "/f": "x" }))
  return measure((count) => {
    for (let i = 0; i < count; i++) fs.closeSync(fs.openSync("/f", "r"))
  })
}
