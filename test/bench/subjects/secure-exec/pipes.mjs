import { measure, throughput } from "../../Meter.mjs"
import * as Sizes from "../sizes.mjs"
import { machine } from "./machine.mjs"

export const bulk = async () => {
  const { inside, pid } = await machine()
  const { readFd, writeFd } = inside.pipe(pid)
  const from = new Uint8Array(65_536)
  const consume = async () => {
    while ((await inside.fdRead(pid, readFd, 65_536)).length > 0) continue
  }
  void consume()
  return throughput(
    65_536,
    await measure(async (count) => {
      for (let i = 0; i < count; i++) await inside.fdWrite(pid, writeFd, from)
    })
  )
}

export const roundTrip = async () => {
  const { inside, pid } = await machine()
  const there = inside.pipe(pid)
  const back = inside.pipe(pid)
  const serve = async () => {
    for (;;) await inside.fdWrite(pid, back.writeFd, await inside.fdRead(pid, there.readFd, 1))
  }
  void serve()
  const byte = new Uint8Array(1)
  return measure(async (count) => {
    for (let i = 0; i < count; i++) {
      await inside.fdWrite(pid, there.writeFd, byte)
      await inside.fdRead(pid, back.readFd, 1)
    }
  })
}

export const buffered = async () => {
  const { inside, pid } = await machine()
  const byte = new Uint8Array(1)
  let ends
  return measure(async (count) => {
    for (let i = 0; i < count; i++) await inside.fdWrite(pid, ends.writeFd, byte)
  }, {
    count: 2000,
    batches: 1,
    prepare: async () => {
      ends = inside.pipe(pid)
      for (let i = 0; i < 30_000; i++) await inside.fdWrite(pid, ends.writeFd, byte)
    }
  })
}

export const line = async () => {
  const { inside, pid } = await machine()
  const { masterFd, slaveFd } = inside.openpty(pid)
  const text = Sizes.line()
  return measure(async (count) => {
    for (let i = 0; i < count; i++) {
      await inside.fdWrite(pid, masterFd, text)
      await inside.fdRead(pid, slaveFd, 256)
      for (let echoed = 0; echoed < text.length + 1;) echoed += (await inside.fdRead(pid, masterFd, 256)).length
    }
  })
}
