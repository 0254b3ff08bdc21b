/**
 * Options of TCP: kept to be read back.
 *
 * @see tcp(7)
 */
import * as Abi from "../../abi/Socket.js"

export const CONGESTION = "cubic"

/** Each with what it is before it is set. */
export const tcpOptions: ReadonlyMap<number, number> = new Map([
  [Abi.TCP_NODELAY, 0],
  [Abi.TCP_MAXSEG, 536],
  [Abi.TCP_CORK, 0],
  [Abi.TCP_KEEPIDLE, 7200],
  [Abi.TCP_KEEPINTVL, 75],
  [Abi.TCP_KEEPCNT, 9],
  [Abi.TCP_SYNCNT, 6],
  [Abi.TCP_LINGER2, 60],
  [Abi.TCP_DEFER_ACCEPT, 0],
  [Abi.TCP_WINDOW_CLAMP, 0],
  [Abi.TCP_QUICKACK, 1],
  [Abi.TCP_USER_TIMEOUT, 0],
  [Abi.TCP_FASTOPEN, 0]
])

const ranges: ReadonlyMap<number, readonly [least: number, most: number]> = new Map([
  [Abi.TCP_MAXSEG, [88, 32_767]],
  [Abi.TCP_KEEPIDLE, [1, 32_767]],
  [Abi.TCP_KEEPINTVL, [1, 32_767]],
  [Abi.TCP_KEEPCNT, [1, 127]],
  [Abi.TCP_SYNCNT, [1, 127]],
  [Abi.TCP_USER_TIMEOUT, [0, 0x7fffffff]]
])

/** Whether an option takes a value. */
export const checkTcpOption = (option: number, value: number): boolean => {
  const range = ranges.get(option)
  return range === undefined || (value >= range[0] && value <= range[1])
}
