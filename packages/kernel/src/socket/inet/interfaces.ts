/**
 * What an interface says of itself: numbers that a network may leave out, and what follows from its addresses.
 *
 * @see netdevice(7)
 */
import {
  ARPHRD_ETHER,
  ARPHRD_LOOPBACK,
  IFF_BROADCAST,
  IFF_LOOPBACK,
  IFF_MULTICAST,
  IFF_RUNNING,
  IFF_UP
} from "../../abi/Netdevice.js"
import type { Interface } from "../Network.js"
import * as Ip from "./Ip.js"
import * as Loopback from "./Loopback.js"

const PREFIX = 24
const PREFIX6 = 64
const MTU = 1500

const isLoopback = ({ index }: Interface): boolean => index === Loopback.INDEX

export const flagsOf = (self: Interface): number =>
  IFF_UP | IFF_RUNNING | (isLoopback(self) ? IFF_LOOPBACK : IFF_BROADCAST | IFF_MULTICAST)

export const mtuOf = ({ mtu = MTU }: Interface): number => mtu

/** How many bits of an address of it name the network. */
export const prefixOf = ({ prefixes }: Interface, address: string): number =>
  prefixes?.[address] ?? (Ip.is4(address) ? PREFIX : PREFIX6)

/** The address of IPv4 that it is known by. */
export const addressOf = ({ addresses }: Interface): string | undefined => addresses.find(Ip.is4)

/** An address of IPv4 whose first bits are set. */
export const netmask = (prefix: number): string =>
  [0, 8, 16, 24].map((before) => 256 - 2 ** (8 - Math.min(8, Math.max(0, prefix - before)))).join(".")

/** The address of the network that an address of IPv4 is in. */
export const networkOf = (address: string, prefix: number): string => {
  const mask = netmask(prefix).split(".")
  return address.split(".").map((part, i) => Number(part) & Number(mask[i])).join(".")
}

/** The address that means all of that network; none where it has none. */
export const broadcastOf = (self: Interface, address: string): string => {
  const prefix = prefixOf(self, address)
  const mask = netmask(prefix).split(".")
  const all = address.split(".").map((part, i) => Number(part) | 255 - Number(mask[i])).join(".")
  return self.broadcasts?.includes(all) === true ? all : Ip.ANY
}

export interface HardwareAddress {
  /** ARPHRD_ETHER or ARPHRD_LOOPBACK. */
  readonly type: number
  /** Six bytes, `02:00:0a:00:00:01`. */
  readonly address: string
}

/** One of its own making is made of its first address. */
export const hardwareOf = (self: Interface): HardwareAddress => {
  if (isLoopback(self)) return { type: ARPHRD_LOOPBACK, address: "00:00:00:00:00:00" }
  const bytes = [2, 0, ...(addressOf(self) ?? `0.0.0.${self.index & 255}`).split(".").map(Number)]
  const made = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(":")
  return { type: ARPHRD_ETHER, address: self.hardwareAddress ?? made }
}
