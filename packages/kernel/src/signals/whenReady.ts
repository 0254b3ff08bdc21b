/**
 * Tells when something can be read from a description, or written to it, by the same notification that poll(2) uses.
 *
 * @see open(2), O_ASYNC
 */
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLPRI } from "../abi/PollEvents.js"
import { POLL_HUP, POLL_IN, POLL_OUT } from "../abi/SignalCodes.js"
import type { Description } from "../Description.js"
import * as WaitQueue from "../WaitQueue.js"

/**
 * Of the queues of a description, the first is that of those who read and the second of those who write. `lacked`
 * answers whether anybody has found no room since it was told last.
 */
export const whenReady = (
  of: Description,
  tell: (code: number) => void,
  lacked = () => true
): () => void => {
  const [readers, writers] = of.pollQueues
  const stops = [
    WaitQueue.watch(readers === undefined ? [] : [readers], () => {
      const events = of.poll()
      if ((events & (POLLHUP | POLLERR)) !== 0) tell(POLL_HUP)
      else if ((events & (POLLIN | POLLPRI)) !== 0) tell(POLL_IN)
    }),
    WaitQueue.watch(writers === undefined ? [] : [writers], () => {
      if ((of.poll() & (POLLOUT | POLLHUP)) === POLLOUT && lacked()) tell(POLL_OUT)
    })
  ]
  return () => stops.forEach((stop) => stop())
}
