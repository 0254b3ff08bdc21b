/**
 * What pathconf(3) is asked for.
 *
 * @see pathconf(3)
 */
export const _PC_LINK_MAX = 0
export const _PC_MAX_CANON = 1
export const _PC_MAX_INPUT = 2
export const _PC_NAME_MAX = 3
export const _PC_PATH_MAX = 4
export const _PC_PIPE_BUF = 5
export const _PC_CHOWN_RESTRICTED = 6
export const _PC_NO_TRUNC = 7
export const _PC_VDISABLE = 8
export const _PC_SYNC_IO = 9
export const _PC_ASYNC_IO = 10
export const _PC_PRIO_IO = 11
export const _PC_SOCK_MAXBUF = 12
export const _PC_FILESIZEBITS = 13
export const _PC_REC_INCR_XFER_SIZE = 14
export const _PC_REC_MAX_XFER_SIZE = 15
export const _PC_REC_MIN_XFER_SIZE = 16
export const _PC_REC_XFER_ALIGN = 17
export const _PC_ALLOC_SIZE_MIN = 18
export const _PC_SYMLINK_MAX = 19
export const _PC_2_SYMLINKS = 20
