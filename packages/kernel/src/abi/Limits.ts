/**
 * Limits of path names and calls that are not configurable on Linux either.
 *
 * @see limits.h(0p)
 */
/** Bytes of a path name, its terminating NUL included. */
export const PATH_MAX = 4096
/** Bytes of one name in a directory. */
export const NAME_MAX = 255
/** Symbolic links that one path walk follows before ELOOP. */
export const SYMLINKS_MAX = 40
/** Bytes that a write to a pipe puts in without interleaving. */
export const PIPE_BUF = 4096
/** The most that one read or write moves. */
export const RW_COUNT_MAX = 0x7ffff000
/** The largest file offset that JavaScript can say exactly. */
export const OFFSET_MAX = Number.MAX_SAFE_INTEGER
/** Buffers that one vectored call takes. */
export const IOV_MAX = 1024
