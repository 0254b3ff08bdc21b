/**
 * What programs ask of network interfaces.
 *
 * @see netdevice(7)
 */
import * as Exit from "effect/Exit"
import * as Abi from "../abi/Netdevice.js"
import { O_PATH } from "../abi/OpenFlags.js"
import { AF_INET } from "../abi/Socket.js"
import * as Errno from "../Errno.js"
import type { Process } from "../ProcessTable.js"
import * as Interfaces from "../socket/inet/interfaces.js"
import type { Interface } from "../socket/Network.js"
import { Socket } from "../socket/Socket.js"
import type { InterfaceAddress } from "../Sys.js"
import type { Rooms } from "./Rooms.js"

/** Packets that wait to be sent: there is nothing that they would have to wait for. */
const QUEUE = 1000

export type Answer = string | number | Interfaces.HardwareAddress | ReadonlyArray<InterfaceAddress>
export type NetdeviceError = Errno.Errno<"EADDRNOTAVAIL" | "EBADF" | "ENODEV" | "ENOTTY">

const addressAt = (self: Interface, address: string, request: number): string => {
  switch (request) {
    case Abi.SIOCGIFBRDADDR:
      return Interfaces.broadcastOf(self, address)
    case Abi.SIOCGIFNETMASK:
      return Interfaces.netmask(Interfaces.prefixOf(self, address))
    default:
      return address
  }
}

const addresses: ReadonlyArray<number> = [
  Abi.SIOCGIFADDR,
  Abi.SIOCGIFDSTADDR,
  Abi.SIOCGIFBRDADDR,
  Abi.SIOCGIFNETMASK
]

/** What each of the other requests answers. */
const told: ReadonlyMap<number, (self: Interface) => Answer> = new Map<number, (self: Interface) => Answer>([
  [Abi.SIOCGIFFLAGS, Interfaces.flagsOf],
  [Abi.SIOCGIFINDEX, ({ index }) => index],
  [Abi.SIOCGIFMETRIC, () => 0],
  [Abi.SIOCGIFMTU, Interfaces.mtuOf],
  [Abi.SIOCGIFTXQLEN, () => QUEUE],
  [Abi.SIOCGIFHWADDR, Interfaces.hardwareOf]
])

/** Every address of IPv4, with its interface. */
const listed = (all: ReadonlyArray<Interface>): ReadonlyArray<InterfaceAddress> =>
  all.flatMap(({ addresses, name }) =>
    addresses.filter((address) => !address.includes(":")).map((address) => ({ name, address }))
  )

export const netdevice = (
  { sockets }: Rooms,
  self: Process,
  fd: number,
  request: number,
  which: string | number
): Exit.Exit<Answer, NetdeviceError> => {
  const socket = self.fds.get(fd)
  if (socket === undefined || (socket.flags & O_PATH) !== 0) return Errno.fail("EBADF", { syscall: "ioctl", fd })
  if (!(socket instanceof Socket)) return Errno.fail("ENOTTY", { syscall: "ioctl", fd })
  const all = sockets.interfaces()
  if (request === Abi.SIOCGIFCONF) return Exit.succeed(listed(all))
  if (request === Abi.SIOCGIFNAME) {
    const named = all.find(({ index }) => index === which)
    return named === undefined ? Errno.fail("ENODEV", { syscall: "ioctl" }) : Exit.succeed(named.name)
  }
  const ofAddress = addresses.includes(request)
  const tell = told.get(request)
  if (ofAddress ? socket.domain !== AF_INET : tell === undefined) return Errno.fail("ENOTTY", { syscall: "ioctl", fd })
  // What stands behind a colon is a name of old for one of several addresses: there are none of those.
  const [name, alias] = String(which).slice(0, Abi.IFNAMSIZ - 1).split(":", 2)
  const found = all.find((each) => each.name === name)
  if (found === undefined) return Errno.fail("ENODEV", { syscall: "ioctl" })
  if (tell !== undefined) return Exit.succeed(tell(found))
  const address = alias === undefined ? Interfaces.addressOf(found) : undefined
  return address === undefined
    ? Errno.fail("EADDRNOTAVAIL", { syscall: "ioctl" })
    : Exit.succeed(addressAt(found, address, request))
}
