import { bytesOf } from "../../Meter.mjs"
import * as Sizes from "../sizes.mjs"
import { Kernel } from "./kernel.mjs"
import { bootOnce } from "./processes.mjs"

export const idleKernel = () => bytesOf(200, (count) => Array.from({ length: count }, bootOnce))

const filled = (content) =>
  bytesOf(20_000, (count) => {
    const kernel = new Kernel()
    kernel.mkdir("/d")
    for (let i = 0; i < count; i++) {
      const file = kernel.create(`/d/file${i}`)
      if (content !== undefined) file.writeExact(content)
    }
    return kernel
  })

export const emptyFile = () => filled(undefined)
export const smallFile = () => filled(Sizes.kilobyte())

export const process = () =>
  bytesOf(5000, (count) => {
    const table = new Map()
    for (let pid = 1; pid <= count; pid++) table.set(pid, { pid, descriptors: [], parent: undefined, ended: undefined })
    return table
  })
