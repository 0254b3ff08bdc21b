/**
 * Commands of fcntl(2), origins of lseek(2) and the flags of the `*at` calls.
 *
 * @see fcntl(2)
 */
export const F_DUPFD = 0
export const F_GETFD = 1
export const F_SETFD = 2
export const F_GETFL = 3
export const F_SETFL = 4
export const F_SETOWN = 8
export const F_GETOWN = 9
export const F_SETSIG = 10
export const F_GETSIG = 11
export const F_SETOWN_EX = 15
export const F_GETOWN_EX = 16
export const F_GETOWNER_UIDS = 17
/** Whether two descriptors share one description. */
export const F_DUPFD_QUERY = 1027
export const F_DUPFD_CLOEXEC = 1030
export const F_SETPIPE_SZ = 1031
export const F_GETPIPE_SZ = 1032
export const F_ADD_SEALS = 1033
export const F_GET_SEALS = 1034
export const F_GET_RW_HINT = 1035
export const F_SET_RW_HINT = 1036
export const FD_CLOEXEC = 1

/** What the owner of a description is, in `struct f_owner_ex`. */
export const F_OWNER_TID = 0
export const F_OWNER_PID = 1
export const F_OWNER_PGRP = 2

/** How long what is written is said to last. */
export const RWH_WRITE_LIFE_NOT_SET = 0
export const RWH_WRITE_LIFE_NONE = 1
export const RWH_WRITE_LIFE_SHORT = 2
export const RWH_WRITE_LIFE_MEDIUM = 3
export const RWH_WRITE_LIFE_LONG = 4
export const RWH_WRITE_LIFE_EXTREME = 5

/** What F_NOTIFY tells of. */
export const DN_ACCESS = 0x1
export const DN_MODIFY = 0x2
export const DN_CREATE = 0x4
export const DN_DELETE = 0x8
export const DN_RENAME = 0x10
export const DN_ATTRIB = 0x20
/** More than once. */
export const DN_MULTISHOT = 0x80000000

/** What may not be done any more to a file of memfd_create(2). */
export const F_SEAL_SEAL = 0x1
export const F_SEAL_SHRINK = 0x2
export const F_SEAL_GROW = 0x4
export const F_SEAL_WRITE = 0x8
export const F_SEAL_FUTURE_WRITE = 0x10
export const F_SEAL_EXEC = 0x20

export const SEEK_SET = 0
export const SEEK_CUR = 1
export const SEEK_END = 2
export const SEEK_DATA = 3
export const SEEK_HOLE = 4

export const AT_FDCWD = -100
export const AT_SYMLINK_NOFOLLOW = 0x100
export const AT_REMOVEDIR = 0x200
export const AT_EACCESS = 0x200
export const AT_SYMLINK_FOLLOW = 0x400
export const AT_NO_AUTOMOUNT = 0x800
export const AT_EMPTY_PATH = 0x1000
export const AT_STATX_SYNC_TYPE = 0x6000

export const RENAME_NOREPLACE = 1
export const RENAME_EXCHANGE = 2

export const LOCK_SH = 1
export const LOCK_EX = 2
export const LOCK_NB = 4
export const LOCK_UN = 8

/** Types of record locks. @see fcntl_locking(2) */
export const F_RDLCK = 0
export const F_WRLCK = 1
export const F_UNLCK = 2

export const F_GETLK = 5
export const F_SETLK = 6
export const F_SETLKW = 7
export const F_OFD_GETLK = 36
export const F_OFD_SETLK = 37
export const F_OFD_SETLKW = 38

export const F_SETLEASE = 1024
export const F_GETLEASE = 1025
export const F_NOTIFY = 1026

/** Commands of lockf(3). */
export const F_ULOCK = 0
export const F_LOCK = 1
export const F_TLOCK = 2
export const F_TEST = 3
export const CLOSE_RANGE_UNSHARE = 2
export const CLOSE_RANGE_CLOEXEC = 4
