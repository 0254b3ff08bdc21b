/**
 * Options of the socket level: what is kept in fields, what is only read back, and what may not be set.
 *
 * @see socket(7)
 */
import * as Exit from "effect/Exit"
import { CAP_NET_ADMIN, CAP_NET_RAW } from "../abi/Capabilities.js"
import { errnoTable } from "../abi/ErrnoTable.js"
import { IFNAMSIZ } from "../abi/Netdevice.js"
import * as Abi from "../abi/Socket.js"
import { capable } from "../Credentials.js"
import * as Errno from "../Errno.js"
import type { Process } from "../ProcessTable.js"
import type { OptionError } from "./errors.js"
import type { Linger, Membership, OptionValue } from "./OptionValue.js"
import type { Socket } from "./Socket.js"

const BUFFER_MIN_SEND = 4608
const BUFFER_MIN_RECEIVE = 2304
const INT_MAX = 0x7fffffff

/** Options that are on or off and that nothing here depends on. */
const switches: ReadonlyArray<number> = [
  Abi.SO_DEBUG,
  Abi.SO_DONTROUTE,
  Abi.SO_KEEPALIVE,
  Abi.SO_OOBINLINE,
  Abi.SO_NO_CHECK,
  Abi.SO_TIMESTAMP,
  Abi.SO_TIMESTAMP_NEW,
  Abi.SO_TIMESTAMPNS,
  Abi.SO_TIMESTAMPNS_NEW,
  Abi.SO_RXQ_OVFL,
  Abi.SO_SELECT_ERR_QUEUE,
  Abi.SO_PREFER_BUSY_POLL,
  Abi.SO_RCVMARK,
  Abi.SO_ZEROCOPY
]
/** Numbers that nothing here depends on, with what they are before they are set. */
const numbers: ReadonlyMap<number, number> = new Map([
  [Abi.SO_PRIORITY, 0],
  [Abi.SO_MARK, 0],
  [Abi.SO_TIMESTAMPING, 0],
  [Abi.SO_BUSY_POLL, 0],
  [Abi.SO_MAX_PACING_RATE, -1],
  [Abi.SO_INCOMING_CPU, -1]
])

/** Where an option of another level is kept, apart from those of this one. */
export const keyOf = (level: number, option: number): number => (level + 1) << 16 | option

export const keep = (self: Socket, key: number, value: number | string): Exit.Exit<void> => {
  ;(self.kept ??= new Map()).set(key, value)
  return Exit.void
}

export const isNumber = (value: OptionValue): value is number => typeof value === "number"
const isLinger = (value: OptionValue): value is Linger => typeof value === "object" && "on" in value
export const isMembership = (value: OptionValue): value is Membership => typeof value === "object" && "group" in value

const onOff = (on: boolean): Exit.Exit<number> => Exit.succeed(on ? 1 : 0)
const milliseconds = (timeout: number): Exit.Exit<number> => Exit.succeed(timeout === Infinity ? 0 : timeout)

/** @see getsockopt(2) */
export const getOption = (self: Socket, level: number, option: number): Exit.Exit<OptionValue, OptionError> => {
  if (level !== Abi.SOL_SOCKET) return Errno.fail("EOPNOTSUPP")
  switch (option) {
    case Abi.SO_TYPE:
      return Exit.succeed(self.type)
    case Abi.SO_DOMAIN:
      return Exit.succeed(self.domain)
    case Abi.SO_PROTOCOL:
      return Exit.succeed(self.protocol)
    case Abi.SO_ACCEPTCONN:
      return onOff(self.listening)
    case Abi.SO_ERROR: {
      const { error } = self
      self.error = undefined
      return Exit.succeed(error === undefined ? 0 : errnoTable[error][0])
    }
    case Abi.SO_REUSEADDR:
      return onOff(self.settings.reuseAddress)
    case Abi.SO_REUSEPORT:
      return onOff(self.settings.reusePort)
    case Abi.SO_BROADCAST:
      return onOff(self.settings.broadcast)
    case Abi.SO_SNDBUF:
      return Exit.succeed(self.sendBuffer)
    case Abi.SO_RCVBUF:
      return Exit.succeed(self.receiveBuffer)
    case Abi.SO_LINGER:
      return Exit.succeed({ on: self.settings.lingers, seconds: self.settings.linger })
    case Abi.SO_RCVTIMEO:
      return milliseconds(self.settings.receiveTimeout)
    case Abi.SO_SNDTIMEO:
      return milliseconds(self.settings.sendTimeout)
    case Abi.SO_RCVLOWAT:
      return Exit.succeed(self.settings.lowWater)
    case Abi.SO_SNDLOWAT:
      return Exit.succeed(1)
    case Abi.SO_PEEK_OFF:
      return Exit.succeed(self.peekOffset)
    case Abi.SO_MEMINFO: {
      const { dropped, received, sent } = self.memory
      return Exit.succeed([received, self.receiveBuffer, sent, self.sendBuffer, 0, 0, 0, 0, dropped])
    }
    case Abi.SO_COOKIE:
      return Exit.succeed(self.ino)
    case Abi.SO_BINDTODEVICE:
      return Exit.succeed(self.device === 0 ? "" : self.context.deviceName(self.device))
    case Abi.SO_BSDCOMPAT:
    case Abi.SO_INCOMING_NAPI_ID:
      return Exit.succeed(0)
    case Abi.SO_PASSSEC:
      return self.domain === Abi.AF_UNIX ? onOff(self.kept?.get(option) === 1) : Errno.fail("EOPNOTSUPP")
  }
  const initial = switches.includes(option) ? 0 : numbers.get(option)
  return initial === undefined ? Errno.fail("ENOPROTOOPT") : Exit.succeed(self.kept?.get(option) ?? initial)
}

/** A size as SO_SNDBUF takes it: cut to what is granted, doubled, and not below the least. */
const buffer = (wanted: number, most: number, least: number): number =>
  Math.max(least, 2 * Math.min(wanted < 0 ? INT_MAX : wanted, most))

const timeout = (value: number): number => value === 0 ? Infinity : Math.max(0, value)

/** @see setsockopt(2) */
export const setOption = (
  self: Socket,
  level: number,
  option: number,
  value: OptionValue,
  caller: Process
): Exit.Exit<void, OptionError> => {
  if (level !== Abi.SOL_SOCKET) return Errno.fail("EOPNOTSUPP")
  const privileged = capable(caller.credentials, CAP_NET_ADMIN)
  if (option === Abi.SO_LINGER) {
    if (!isLinger(value)) return Errno.fail("EINVAL")
    self.set(value.on ? { lingers: true, linger: value.seconds } : { lingers: false })
    return Exit.void
  }
  if (option === Abi.SO_BINDTODEVICE) {
    if (typeof value !== "string") return Errno.fail("EINVAL")
    const name = value.split("\0", 1)[0]!.slice(0, IFNAMSIZ - 1)
    const device = name === "" ? 0 : self.context.deviceNamed(name)
    if (device === undefined) return Errno.fail("ENODEV")
    // Whoever is kept to an interface may not leave it.
    if (self.device !== 0 && !capable(caller.credentials, CAP_NET_RAW)) return Errno.fail("EPERM")
    self.device = device
    return Exit.void
  }
  if (option === Abi.SO_MEMINFO) return Errno.fail("ENOPROTOOPT")
  if (!isNumber(value)) return Errno.fail("EINVAL")
  const { context: { bufferMax } } = self
  switch (option) {
    case Abi.SO_TYPE:
    case Abi.SO_DOMAIN:
    case Abi.SO_PROTOCOL:
    case Abi.SO_ACCEPTCONN:
    case Abi.SO_ERROR:
    case Abi.SO_SNDLOWAT:
    case Abi.SO_PEERCRED:
    case Abi.SO_PEERGROUPS:
    case Abi.SO_PEERPIDFD:
    case Abi.SO_COOKIE:
    case Abi.SO_INCOMING_NAPI_ID:
      return Errno.fail("ENOPROTOOPT")
    case Abi.SO_BSDCOMPAT:
      return Exit.void
    case Abi.SO_PASSSEC:
      return self.domain === Abi.AF_UNIX ? keep(self, option, value === 0 ? 0 : 1) : Errno.fail("EOPNOTSUPP")
    case Abi.SO_ZEROCOPY:
      if (self.domain === Abi.AF_UNIX) return Errno.fail("EOPNOTSUPP")
      return value === 0 || value === 1 ? keep(self, option, value) : Errno.fail("EINVAL")
    case Abi.SO_REUSEADDR:
      self.set({ reuseAddress: value !== 0 })
      return Exit.void
    case Abi.SO_REUSEPORT:
      if (value !== 0 && self.domain === Abi.AF_UNIX) return Errno.fail("EOPNOTSUPP")
      self.set({ reusePort: value !== 0 })
      return Exit.void
    case Abi.SO_BROADCAST:
      self.set({ broadcast: value !== 0 })
      return Exit.void
    case Abi.SO_SNDBUFFORCE:
    case Abi.SO_RCVBUFFORCE:
      if (!privileged) return Errno.fail("EPERM")
      if (option === Abi.SO_SNDBUFFORCE) self.sendBuffer = buffer(Math.max(0, value), INT_MAX >> 1, BUFFER_MIN_SEND)
      else self.receiveBuffer = buffer(Math.max(0, value), INT_MAX >> 1, BUFFER_MIN_RECEIVE)
      return Exit.void
    case Abi.SO_SNDBUF:
      self.sendBuffer = buffer(value, bufferMax, BUFFER_MIN_SEND)
      self.changed()
      return Exit.void
    case Abi.SO_RCVBUF:
      self.receiveBuffer = buffer(value, bufferMax, BUFFER_MIN_RECEIVE)
      return Exit.void
    case Abi.SO_RCVTIMEO:
      self.set({ receiveTimeout: timeout(value) })
      return Exit.void
    case Abi.SO_SNDTIMEO:
      self.set({ sendTimeout: timeout(value) })
      return Exit.void
    case Abi.SO_RCVLOWAT:
      self.set({ lowWater: Math.min(self.lowWaterMax, value < 0 ? INT_MAX : Math.max(1, value)) })
      return Exit.void
    case Abi.SO_PEEK_OFF:
      self.peekOffset = value
      return Exit.void
    case Abi.SO_PRIORITY:
      if ((value < 0 || value > 6) && !privileged) return Errno.fail("EPERM")
      return keep(self, option, value)
    case Abi.SO_RCVMARK:
    case Abi.SO_PREFER_BUSY_POLL:
      return value === 0 || privileged ? keep(self, option, value === 0 ? 0 : 1) : Errno.fail("EPERM")
    case Abi.SO_MARK:
      return privileged ? keep(self, option, value) : Errno.fail("EPERM")
    case Abi.SO_DEBUG:
      if (value !== 0 && !privileged) return Errno.fail("EACCES")
      return keep(self, option, value === 0 ? 0 : 1)
  }
  if (switches.includes(option)) return keep(self, option, value === 0 ? 0 : 1)
  return numbers.has(option) ? keep(self, option, value) : Errno.fail("ENOPROTOOPT")
}
