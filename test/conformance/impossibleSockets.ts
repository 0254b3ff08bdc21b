/**
 * Errnos of the manual pages of sockets and of waiting that no program here can reach, and why; and what those pages list.
 */
import type { Errno } from "@effix/kernel"
import type { Call } from "./program.js"

const exhausts = "would exhaust a table of the whole machine that is asked"
const noLengths = "an address is a value: it has no length of its own"
const noFirewall = "there is no firewall; what a policy refuses is EACCES"
const otherNetworks = "comes from networks that are not here"
const elsewhere =
  "the loopback network loses nothing; `VirtualNetwork.test.ts` and `tcp.test.ts` reach it in time that is made"

export const impossibleSockets: Readonly<Partial<Record<Call, Readonly<Partial<Record<Errno.Code, string>>>>>> = {
  socket: { EACCES: "Linux answers EPERM", ENFILE: exhausts },
  socketpair: { ENFILE: exhausts },
  bind: { ENAMETOOLONG: "an address of 108 bytes has no room for a name that is too long" },
  accept: {
    ECONNABORTED: "Linux hands over a connection that was cut meanwhile",
    ENFILE: exhausts,
    EPERM: noFirewall,
    EPROTO: otherNetworks
  },
  connect: {
    EADDRINUSE: "Linux answers EADDRNOTAVAIL",
    EHOSTUNREACH: elsewhere,
    ETIMEDOUT: elsewhere
  },
  send: { EALREADY: "there is no Fast Open" },
  getsockname: { EINVAL: noLengths },
  getpeername: { EINVAL: noLengths },
  getsockopt: { ENOPKG: "every family here is always there" },
  epoll_create: { ENFILE: exhausts },
  epoll_ctl: { ENOSPC: `${exhausts}; epoll.test.ts reaches it with a lower limit` },
  eventfd: { ENFILE: exhausts, ENODEV: "descriptors without a file need no file system" }
}

const sending: ReadonlyArray<Call> = ["send", "sendto", "sendmsg"]
const receiving: ReadonlyArray<Call> = ["recv", "recvfrom", "recvmsg"]
const options: ReadonlyArray<Call> = ["getsockopt", "setsockopt"]
const all: ReadonlyArray<Call> = [
  ...options,
  "socket",
  "socketpair",
  "bind",
  "listen",
  "accept",
  "connect",
  ...sending,
  ...receiving,
  "shutdown",
  "getsockname",
  "getpeername"
]

export const manualSockets: ReadonlyArray<readonly [calls: ReadonlyArray<Call>, errnos: string]> = [
  [["socket"], "EACCES EAFNOSUPPORT EINVAL EMFILE ENFILE ENOBUFS ENOMEM EPROTONOSUPPORT"],
  [["socketpair"], "EAFNOSUPPORT EFAULT EMFILE ENFILE EOPNOTSUPP EPROTONOSUPPORT"],
  [
    ["bind"],
    "EACCES EADDRINUSE EBADF EINVAL ENOTSOCK EADDRNOTAVAIL EFAULT ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EROFS"
  ],
  [["listen"], "EADDRINUSE EBADF ENOTSOCK EOPNOTSUPP"],
  [
    ["accept"],
    "EAGAIN EBADF ECONNABORTED EFAULT EINTR EINVAL EMFILE ENFILE ENOBUFS ENOMEM ENOTSOCK EOPNOTSUPP EPERM EPROTO"
  ],
  [
    ["connect"],
    "EACCES EPERM EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF ECONNREFUSED EFAULT EINPROGRESS EINTR EISCONN ENETUNREACH ENOTSOCK EPROTOTYPE ETIMEDOUT"
  ],
  [
    sending,
    "EACCES EAGAIN EALREADY EBADF ECONNRESET EDESTADDRREQ EFAULT EINTR EINVAL EISCONN EMSGSIZE ENOBUFS ENOMEM ENOTCONN ENOTSOCK EOPNOTSUPP EPIPE"
  ],
  [receiving, "EAGAIN EBADF ECONNREFUSED EFAULT EINTR EINVAL ENOMEM ENOTCONN ENOTSOCK"],
  [["shutdown"], "EBADF EINVAL ENOTCONN ENOTSOCK"],
  [options, "EBADF EFAULT EINVAL ENOPROTOOPT ENOTSOCK"],
  [["getsockname"], "EBADF EFAULT EINVAL ENOBUFS ENOTSOCK"],
  [["getpeername"], "EBADF EFAULT EINVAL ENOBUFS ENOTCONN ENOTSOCK"],
  // netdevice(7) lists none but where an interface is changed.
  [["netdevice"], "EADDRNOTAVAIL EBADF ENODEV ENOTTY"],
  [["poll2"], "EFAULT EINTR EINVAL ENOMEM"],
  [["select"], "EBADF EINTR EINVAL ENOMEM"],
  [["epoll_create"], "EINVAL EMFILE ENFILE ENOMEM"],
  [["epoll_ctl"], "EBADF EEXIST EINVAL ELOOP ENOENT ENOMEM ENOSPC EPERM"],
  [["epoll_wait"], "EBADF EFAULT EINTR EINVAL"],
  [["eventfd"], "EINVAL EMFILE ENFILE ENODEV ENOMEM"],
  // unix(7), ip(7), tcp(7), udp(7), ipv6(7); socket(7) lists none.
  [
    all,
    "EADDRINUSE EBADF ECONNREFUSED ECONNRESET EFAULT EINVAL EISCONN ENFILE ENOENT ENOMEM ENOTCONN EOPNOTSUPP EPERM EPIPE EPROTONOSUPPORT EPROTOTYPE ESOCKTNOSUPPORT ESRCH ETOOMANYREFS"
  ],
  [
    all,
    "EACCES EADDRINUSE EADDRNOTAVAIL EAGAIN EALREADY ECONNABORTED EHOSTUNREACH EINVAL EISCONN EMSGSIZE ENOBUFS ENOENT ENOPKG ENOPROTOOPT ENOTCONN EPERM EPIPE ESOCKTNOSUPPORT"
  ],
  [all, "EAFNOSUPPORT EPIPE ETIMEDOUT ECONNREFUSED ENODEV"]
]
