/**
 * Addresses of sockets, as programs write and read them.
 *
 * @see unix(7)
 * @see ip(7)
 */

/** A socket in the file system. `path` is a path like any other: a byte that is not UTF-8 is a lone surrogate. */
export interface UnixPath {
  readonly family: "unix"
  readonly path: string
}

/** A name that lies in no file system and goes when its socket does; without the NUL that stands before it in C. */
export interface UnixAbstract {
  readonly family: "unix"
  readonly abstract: string
}

/** No name: what a socket has before it is bound. Given to bind(2) it asks for an abstract name that is free. */
export interface UnixUnnamed {
  readonly family: "unix"
}

export interface Inet {
  readonly family: "inet"
  /** Four numbers with dots. */
  readonly address: string
  readonly port: number
}

export interface Inet6 {
  readonly family: "inet6"
  /** Hexadecimal groups with colons; `::ffff:1.2.3.4` is the address 1.2.3.4 of IPv4. */
  readonly address: string
  readonly port: number
  /** The number of an interface, for addresses that are good on one only. */
  readonly scope?: number
}

/** AF_UNSPEC: given to connect(2) it takes the peer away again. */
export interface Unspecified {
  readonly family: "unspecified"
}

export type UnixAddress = UnixPath | UnixAbstract | UnixUnnamed
export type SocketAddress = UnixAddress | Inet | Inet6 | Unspecified

export const unnamed: UnixUnnamed = { family: "unix" }
