import { bytesOf } from "../../Meter.mjs"
import * as Sizes from "../sizes.mjs"
import { bootOne, machine } from "./machine.mjs"

export const idleKernel = async () => {
  await bootOne()
  return bytesOf(200, async (count) => {
    const kernels = []
    for (let i = 0; i < count; i++) kernels.push(await bootOne())
    return kernels
  })
}

const filled = async (content) => {
  const { vfs } = await machine()
  await vfs.mkdir("/d")
  return bytesOf(20_000, async (count) => {
    for (let i = 0; i < count; i++) await vfs.writeFile(`/d/file${i}`, content.slice())
    return vfs
  })
}

export const emptyFile = () => filled(new Uint8Array(0))
export const smallFile = () => filled(Sizes.kilobyte())

export const process = async () => {
  const { inside, pid } = await machine()
  return bytesOf(5000, (count) => {
    for (let i = 0; i < count; i++) inside.spawn("stay", [], { ppid: pid })
    return inside
  })
}
