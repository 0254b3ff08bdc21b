/**
 * The errnos of the manual pages of sockets and of waiting for several descriptors: for each call, a program whose last
 * step answers with each of them.
 */
import { EpollFlags, Netdevice, OpenFlags, PollEvents, Resources, Socket as Abi } from "@effix/kernel"
import type { Directed } from "./directed.js"
import type { Call, Program, Step } from "./program.js"
import { drop, readOnly } from "./setting.js"

const { AF_INET, AF_INET6, AF_UNIX, SOCK_DGRAM, SOCK_NONBLOCK, SOCK_RAW, SOCK_SEQPACKET, SOCK_STREAM, SOL_SOCKET } = Abi
const { EPOLL_CTL_ADD, EPOLL_CTL_MOD, EPOLLET, EPOLLIN } = EpollFlags

/** No family and no type that anything is of. */
const NONE = 77
const RELIABLE = 4
const NOBODY = 9
const MINE = "inet 127.0.0.1 5000"
const NOWHERE = "inet 9.9.9.9 5000"

const opened: Program = [["open", "a", OpenFlags.O_CREAT | OpenFlags.O_RDWR, 0o644]]
const noFiles: Step = ["setrlimit", Resources.RLIMIT_NOFILE, 0]
const socket = (family: number, type: number): Step => ["socket", family, type, 0]
const pair = (type: number, flags = SOCK_NONBLOCK): Step => ["socketpair", AF_UNIX, type | flags, 0]
const udp: Program = [socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK)]
const tcp: Program = [socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK)]
const stream: Program = [socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK)]
const datagram: Program = [socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK)]

/** Descriptor 0 listens, with room for one. */
const listening = (family: number, address: string, flags = SOCK_NONBLOCK): Program => [
  socket(family, SOCK_STREAM | flags),
  ["bind", 0, address],
  ["listen", 0, 0]
]
/** Its room is taken by descriptor 1. */
const full = (family: number, address: string): Program => [
  ...listening(family, address),
  socket(family, SOCK_STREAM),
  ["connect", 1, address]
]
/** Descriptors 1 and 2 are connected. */
const connected: Program = [...full(AF_INET, MINE), ["accept", 0, SOCK_NONBLOCK]]
/** Nobody has said anything to descriptor 1, and it has sent what it could. */
const crammed = (flags: number): Program => [
  pair(SOCK_STREAM, flags),
  ["send", 0, 400_000, 0, Abi.MSG_DONTWAIT]
]
const onNothing = (of: (fd: number) => Step): Directed => ({
  EBADF: [of(NOBODY)],
  ENOTSOCK: [...opened, of(0)]
})

export const socketCalls: Readonly<Partial<Record<Call, Directed>>> = {
  socket: {
    EAFNOSUPPORT: [socket(NONE, SOCK_STREAM)],
    EINVAL: [["socket", AF_UNIX, SOCK_STREAM | 0x100_0000, 0]],
    EMFILE: [noFiles, socket(AF_UNIX, SOCK_STREAM)],
    EPERM: [...drop, ["socket", AF_INET, SOCK_RAW, 1]],
    EPROTONOSUPPORT: [["socket", AF_INET, SOCK_STREAM, Abi.IPPROTO_UDP]],
    ESOCKTNOSUPPORT: [socket(AF_UNIX, RELIABLE)]
  },
  socketpair: {
    EAFNOSUPPORT: [["socketpair", NONE, SOCK_STREAM, 0]],
    EMFILE: [["setrlimit", Resources.RLIMIT_NOFILE, 1], pair(SOCK_STREAM)],
    EOPNOTSUPP: [["socketpair", AF_INET, SOCK_STREAM, 0]],
    EPROTONOSUPPORT: [["socketpair", AF_UNIX, SOCK_STREAM, 5]]
  },
  bind: {
    ...onNothing((fd) => ["bind", fd, MINE]),
    EACCES: [...udp, ...drop, ["bind", 0, "inet 127.0.0.1 80"]],
    EADDRINUSE: [...udp, ["bind", 0, MINE], ...udp, ["bind", 1, MINE]],
    EADDRNOTAVAIL: [...udp, ["bind", 0, NOWHERE]],
    EAFNOSUPPORT: [...udp, ["bind", 0, "path a"]],
    EINVAL: [...udp, ["bind", 0, MINE], ["bind", 0, "inet 127.0.0.1 5001"]],
    ELOOP: [...stream, ["symlink", "l", "l"], ["bind", 0, "path l/a"]],
    ENODEV: [socket(AF_INET6, SOCK_DGRAM), ["bind", 0, "inet6 fe80::1 0 99"]],
    ENOENT: [...stream, ["bind", 0, "path d/a"]],
    ENOTDIR: [...opened, ...stream, ["bind", 1, "path a/b"]],
    EROFS: [...readOnly, ...stream, ["bind", 0, "path d/x"]]
  },
  listen: {
    ...onNothing((fd) => ["listen", fd, 0]),
    EADDRINUSE: [
      ...tcp,
      ...tcp,
      ["setsockopt", 0, SOL_SOCKET, Abi.SO_REUSEADDR, 1],
      ["setsockopt", 1, SOL_SOCKET, Abi.SO_REUSEADDR, 1],
      ["bind", 0, MINE],
      ["bind", 1, MINE],
      ["listen", 0, 0],
      ["listen", 1, 0]
    ],
    EINVAL: [...stream, ["listen", 0, 0]],
    EOPNOTSUPP: [...udp, ["listen", 0, 0]]
  },
  accept: {
    ...onNothing((fd) => ["accept", fd, 0]),
    EAGAIN: [...listening(AF_INET, MINE), ["accept", 0, 0]],
    EINTR: [...listening(AF_INET, MINE, 0), ["accept", 0, 0]],
    EINVAL: [...tcp, ["accept", 0, 0]],
    EMFILE: [...full(AF_INET, MINE), noFiles, ["accept", 0, 0]],
    EOPNOTSUPP: [...udp, ["accept", 0, 0]]
  },
  connect: {
    ...onNothing((fd) => ["connect", fd, MINE]),
    EACCES: [...listening(AF_UNIX, "path l"), ["chmod", "l", 0o600], ...stream, ...drop, ["connect", 1, "path l"]],
    EADDRNOTAVAIL: [
      socket(AF_INET, SOCK_STREAM),
      ["bind", 0, "inet 0.0.0.0 5000"],
      ["listen", 0, 0],
      socket(AF_INET, SOCK_STREAM),
      ["connect", 1, MINE],
      ["accept", 0, 0],
      ["shutdown", 0, Abi.SHUT_RD],
      ["connect", 0, "inet 127.0.0.1 @1"]
    ],
    EAFNOSUPPORT: [...tcp, ["connect", 0, "path a"]],
    EAGAIN: [...full(AF_UNIX, "path l"), ...stream, ["connect", 2, "path l"]],
    EALREADY: [...full(AF_INET, MINE), ...tcp, ["connect", 2, MINE], ["connect", 2, MINE]],
    ECONNABORTED: [
      socket(AF_INET, SOCK_STREAM),
      ["bind", 0, MINE],
      ["shutdown", 0, Abi.SHUT_RDWR],
      ["connect", 0, MINE]
    ],
    ECONNREFUSED: [socket(AF_INET, SOCK_STREAM), ["connect", 0, MINE]],
    EINPROGRESS: [...tcp, ["connect", 0, MINE]],
    EINTR: [...full(AF_UNIX, "path l"), socket(AF_UNIX, SOCK_STREAM), ["connect", 2, "path l"]],
    EINVAL: [socket(AF_INET6, SOCK_DGRAM), ["connect", 0, "inet6 fe80::1 5000"]],
    EISCONN: [...connected, ["connect", 1, MINE]],
    ELOOP: [...stream, ["symlink", "l", "l"], ["connect", 0, "path l/a"]],
    ENETUNREACH: [...tcp, ["connect", 0, NOWHERE]],
    ENOENT: [...stream, ["connect", 0, "path l"]],
    ENOTDIR: [...opened, ...stream, ["connect", 1, "path a/b"]],
    EPERM: [
      ...datagram,
      ["bind", 0, "path a"],
      ...datagram,
      ["bind", 1, "path b"],
      ["connect", 0, "path b"],
      ...datagram,
      ["connect", 2, "path a"]
    ],
    EPROTOTYPE: [...listening(AF_UNIX, "path l"), ...datagram, ["connect", 1, "path l"]]
  },
  send: {
    ...onNothing((fd) => ["send", fd, 1, 0, 0]),
    EAGAIN: [...crammed(SOCK_NONBLOCK), ["send", 0, 1, 0, 0]],
    ECONNREFUSED: [...udp, ["connect", 0, MINE], ["send", 0, 1, 0, 0], ["send", 0, 1, 0, 0]],
    ECONNRESET: [...connected, ["send", 1, 1, 0, 0], ["close", 2], ["send", 1, 1, 0, 0]],
    EDESTADDRREQ: [...udp, ["send", 0, 1, 0, 0]],
    EINTR: [...crammed(0), ["send", 0, 1, 0, 0]],
    EMSGSIZE: [...udp, ["connect", 0, MINE], ["send", 0, 65_508, 0, 0]],
    ENOTCONN: [...stream, ["send", 0, 1, 0, 0]],
    EOPNOTSUPP: [...udp, ["send", 0, 1, 0, Abi.MSG_OOB]],
    EPIPE: [pair(SOCK_STREAM), ["close", 1], ["send", 0, 1, 0, 0]]
  },
  sendto: {
    ...onNothing((fd) => ["sendto", fd, 1, 0, 0, MINE]),
    EACCES: [...udp, ["sendto", 0, 1, 0, 0, "inet 127.255.255.255 5000"]],
    EINVAL: [...udp, ["sendto", 0, 1, 0, 0, "inet 127.0.0.1 0"]],
    EISCONN: [pair(SOCK_STREAM), ["sendto", 0, 1, 0, 0, "path a"]],
    ENETUNREACH: [...udp, ["sendto", 0, 1, 0, 0, NOWHERE]],
    ENOENT: [...datagram, ["sendto", 0, 1, 0, 0, "path a"]]
  },
  sendmsg: {
    ...onNothing((fd) => ["sendmsg", fd, 1, 0, 0, "", ""]),
    EBADF: [pair(SOCK_STREAM), ["sendmsg", 0, 1, 0, 0, `${NOBODY}`, ""]],
    EINVAL: [pair(SOCK_STREAM), ["sendmsg", 0, 1, 0, 0, Array.from({ length: 254 }, () => 0).join(), ""]],
    EPERM: [pair(SOCK_STREAM), ...drop, ["sendmsg", 0, 1, 0, 0, "", "0,0,0"]],
    ESRCH: [pair(SOCK_STREAM), ["sendmsg", 0, 1, 0, 0, "", "99999999,0,0"]],
    ETOOMANYREFS: [
      pair(SOCK_STREAM),
      ...drop,
      ["setrlimit", Resources.RLIMIT_NOFILE, 3],
      ["sendmsg", 0, 1, 0, 0, "0,0,0,0", ""],
      ["sendmsg", 0, 1, 0, 0, "0", ""]
    ]
  },
  recv: {
    ...onNothing((fd) => ["recv", fd, 1, 0]),
    EAGAIN: [pair(SOCK_STREAM), ["recv", 0, 1, 0]],
    ECONNREFUSED: [...udp, ["connect", 0, MINE], ["send", 0, 1, 0, 0], ["recv", 0, 1, 0]],
    ECONNRESET: [pair(SOCK_SEQPACKET), ["send", 0, 1, 0, 0], ["close", 1], ["recv", 0, 1, 0]],
    EINTR: [pair(SOCK_STREAM, 0), ["recv", 0, 1, 0]],
    EINVAL: [...stream, ["recv", 0, 1, 0]],
    ENOTCONN: [...tcp, ["recv", 0, 1, 0]],
    EOPNOTSUPP: [...datagram, ["recv", 0, 1, Abi.MSG_OOB]]
  },
  recvfrom: onNothing((fd) => ["recvfrom", fd, 1, 0]),
  recvmsg: onNothing((fd) => ["recvmsg", fd, 1, 0, 0]),
  shutdown: {
    ...onNothing((fd) => ["shutdown", fd, Abi.SHUT_RD]),
    EINVAL: [...udp, ["shutdown", 0, 3]],
    ENOTCONN: [...tcp, ["shutdown", 0, Abi.SHUT_RD]]
  },
  getsockname: onNothing((fd) => ["getsockname", fd]),
  getpeername: { ...onNothing((fd) => ["getpeername", fd]), ENOTCONN: [...tcp, ["getpeername", 0]] },
  getsockopt: {
    ...onNothing((fd) => ["getsockopt", fd, SOL_SOCKET, Abi.SO_TYPE]),
    ENOPROTOOPT: [...udp, ["getsockopt", 0, SOL_SOCKET, 9999]],
    EOPNOTSUPP: [...stream, ["getsockopt", 0, Abi.SOL_TCP, Abi.TCP_NODELAY]]
  },
  setsockopt: {
    ...onNothing((fd) => ["setsockopt", fd, SOL_SOCKET, Abi.SO_REUSEADDR, 1]),
    EACCES: [...udp, ...drop, ["setsockopt", 0, SOL_SOCKET, Abi.SO_DEBUG, 1]],
    EINVAL: [...tcp, ["setsockopt", 0, Abi.SOL_TCP, Abi.TCP_KEEPCNT, 128]],
    ENOPROTOOPT: [...udp, ["setsockopt", 0, SOL_SOCKET, Abi.SO_TYPE, 1]],
    EPERM: [...udp, ...drop, ["setsockopt", 0, SOL_SOCKET, Abi.SO_PRIORITY, 7]]
  },
  netdevice: {
    EADDRNOTAVAIL: [...udp, ["netdevice", 0, Netdevice.SIOCGIFADDR, "lo:1"]],
    EBADF: [["netdevice", NOBODY, Netdevice.SIOCGIFCONF, ""]],
    ENODEV: [...stream, ["netdevice", 0, Netdevice.SIOCGIFMTU, "none"]],
    ENOTTY: [...stream, ["netdevice", 0, Netdevice.SIOCGIFADDR, "lo"]]
  },
  group: {
    ...onNothing((fd) => ["group", fd, "224.0.0.251", 1]),
    EADDRINUSE: [...udp, ["group", 0, "224.0.0.251", 1], ["group", 0, "224.0.0.251", 1]],
    EADDRNOTAVAIL: [...udp, ["group", 0, "224.0.0.251", 0]],
    EINVAL: [...udp, ["group", 0, "127.0.0.1", 1]]
  },
  select: {
    EBADF: [["select", `${NOBODY}`, "", "", 0]],
    EINTR: [["select", "", "", "", -1]],
    EINVAL: [["select", "", "", "", -5]]
  },
  poll2: {
    EINTR: [["poll2", -1, 0, -1, 0, -1]],
    EINVAL: [noFiles, ["poll2", 0, PollEvents.POLLIN, -1, 0, 0]]
  },
  epoll_create: { EINVAL: [["epoll_create", 1]], EMFILE: [noFiles, ["epoll_create", 0]] },
  epoll_ctl: {
    EBADF: [["epoll_create", 0], ["epoll_ctl", 0, EPOLL_CTL_ADD, NOBODY, EPOLLIN, 0]],
    EEXIST: [
      ["epoll_create", 0],
      ["eventfd", 0, 0],
      ["epoll_ctl", 0, EPOLL_CTL_ADD, 1, EPOLLIN, 0],
      ["epoll_ctl", 0, EPOLL_CTL_ADD, 1, EPOLLIN, 0]
    ],
    // Also for what EPOLLEXCLUSIVE does not go with.
    EINVAL: [["epoll_create", 0], ["epoll_ctl", 0, EPOLL_CTL_ADD, 0, EPOLLIN, 0]],
    ELOOP: [
      ["epoll_create", 0],
      ["epoll_create", 0],
      ["epoll_ctl", 0, EPOLL_CTL_ADD, 1, EPOLLIN, 0],
      ["epoll_ctl", 1, EPOLL_CTL_ADD, 0, EPOLLIN, 0]
    ],
    ENOENT: [["epoll_create", 0], ["eventfd", 0, 0], ["epoll_ctl", 0, EPOLL_CTL_MOD, 1, EPOLLIN | EPOLLET, 0]],
    EPERM: [...opened, ["epoll_create", 0], ["epoll_ctl", 1, EPOLL_CTL_ADD, 0, EPOLLIN, 0]]
  },
  epoll_wait: {
    EBADF: [["epoll_wait", NOBODY, 1, 0]],
    EINTR: [["epoll_create", 0], ["epoll_wait", 0, 1, -1]],
    EINVAL: [["epoll_create", 0], ["epoll_wait", 0, 0, 0]]
  },
  eventfd: { EINVAL: [["eventfd", 0, 1 << 20]], EMFILE: [noFiles, ["eventfd", 0, 0]] }
}
