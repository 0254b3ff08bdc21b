import { measure } from "../../Meter.mjs"
import { machine } from "./machine.mjs"

const opened = async () => {
  const { inside, pid, vfs } = await machine()
  await vfs.writeFile("/f", new Uint8Array(1))
  return { inside, pid, fd: inside.fdOpen(pid, "/f", 0) }
}

export const open = async () => {
  const { inside, pid } = await opened()
  return measure((count) => {
    for (let i = 0; i < count; i++) inside.fdClose(pid, inside.fdOpen(pid, "/f", 0))
  })
}

export const dup2 = async () => {
  const { fd, inside, pid } = await opened()
  return measure((count) => {
    for (let i = 0; i < count; i++) inside.fdDup2(pid, fd, 20)
  })
}

export const lseek = async () => {
  const { fd, inside, pid } = await opened()
  return measure(async (count) => {
    for (let i = 0; i < count; i++) await inside.fdSeek(pid, fd, 5n, 0)
  })
}
