/**
 * Between a connection of a kernel and one of node: bytes in both directions, no more of them than there is room for.
 */
import type { Connection } from "@effix/kernel/Network"
import { Buffer } from "node:buffer"
import type { Socket } from "node:net"

/** Bytes that are taken at a time. */
const BLOCK = 65_536

const nothing = (): void => {}

export const bridge = (socket: Socket, { incoming, outgoing }: Connection): void => {
  /** What came and found no room, and how much of it is in. */
  let waiting: Uint8Array | undefined
  let done = 0
  let ended = false
  let isFull = false
  let cut = false

  // A guest's small writes wait for nobody: how they are gathered is its own affair.
  socket.setNoDelay(true)

  const reset = (): void => {
    cut = true
    socket.resetAndDestroy()
  }

  const pour = (): void => {
    if (waiting !== undefined) {
      done = incoming.fill(waiting, done)
      if (done < waiting.length) return
      waiting = undefined
      socket.resume()
    }
    if (ended) incoming.end()
  }

  const drain = (): void => {
    while (outgoing.held > 0 && !isFull && !socket.destroyed) {
      const bytes = Buffer.allocUnsafe(Math.min(BLOCK, outgoing.held))
      outgoing.take(bytes, 0, bytes.length)
      isFull = !socket.write(bytes)
    }
    if (outgoing.ended && outgoing.held === 0) socket.end()
  }

  outgoing.reader = { bytesCame: drain, roomCame: nothing, cut: reset }
  incoming.writer = { bytesCame: nothing, roomCame: pour, cut: reset }
  socket.on("data", (bytes: Buffer) => {
    waiting = bytes
    done = 0
    socket.pause()
    pour()
  })
  socket.on("end", () => {
    ended = true
    pour()
  })
  socket.on("drain", () => {
    isFull = false
    drain()
  })
  socket.on("error", nothing)
  socket.on("close", () => {
    // Node closes a connection that both sides have ended; any other that is closed was cut.
    if (cut || (ended && outgoing.ended)) return
    incoming.reader.cut()
    outgoing.writer.cut()
  })
  drain()
}
