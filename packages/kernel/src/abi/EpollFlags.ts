/**
 * Operations and events of epoll.
 *
 * @see epoll_ctl(2)
 */
import { O_CLOEXEC } from "./OpenFlags.js"

export const EPOLL_CLOEXEC = O_CLOEXEC

export const EPOLL_CTL_ADD = 1
export const EPOLL_CTL_DEL = 2
export const EPOLL_CTL_MOD = 3

export const EPOLLIN = 0x001
export const EPOLLPRI = 0x002
export const EPOLLOUT = 0x004
export const EPOLLERR = 0x008
export const EPOLLHUP = 0x010
export const EPOLLRDNORM = 0x040
export const EPOLLRDBAND = 0x080
export const EPOLLWRNORM = 0x100
export const EPOLLWRBAND = 0x200
export const EPOLLMSG = 0x400
export const EPOLLRDHUP = 0x2000
/** One epoll of all that watch a file is told, not each. */
export const EPOLLEXCLUSIVE = 0x10000000
/** Taken, and without effect: nothing here falls asleep with the machine. */
export const EPOLLWAKEUP = 0x20000000
/** Told once, until EPOLL_CTL_MOD. */
export const EPOLLONESHOT = 0x40000000
/** Told when it becomes ready, not as long as it is. */
export const EPOLLET = 0x80000000
