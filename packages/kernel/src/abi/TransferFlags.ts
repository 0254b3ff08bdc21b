/**
 * Flags of one read or write, and of moving bytes between descriptors.
 *
 * @see preadv2(2)
 * @see splice(2)
 */
export const RWF_HIPRI = 0x1
export const RWF_DSYNC = 0x2
export const RWF_SYNC = 0x4
export const RWF_NOWAIT = 0x8
export const RWF_APPEND = 0x10
export const RWF_NOAPPEND = 0x20
export const RWF_ATOMIC = 0x40
export const RWF_DONTCACHE = 0x80
export const RWF_NOSIGNAL = 0x100

export const SPLICE_F_MOVE = 1
export const SPLICE_F_NONBLOCK = 2
export const SPLICE_F_MORE = 4
export const SPLICE_F_GIFT = 8
