/**
 * epoll_ctl(2): adding to what an epoll watches, changing and taking away.
 *
 * @see epoll_ctl(2)
 */
import * as Exit from "effect/Exit"
import * as EpollFlags from "../abi/EpollFlags.js"
import type { Description } from "../Description.js"
import * as Errno from "../Errno.js"
import type { Process } from "../ProcessTable.js"
import { Epoll } from "./Epoll.js"
import { mayNest } from "./nesting.js"

const { EPOLLERR, EPOLLET, EPOLLEXCLUSIVE, EPOLLHUP, EPOLLIN, EPOLLOUT, EPOLLWAKEUP } = EpollFlags
const { EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD } = EpollFlags

/** What may stand beside EPOLLEXCLUSIVE. */
const EXCLUSIVE_MAX = EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE

/** Told whether asked for or not. */
const ALWAYS = EPOLLERR | EPOLLHUP

export type ControlError = Errno.Errno<"EBADF" | "EEXIST" | "EINVAL" | "ELOOP" | "ENOENT" | "ENOSPC" | "EPERM">

export interface Control {
  readonly operation: number
  readonly fd: number
  readonly target: Description
  readonly events: number
  readonly data: bigint | number
}

/** Whether EPOLLEXCLUSIVE stands where it must not. */
const isMisplaced = ({ events, operation, target }: Control): boolean => {
  if (operation === EPOLL_CTL_DEL || (events & EPOLLEXCLUSIVE) === 0) return false
  return operation === EPOLL_CTL_MOD ||
    (operation === EPOLL_CTL_ADD && (target instanceof Epoll || (events & ~EXCLUSIVE_MAX) !== 0))
}

export const control = (
  epoll: Description,
  asked: Control,
  caller: Process
): Exit.Exit<void, ControlError> => {
  const { data, fd, operation, target } = asked
  if (!target.pollable) return Errno.fail("EPERM", { syscall: "epoll_ctl", fd })
  if (epoll === target || !(epoll instanceof Epoll) || isMisplaced(asked)) {
    return Errno.fail("EINVAL", { syscall: "epoll_ctl", fd })
  }
  if (operation === EPOLL_CTL_ADD && target instanceof Epoll && !mayNest(epoll, target)) {
    return Errno.fail("ELOOP", { syscall: "epoll_ctl", fd })
  }
  const watch = epoll.find(fd, target)
  const events = asked.events | ALWAYS
  switch (operation) {
    case EPOLL_CTL_ADD:
      if (watch !== undefined) return Errno.fail("EEXIST", { syscall: "epoll_ctl", fd })
      return epoll.add(fd, target, events, data, caller)
        ? Exit.void
        : Errno.fail("ENOSPC", { syscall: "epoll_ctl", fd, remedy: "raise watchesMax" })
    case EPOLL_CTL_DEL:
      if (watch === undefined) return Errno.fail("ENOENT", { syscall: "epoll_ctl", fd })
      epoll.remove(watch)
      return Exit.void
    case EPOLL_CTL_MOD:
      if (watch === undefined) return Errno.fail("ENOENT", { syscall: "epoll_ctl", fd })
      if (watch.exclusive) return Errno.fail("EINVAL", { syscall: "epoll_ctl", fd })
      epoll.modify(watch, events, data, caller)
      return Exit.void
    default:
      return Errno.fail("EINVAL", { syscall: "epoll_ctl", fd })
  }
}
