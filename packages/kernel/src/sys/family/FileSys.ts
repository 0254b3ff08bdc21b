import * as Exit from "effect/Exit"
import { AT_FDCWD, AT_REMOVEDIR, AT_SYMLINK_NOFOLLOW } from "../../abi/Fcntl.js"
import { S_IFIFO } from "../../abi/FileMode.js"
import { STATX_BASIC_STATS, STATX_BTIME } from "../../abi/Statx.js"
import type { FileCalls } from "../contract/files.js"
import * as Files from "../files.js"
import * as Names from "../names.js"
import { statx } from "../statx.js"
import * as Table from "../table.js"
import { DescriptorSys } from "./DescriptorSys.js"

export abstract class FileSys extends DescriptorSys implements FileCalls {
  stat(path: string) {
    return this.call(() => Files.stat(this.rooms, this.self, path, true))
  }

  lstat(path: string) {
    return this.call(() => Files.stat(this.rooms, this.self, path, false))
  }

  fstat(fd: number) {
    return this.call(() => Files.fstat(this.rooms, this.self, fd))
  }

  fstatat(dirfd: number, path: string, flags = 0) {
    return this.call(() => Files.fstatat(this.rooms, this.self, dirfd, path, flags))
  }

  access(path: string, mode: number) {
    return this.call(() => Files.access(this.rooms, this.self, path, mode))
  }

  faccessat(dirfd: number, path: string, mode: number, flags = 0) {
    return this.call(() => Files.faccessat(this.rooms, this.self, dirfd, path, mode, flags))
  }

  statx(dirfd: number, path: string, flags = 0, mask = STATX_BASIC_STATS | STATX_BTIME) {
    return this.call(() => statx(this.rooms, this.self, dirfd, path, flags, mask))
  }

  chmod(path: string, mode: number) {
    return this.fchmodat(AT_FDCWD, path, mode, 0)
  }

  fchmodat(dirfd: number, path: string, mode: number, flags = 0) {
    return this.call(() => Files.fchmodat(this.rooms, this.self, dirfd, path, mode, flags))
  }

  fchmod(fd: number, mode: number) {
    return this.call(() =>
      Files.onDescriptor(this.self, "fchmod", fd, (target) => this.rooms.vfs.chmod(this.self, target, mode))
    )
  }

  chown(path: string, uid: number, gid: number) {
    return this.fchownat(AT_FDCWD, path, uid, gid, 0)
  }

  lchown(path: string, uid: number, gid: number) {
    return this.fchownat(AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW)
  }

  fchownat(dirfd: number, path: string, uid: number, gid: number, flags = 0) {
    return this.call(() => Files.fchownat(this.rooms, this.self, dirfd, path, uid, gid, flags))
  }

  fchown(fd: number, uid: number, gid: number) {
    return this.call(() =>
      Files.onDescriptor(this.self, "fchown", fd, (target) => this.rooms.vfs.chown(this.self, target, uid, gid))
    )
  }

  utimensat(dirfd: number, path: string, atime: bigint | "now" | "omit", mtime: bigint | "now" | "omit", flags = 0) {
    return this.call(() => Files.utimensat(this.rooms, this.self, dirfd, path, atime, mtime, flags))
  }

  futimens(fd: number, atime: bigint | "now" | "omit", mtime: bigint | "now" | "omit") {
    return this.call(() => Files.futimens(this.rooms, this.self, fd, atime, mtime))
  }

  truncate(path: string, size: number) {
    return this.call(() => Files.truncate(this.rooms, this.self, path, size))
  }

  mkdir(path: string, mode = 0o777) {
    return this.mkdirat(AT_FDCWD, path, mode)
  }

  mkdirat(dirfd: number, path: string, mode = 0o777) {
    return this.call(() =>
      Files.at(this.self, "mkdir", dirfd, path, (start) => this.rooms.vfs.mkdir(this.self, start, path, mode))
    )
  }

  mknod(path: string, mode: number, device = 0) {
    return this.mknodat(AT_FDCWD, path, mode, device)
  }

  mknodat(dirfd: number, path: string, mode: number, device = 0) {
    return this.call(() => Names.mknodat(this.rooms, this.self, dirfd, path, mode, device))
  }

  mkfifo(path: string, mode = 0o666) {
    return this.mknodat(AT_FDCWD, path, S_IFIFO | (mode & 0o7777))
  }

  mkfifoat(dirfd: number, path: string, mode = 0o666) {
    return this.mknodat(dirfd, path, S_IFIFO | (mode & 0o7777))
  }

  rmdir(path: string) {
    return this.unlinkat(AT_FDCWD, path, AT_REMOVEDIR)
  }

  unlink(path: string) {
    return this.unlinkat(AT_FDCWD, path, 0)
  }

  unlinkat(dirfd: number, path: string, flags = 0) {
    return this.call(() => Names.unlinkat(this.rooms, this.self, dirfd, path, flags))
  }

  link(path: string, newPath: string) {
    return this.linkat(AT_FDCWD, path, AT_FDCWD, newPath, 0)
  }

  linkat(dirfd: number, path: string, newDirfd: number, newPath: string, flags = 0) {
    return this.call(() => Names.linkat(this.rooms, this.self, dirfd, path, newDirfd, newPath, flags))
  }

  symlink(target: string, path: string) {
    return this.symlinkat(target, AT_FDCWD, path)
  }

  symlinkat(target: string, dirfd: number, path: string) {
    return this.call(() => Names.symlinkat(this.rooms, this.self, target, dirfd, path))
  }

  readlink(path: string) {
    return this.call(() => Table.told(this.rooms.vfs.readlink(this.self, this.self.cwd, path), "readlink", path))
  }

  readlinkat(dirfd: number, path: string) {
    return this.call(() => Files.readlinkat(this.rooms, this.self, dirfd, path))
  }

  rename(path: string, newPath: string) {
    return this.renameat2(AT_FDCWD, path, AT_FDCWD, newPath, 0)
  }

  renameat2(dirfd: number, path: string, newDirfd: number, newPath: string, flags = 0) {
    return this.call(() => Names.renameat2(this.rooms, this.self, dirfd, path, newDirfd, newPath, flags))
  }

  chdir(path: string) {
    return this.call(() => Files.chdir(this.rooms, this.self, path))
  }

  fchdir(fd: number) {
    return this.call(() => Files.fchdir(this.rooms, this.self, fd))
  }

  getcwd() {
    return this.call(() => Files.getcwd(this.rooms, this.self))
  }

  chroot(path: string) {
    return this.call(() => Files.chroot(this.rooms, this.self, path))
  }

  umask(mask: number) {
    return this.call(() => {
      const before = this.self.umask
      this.self.umask = mask & 0o777
      return Exit.succeed(before)
    })
  }

  statfs(path: string) {
    return this.call(() => Table.told(this.rooms.vfs.statfs(this.self, this.self.cwd, path), "statfs", path))
  }
}
