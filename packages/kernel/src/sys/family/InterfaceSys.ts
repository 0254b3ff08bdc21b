import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Abi from "../../abi/Netdevice.js"
import type { Errno } from "../../Errno.js"
import type { HardwareAddress } from "../../socket/inet/interfaces.js"
import type { InterfaceAddress, InterfaceCalls } from "../contract/interfaces.js"
import { type Answer, netdevice, type NetdeviceError } from "../netdevice.js"
import { SocketSys } from "./SocketSys.js"

type OfOne<A> = Effect.Effect<A, Errno<"EBADF" | "ENODEV" | "ENOTTY">>

export abstract class InterfaceSys extends SocketSys implements InterfaceCalls {
  netdevice(
    fd: number,
    request: typeof Abi.SIOCGIFCONF
  ): Effect.Effect<ReadonlyArray<InterfaceAddress>, Errno<"EBADF" | "ENOTTY">>
  netdevice(fd: number, request: typeof Abi.SIOCGIFNAME, index: number): OfOne<string>
  netdevice(fd: number, request: typeof Abi.SIOCGIFHWADDR, name: string): OfOne<HardwareAddress>
  netdevice(
    fd: number,
    request:
      | typeof Abi.SIOCGIFADDR
      | typeof Abi.SIOCGIFDSTADDR
      | typeof Abi.SIOCGIFBRDADDR
      | typeof Abi.SIOCGIFNETMASK,
    name: string
  ): Effect.Effect<string, NetdeviceError>
  netdevice(
    fd: number,
    request:
      | typeof Abi.SIOCGIFFLAGS
      | typeof Abi.SIOCGIFINDEX
      | typeof Abi.SIOCGIFMETRIC
      | typeof Abi.SIOCGIFMTU
      | typeof Abi.SIOCGIFTXQLEN,
    name: string
  ): OfOne<number>
  netdevice(fd: number, request: number, which: string | number = ""): Effect.Effect<Answer, NetdeviceError> {
    return this.call(() => netdevice(this.rooms, this.self, fd, request, which))
  }

  ifNameindex() {
    return this.call(() => Exit.succeed(this.rooms.sockets.interfaces().map(({ index, name }) => ({ index, name }))))
  }
}
