/**
 * What stat(2) answers, in the words of `FileSystem`.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as FileMode from "@effix/kernel/abi/FileMode"
import type { Stat } from "@effix/kernel/Inode"
import * as Option from "effect/Option"

const types: Readonly<Record<number, FileSystem.File.Type>> = {
  [FileMode.S_IFREG]: "File",
  [FileMode.S_IFDIR]: "Directory",
  [FileMode.S_IFLNK]: "SymbolicLink",
  [FileMode.S_IFBLK]: "BlockDevice",
  [FileMode.S_IFCHR]: "CharacterDevice",
  [FileMode.S_IFIFO]: "FIFO",
  [FileMode.S_IFSOCK]: "Socket"
}

const date = (nanoseconds: bigint): Option.Option<Date> => Option.some(new Date(Number(nanoseconds / 1_000_000n)))

export const fromStat = (stat: Stat): FileSystem.File.Info => ({
  type: types[stat.mode & FileMode.S_IFMT] ?? "Unknown",
  mtime: date(stat.mtime),
  atime: date(stat.atime),
  birthtime: date(stat.btime),
  dev: stat.dev,
  rdev: Option.some(stat.rdev),
  ino: Option.some(stat.ino),
  mode: stat.mode,
  nlink: Option.some(stat.nlink),
  uid: Option.some(stat.uid),
  gid: Option.some(stat.gid),
  size: FileSystem.Size(stat.size),
  blksize: Option.some(FileSystem.Size(stat.blksize)),
  blocks: Option.some(stat.blocks)
})
