/**
 * Waiting for several descriptors at once, and descriptors that stand for events.
 *
 * @see epoll(7)
 */
import type * as Effect from "effect/Effect"
import type { Errno } from "../../Errno.js"
import type { SignalSet } from "../../SignalSet.js"
import type { PollRequest } from "./descriptors.js"

/** What select(2) watches, and what it answers: descriptors. */
export interface SelectSets {
  /** Ready to be read from, or at their end. */
  readonly read?: ReadonlyArray<number>
  /** Ready to be written to, or broken. */
  readonly write?: ReadonlyArray<number>
  /** With something exceptional to say (POLLPRI). */
  readonly except?: ReadonlyArray<number>
}

/** What epoll_ctl(2) asks to be told of one descriptor. */
export interface EpollInterest {
  /** A sum of EPOLLIN and its siblings, and of EPOLLET, EPOLLONESHOT and EPOLLEXCLUSIVE. */
  readonly events: number
  /** Comes back with the events. Default: the descriptor. */
  readonly data?: bigint | number
}

/** What epoll_wait(2) tells of one descriptor. */
export interface EpollEvent {
  /** Those that hold, of those asked for; EPOLLERR and EPOLLHUP always are. */
  readonly events: number
  readonly data: bigint | number
}

export type EpollControlError = Errno<"EBADF" | "EEXIST" | "EINVAL" | "ELOOP" | "ENOENT" | "ENOSPC" | "EPERM">
export type EpollWaitError = Errno<"EBADF" | "EINTR" | "EINVAL">

export interface ReadinessCalls {
  /** As poll; `mask` are the signals blocked meanwhile. @see ppoll(2) */
  readonly ppoll: (
    requests: ReadonlyArray<PollRequest>,
    timeout?: number,
    mask?: SignalSet
  ) => Effect.Effect<ReadonlyArray<number>, Errno<"EINTR" | "EINVAL">>
  /**
   * Answers those of the sets that are ready, lowest first: none when `timeout`, in milliseconds, is over; left out, it
   * is for ever. @see select(2)
   */
  readonly select: (
    sets: SelectSets,
    timeout?: number
  ) => Effect.Effect<Required<SelectSets>, Errno<"EBADF" | "EINTR" | "EINVAL">>
  /** As select; `mask` are the signals blocked meanwhile. @see pselect(2) */
  readonly pselect: (
    sets: SelectSets,
    timeout?: number,
    mask?: SignalSet
  ) => Effect.Effect<Required<SelectSets>, Errno<"EBADF" | "EINTR" | "EINVAL">>
  /** `flags`: EPOLL_CLOEXEC. @see epoll_create1(2) */
  readonly epollCreate: (flags?: number) => Effect.Effect<number, Errno<"EINVAL" | "EMFILE" | "ENFILE">>
  /** `operation`: EPOLL_CTL_ADD, EPOLL_CTL_MOD, EPOLL_CTL_DEL, which needs no `interest`. @see epoll_ctl(2) */
  readonly epollCtl: (
    epfd: number,
    operation: number,
    fd: number,
    interest?: EpollInterest
  ) => Effect.Effect<void, EpollControlError>
  /** At most `most` events; none when `timeout`, in milliseconds, is over; below 0 for ever. @see epoll_wait(2) */
  readonly epollWait: (
    epfd: number,
    most: number,
    timeout?: number
  ) => Effect.Effect<ReadonlyArray<EpollEvent>, EpollWaitError>
  /** As epollWait; `mask` are the signals blocked meanwhile. @see epoll_pwait(2) */
  readonly epollPwait: (
    epfd: number,
    most: number,
    timeout?: number,
    mask?: SignalSet
  ) => Effect.Effect<ReadonlyArray<EpollEvent>, EpollWaitError>
  /** As epollPwait, with a timeout in nanoseconds; left out, it is for ever. @see epoll_pwait2(2) */
  readonly epollPwait2: (
    epfd: number,
    most: number,
    timeout?: bigint | number,
    mask?: SignalSet
  ) => Effect.Effect<ReadonlyArray<EpollEvent>, EpollWaitError>
  /**
   * A counter: it is written to and read from in numbers of 8 bytes, lowest first. `initial` has 32 bits. `flags`:
   * EFD_SEMAPHORE, EFD_NONBLOCK, EFD_CLOEXEC. @see eventfd(2)
   */
  readonly eventfd: (initial?: number, flags?: number) => Effect.Effect<number, Errno<"EINVAL" | "EMFILE" | "ENFILE">>
}
