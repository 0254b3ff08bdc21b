/**
 * Numbers of network interfaces: what is asked of them, and what they say of themselves, as Linux on x86-64 has them.
 *
 * @see netdevice(7)
 */
export const SIOCGIFNAME = 0x8910
export const SIOCGIFCONF = 0x8912
export const SIOCGIFFLAGS = 0x8913
export const SIOCGIFADDR = 0x8915
export const SIOCGIFDSTADDR = 0x8917
export const SIOCGIFBRDADDR = 0x8919
export const SIOCGIFNETMASK = 0x891b
export const SIOCGIFMETRIC = 0x891d
export const SIOCGIFMTU = 0x8921
export const SIOCGIFHWADDR = 0x8927
export const SIOCGIFINDEX = 0x8933
export const SIOCGIFTXQLEN = 0x8942

export const IFF_UP = 0x1
export const IFF_BROADCAST = 0x2
export const IFF_LOOPBACK = 0x8
export const IFF_RUNNING = 0x40
export const IFF_MULTICAST = 0x1000

export const ARPHRD_ETHER = 1
export const ARPHRD_LOOPBACK = 772

/** The bytes of a name, with the one that ends it. */
export const IFNAMSIZ = 16
