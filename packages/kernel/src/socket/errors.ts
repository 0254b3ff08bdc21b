/**
 * What calls on sockets may answer.
 */
import type { Errno } from "../Errno.js"
import type { PathError } from "../Sys.js"

/** What came of something sent or asked for earlier: told once, by the next call or by SO_ERROR. */
export type PendingCode =
  | "EACCES"
  | "ECONNREFUSED"
  | "ECONNRESET"
  | "EHOSTUNREACH"
  | "EMSGSIZE"
  | "ENETUNREACH"
  | "EPIPE"
  | "ETIMEDOUT"

type Pending = Errno<PendingCode>
type Waiting = Errno<"EAGAIN" | "EINTR">

/** @see recv(2) */
export type ReceiveError = Pending | Waiting | Errno<"EINVAL" | "ENOTCONN" | "EOPNOTSUPP">

/** What write(2) answers for a socket: nothing is addressed, and nothing comes along. */
export type WriteError =
  | Pending
  | Waiting
  | Errno<
    | "EACCES"
    | "EADDRNOTAVAIL"
    | "EAFNOSUPPORT"
    | "EDESTADDRREQ"
    | "EINVAL"
    | "ENOBUFS"
    | "ENOTCONN"
    | "EOPNOTSUPP"
    | "EPERM"
  >

/** @see send(2) */
export type SendError =
  | Pending
  | Waiting
  | PathError
  | Errno<
    | "EACCES"
    | "EADDRINUSE"
    | "EADDRNOTAVAIL"
    | "EAFNOSUPPORT"
    | "EBADF"
    | "EDESTADDRREQ"
    | "EINVAL"
    | "EISCONN"
    | "ENOBUFS"
    | "ENOTCONN"
    | "EOPNOTSUPP"
    | "EPERM"
    | "EPROTOTYPE"
    | "ESRCH"
    | "ETOOMANYREFS"
  >

/** @see bind(2) */
export type BindError =
  | PathError
  | Errno<
    | "EADDRINUSE"
    | "EADDRNOTAVAIL"
    | "EAFNOSUPPORT"
    | "EDQUOT"
    | "EINVAL"
    | "EMLINK"
    | "ENODEV"
    | "ENOSPC"
    | "EOPNOTSUPP"
    | "EROFS"
  >

/** @see listen(2) */
export type ListenError = Errno<"EACCES" | "EADDRINUSE" | "EADDRNOTAVAIL" | "EINVAL" | "EOPNOTSUPP">

/** @see accept(2) */
export type AcceptError =
  | Pending
  | Waiting
  | Errno<"EACCES" | "ECONNABORTED" | "EINVAL" | "EMFILE" | "ENFILE" | "EOPNOTSUPP">

/** @see connect(2) */
export type ConnectError =
  | Pending
  | Waiting
  | PathError
  | Errno<
    | "EACCES"
    | "EADDRINUSE"
    | "EADDRNOTAVAIL"
    | "EAFNOSUPPORT"
    | "EALREADY"
    | "ECONNABORTED"
    | "EINPROGRESS"
    | "EINVAL"
    | "EISCONN"
    | "EOPNOTSUPP"
    | "EPERM"
    | "EPROTOTYPE"
  >

/** @see getsockopt(2) */
export type OptionError = Errno<
  | "EACCES"
  | "EADDRINUSE"
  | "EADDRNOTAVAIL"
  | "EDOM"
  | "EINVAL"
  | "EISCONN"
  | "ENOBUFS"
  | "ENODATA"
  | "ENODEV"
  | "ENOENT"
  | "ENOPROTOOPT"
  | "ENOTCONN"
  | "EOPNOTSUPP"
  | "EPERM"
  | "EPROTO"
>
