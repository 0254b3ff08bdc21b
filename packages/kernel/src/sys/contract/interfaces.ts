/**
 * Network interfaces: what a machine is connected through.
 *
 * @see netdevice(7)
 */
import type * as Effect from "effect/Effect"
import type {
  SIOCGIFADDR,
  SIOCGIFBRDADDR,
  SIOCGIFCONF,
  SIOCGIFDSTADDR,
  SIOCGIFFLAGS,
  SIOCGIFHWADDR,
  SIOCGIFINDEX,
  SIOCGIFMETRIC,
  SIOCGIFMTU,
  SIOCGIFNAME,
  SIOCGIFNETMASK,
  SIOCGIFTXQLEN
} from "../../abi/Netdevice.js"
import type { Errno } from "../../Errno.js"
import type { HardwareAddress } from "../../socket/inet/interfaces.js"

/** One address of IPv4, and the interface that has it. */
export interface InterfaceAddress {
  readonly name: string
  readonly address: string
}

export interface InterfaceName {
  readonly index: number
  readonly name: string
}

type NoSocket = Errno<"EBADF" | "ENOTTY">

/** Asks an interface through any socket; addresses are asked for through one of IPv4, and ENOTTY otherwise. */
export interface Netdevice {
  /** Every address of IPv4. */
  (fd: number, request: typeof SIOCGIFCONF): Effect.Effect<ReadonlyArray<InterfaceAddress>, NoSocket>
  /** The name of the interface of a number, as if_indextoname(3) has it. */
  (fd: number, request: typeof SIOCGIFNAME, index: number): Effect.Effect<string, NoSocket | Errno<"ENODEV">>
  /** The address of IPv4, the mask of its network, and the address that means all of that network. */
  (
    fd: number,
    request: typeof SIOCGIFADDR | typeof SIOCGIFDSTADDR | typeof SIOCGIFBRDADDR | typeof SIOCGIFNETMASK,
    name: string
  ): Effect.Effect<string, NoSocket | Errno<"EADDRNOTAVAIL" | "ENODEV">>
  /** A sum of IFF_UP and its siblings, the bytes of a packet, the number of the interface as if_nametoindex(3) has it. */
  (
    fd: number,
    request:
      | typeof SIOCGIFFLAGS
      | typeof SIOCGIFINDEX
      | typeof SIOCGIFMETRIC
      | typeof SIOCGIFMTU
      | typeof SIOCGIFTXQLEN,
    name: string
  ): Effect.Effect<number, NoSocket | Errno<"ENODEV">>
  (
    fd: number,
    request: typeof SIOCGIFHWADDR,
    name: string
  ): Effect.Effect<HardwareAddress, NoSocket | Errno<"ENODEV">>
}

export interface InterfaceCalls {
  /** @see netdevice(7) */
  readonly netdevice: Netdevice
  /** Every interface, in the order of their numbers. @see if_nameindex(3) */
  readonly ifNameindex: () => Effect.Effect<ReadonlyArray<InterfaceName>>
}
