import { measure, throughput } from "../../Meter.mjs"
import * as Sizes from "../sizes.mjs"

const CAPACITY = 65_536

/** Bytes in a ring, and one promise for whoever waits. */
export class Pipe {
  ring = new Uint8Array(CAPACITY)
  readAt = 0
  writtenAt = 0
  #resume = undefined

  write(from) {
    const count = Math.min(from.length, CAPACITY - (this.writtenAt - this.readAt))
    const at = this.writtenAt % CAPACITY
    if (count === 1) this.ring[at] = from[0]
    else {
      const untilEnd = Math.min(count, CAPACITY - at)
      this.ring.set(untilEnd === from.length ? from : from.subarray(0, untilEnd), at)
      if (untilEnd < count) this.ring.set(from.subarray(untilEnd, count), 0)
    }
    this.writtenAt += count
    const resume = this.#resume
    if (resume !== undefined) {
      this.#resume = undefined
      resume()
    }
    return count
  }

  read(into) {
    const count = Math.min(into.length, this.writtenAt - this.readAt)
    const at = this.readAt % CAPACITY
    if (count === 1) into[0] = this.ring[at]
    else {
      const untilEnd = Math.min(count, CAPACITY - at)
      into.set(this.ring.subarray(at, at + untilEnd), 0)
      if (untilEnd < count) into.set(this.ring.subarray(0, count - untilEnd), untilEnd)
    }
    this.readAt += count
    return count
  }

  get wait() {
    return new Promise((resolve) => {
      this.#resume = resolve
    })
  }
}

export const bulkThrough = async (pipe) => {
  const from = new Uint8Array(CAPACITY)
  const into = new Uint8Array(CAPACITY)
  const consume = async () => {
    for (;;) {
      if (pipe.read(into) === 0) await pipe.wait
    }
  }
  void consume()
  return throughput(
    CAPACITY,
    await measure(async (count) => {
      for (let i = 0; i < count; i++) {
        pipe.write(from)
        await undefined
      }
    })
  )
}

export const bulk = () => bulkThrough(new Pipe())

export const roundTripThrough = (there, back) => {
  const serve = async () => {
    const byte = new Uint8Array(1)
    for (;;) {
      if (there.read(byte) === 0) await there.wait
      else back.write(byte)
    }
  }
  void serve()
  const byte = new Uint8Array(1)
  return measure(async (count) => {
    for (let i = 0; i < count; i++) {
      there.write(byte)
      while (back.read(byte) === 0) await back.wait
    }
  })
}

export const roundTrip = () => roundTripThrough(new Pipe(), new Pipe())

export const buffered = () => {
  const byte = new Uint8Array(1)
  let pipe
  return measure((count) => {
    for (let i = 0; i < count; i++) pipe.write(byte)
  }, {
    count: 20_000,
    batches: 25,
    prepare: () => {
      pipe = new Pipe()
      for (let i = 0; i < 30_000; i++) pipe.write(byte)
    }
  })
}

/** Byte by byte as a terminal must: into the line, and echoed. */
export const line = () => {
  const text = Sizes.line()
  const input = new Pipe()
  const output = new Pipe()
  const into = new Uint8Array(256)
  const editing = new Uint8Array(4096)
  const byte = new Uint8Array(1)
  return measure(async (count) => {
    for (let i = 0; i < count; i++) {
      let length = 0
      for (let k = 0; k < text.length; k++) {
        const each = text[k]
        editing[length++] = each
        byte[0] = each === 10 ? 13 : each
        output.write(byte)
        if (each !== 10) continue
        byte[0] = 10
        output.write(byte)
        input.write(editing.subarray(0, length))
        length = 0
      }
      await undefined
      input.read(into)
      output.read(into)
    }
  })
}
