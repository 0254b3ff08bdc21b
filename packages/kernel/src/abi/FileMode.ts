/**
 * File types and permission bits of `st_mode`.
 *
 * @see inode(7)
 */
export const S_IFMT = 0o170000
export const S_IFSOCK = 0o140000
export const S_IFLNK = 0o120000
export const S_IFREG = 0o100000
export const S_IFBLK = 0o060000
export const S_IFDIR = 0o040000
export const S_IFCHR = 0o020000
export const S_IFIFO = 0o010000
export const S_ISUID = 0o4000
export const S_ISGID = 0o2000
export const S_ISVTX = 0o1000

/** The bits that chmod(2) can change. */
export const PERMISSIONS = 0o7777

export const isDirectory = (mode: number): boolean => (mode & S_IFMT) === S_IFDIR
export const isRegular = (mode: number): boolean => (mode & S_IFMT) === S_IFREG
export const isSymlink = (mode: number): boolean => (mode & S_IFMT) === S_IFLNK
export const isFifo = (mode: number): boolean => (mode & S_IFMT) === S_IFIFO
export const isSocket = (mode: number): boolean => (mode & S_IFMT) === S_IFSOCK
export const isCharacterDevice = (mode: number): boolean => (mode & S_IFMT) === S_IFCHR
export const isBlockDevice = (mode: number): boolean => (mode & S_IFMT) === S_IFBLK

/** Access that permission checks, access(2) and policies ask for. */
export const R_OK = 4
export const W_OK = 2
export const X_OK = 1
export const F_OK = 0

/** A device number as `st_rdev` holds it. @see makedev(3) */
export const makedev = (major: number, minor: number): number =>
  ((major & 0xfff) << 8 | (minor & 0xff) | (minor & 0xfff00) << 12) >>> 0
export const major = (device: number): number => device >>> 8 & 0xfff
export const minor = (device: number): number => device & 0xff | device >>> 12 & 0xfff00
