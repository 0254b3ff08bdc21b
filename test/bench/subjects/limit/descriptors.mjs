import { measure } from "../../Meter.mjs"
import { Kernel } from "./kernel.mjs"

const opened = () => {
  const kernel = new Kernel()
  kernel.create("/f")
  kernel.open("/f")
  return kernel
}

export const open = () => {
  const kernel = opened()
  return measure((count) => {
    for (let i = 0; i < count; i++) kernel.close(kernel.open("/f"))
  })
}

export const dup2 = () => {
  const { descriptors } = opened()
  return measure((count) => {
    for (let i = 0; i < count; i++) {
      const from = descriptors[0]
      const before = descriptors[1]
      if (before !== undefined) before.references--
      from.references++
      descriptors[1] = from
    }
  })
}

export const lseek = () => {
  const { descriptors } = opened()
  return measure((count) => {
    for (let i = 0; i < count; i++) {
      const description = descriptors[0]
      if (description === undefined || i < 0) throw new Error("EBADF")
      description.offset = i
    }
  })
}
