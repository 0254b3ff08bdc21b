import type { ByteStream, Urgent } from "../socket/ByteStream.js"
import type { Line } from "./Line.js"

/** Bytes that travel together. */
const PIECE = 65_536

const nothing = (): void => {}

/**
 * Takes bytes out of the stream on one machine, and puts them into the stream on another.
 *
 * `back` leads the other way. It takes no more than there is room for over there, so that whoever writes too fast waits, as TCP's window has it.
 */
export const carry = (line: Line, back: Line, source: ByteStream, target: ByteStream): void => {
  let inFlight = 0
  let ending = false
  let urgent: Urgent | undefined

  /** Sends what there is room for. */
  const pump = (): void => {
    while (source.held > 0) {
      const count = Math.min(PIECE, source.held, target.abandoned ? PIECE : target.room - inFlight)
      if (count <= 0) return
      const bytes = new Uint8Array(count)
      inFlight += count
      const along = urgent !== undefined && urgent.at < source.passed + count ? urgent : undefined
      if (along !== undefined) urgent = undefined
      source.take(bytes, 0, count)
      line.send(() => {
        inFlight -= count
        if (along !== undefined) target.urge(along)
        // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a stream, not an array
        target.fill(bytes, 0)
        // A reader that is quick never says that there is room.
        pump()
      })
    }
    if (!source.ended || ending) return
    ending = true
    line.send(() => target.end())
  }

  source.reader = {
    bytesCame: pump,
    roomCame: nothing,
    cut: () => line.send(() => target.reader.cut()),
    urgentCame: (came) => {
      urgent = came
    }
  }
  // Nobody reads over there any more: the sender is told.
  target.writer = { bytesCame: nothing, roomCame: pump, cut: () => back.send(() => source.writer.cut()) }
  pump()
}
