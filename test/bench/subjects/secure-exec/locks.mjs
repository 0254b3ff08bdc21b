import { measure } from "../../Meter.mjs"
import * as Sizes from "../sizes.mjs"
import { machine } from "./machine.mjs"

const O_RDWR = 2
const LOCK_EX = 2
const LOCK_UN = 8

export const pair = async () => {
  const { inside, pid, vfs } = await machine()
  await vfs.writeFile("/f", new Uint8Array(1))
  const fd = inside.fdOpen(pid, "/f", O_RDWR)
  return measure(async (count) => {
    for (let i = 0; i < count; i++) {
      await inside.flock(pid, fd, LOCK_EX)
      await inside.flock(pid, fd, LOCK_UN)
    }
  })
}

/** A process may open 256 files here; so the descriptors belong to several. */
export const handOff = async () => {
  const { inside, pid, vfs } = await machine()
  await vfs.writeFile("/f", new Uint8Array(1))
  const holder = inside.fdOpen(pid, "/f", O_RDWR)
  const waiters = Array.from({ length: Sizes.lockWaiters }, () => {
    const child = inside.spawn("stay", [], { ppid: pid }).pid
    return [child, inside.fdOpen(child, "/f", O_RDWR)]
  })
  const flock = (owner, fd, operation) => inside.flock(owner, fd, operation)
  await flock(pid, holder, LOCK_EX)
  for (const [child, fd] of waiters) {
    void (async () => {
      for (;;) {
        await flock(child, fd, LOCK_EX)
        await flock(child, fd, LOCK_UN)
      }
    })()
  }
  const round = await measure(async (count) => {
    for (let i = 0; i < count; i++) {
      await flock(pid, holder, LOCK_UN)
      await flock(pid, holder, LOCK_EX)
    }
  })
  return round / (Sizes.lockWaiters + 1)
}
