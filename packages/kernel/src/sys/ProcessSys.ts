/**
 * The system calls of one process.
 *
 * One small object per image, with its methods on a prototype: a live process costs what its state costs. Every call
 * enters through {@link Call}, where one comparison tells whether a signal, a stop or the end of the
 * process comes first; what a call does stands in its own file.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fcntl from "../abi/Fcntl.js"
import type { Termios, WindowSize } from "../abi/Termios.js"
import { isReady } from "../internal/step.js"
import type { Image } from "../process/Image.js"
import type { Process, ResourceLimits, SignalAction } from "../ProcessTable.js"
import * as SignalSet from "../SignalSet.js"
import {
  type Clock,
  type PollRequest,
  type Program,
  type SignalActionOptions,
  type SpawnOptions,
  Sys,
  type SystemCalls
} from "../Sys.js"
import { Call, Entry } from "./Call.js"
import * as Descriptors from "./descriptors.js"
import * as Files from "./files.js"
import * as Identity from "./identity.js"
import * as Names from "./names.js"
import { poll } from "./poll.js"
import type { Rooms } from "./Rooms.js"
import * as SignalCalls from "./signals.js"
import * as System from "./system.js"
import * as Table from "./table.js"
import * as Terminal from "./terminal.js"

const { AT_FDCWD } = Fcntl

export class ProcessSys implements SystemCalls {
  private readonly entry: Entry

  constructor(
    private readonly rooms: Rooms,
    private readonly self: Process,
    private readonly image: Image,
    callsPerTurn = 0
  ) {
    this.entry = new Entry(image, callsPerTurn)
  }

  private call<A, E>(body: () => Effect.Effect<A, E>): Effect.Effect<A, E> {
    return new Call(this.entry, body)
  }

  /** A call that may make a signal deliverable: its handler runs before the call returns. */
  private callThenAttend<A, E>(body: () => Effect.Effect<A, E>): Effect.Effect<A, E> {
    return this.call(() => {
      const answer = body()
      return this.image.attention === 0 ? answer : Effect.zipRight(this.image.attend(true), answer)
    })
  }

  // ------------------------------------------------------------------ descriptors

  open(path: string, flags: number, mode = 0o666) {
    return this.call(() => Table.openat(this.rooms, this.self, AT_FDCWD, path, flags, mode))
  }

  openat(dirfd: number, path: string, flags: number, mode = 0o666) {
    return this.call(() => Table.openat(this.rooms, this.self, dirfd, path, flags, mode))
  }

  close(fd: number) {
    return this.call(() => Table.close(this.self, fd))
  }

  read(fd: number, into: Uint8Array) {
    return this.call(() => Descriptors.read(this.self, fd, into))
  }

  write(fd: number, from: Uint8Array) {
    return this.call(() => Descriptors.write(this.rooms, this.self, fd, from))
  }

  pread(fd: number, into: Uint8Array, offset: number) {
    return this.call(() => Descriptors.pread(this.self, fd, into, offset))
  }

  pwrite(fd: number, from: Uint8Array, offset: number) {
    return this.call(() => Descriptors.pwrite(this.rooms, this.self, fd, from, offset))
  }

  lseek(fd: number, offset: number, whence: number) {
    return this.call(() => Descriptors.lseek(this.self, fd, offset, whence))
  }

  dup(fd: number) {
    return this.call(() => Table.dup(this.self, fd))
  }

  dup2(from: number, to: number) {
    return this.call(() => Table.dup2(this.self, from, to))
  }

  dup3(from: number, to: number, flags: number) {
    return this.call(() => Table.dup3(this.self, from, to, flags))
  }

  fcntl(fd: number, command: number, argument = 0) {
    return this.call(() => Table.fcntl(this.rooms, this.self, fd, command, argument))
  }

  pipe(flags = 0) {
    return this.call(() => Table.pipe(this.rooms, this.self, flags))
  }

  poll(requests: ReadonlyArray<PollRequest>, timeout = -1) {
    return this.call(() => poll(this.rooms, this.self, requests, timeout))
  }

  fsync(fd: number) {
    return this.call(() => Descriptors.fsync(this.self, fd))
  }

  ftruncate(fd: number, size: number) {
    return this.call(() => Files.ftruncate(this.rooms, this.self, fd, size))
  }

  getdents(fd: number, limit = 1024) {
    return this.call(() => Descriptors.getdents(this.self, fd, limit))
  }

  fionread(fd: number) {
    return this.call(() => Descriptors.fionread(this.self, fd))
  }

  // ------------------------------------------------------------------------ files

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

  chmod(path: string, mode: number) {
    return this.call(() =>
      Files.onPath(
        this.rooms,
        this.self,
        "chmod",
        AT_FDCWD,
        path,
        true,
        (target) => this.rooms.vfs.chmod(this.self, target, mode)
      )
    )
  }

  fchmod(fd: number, mode: number) {
    return this.call(() =>
      Files.onDescriptor(this.self, "fchmod", fd, (target) => this.rooms.vfs.chmod(this.self, target, mode))
    )
  }

  chown(path: string, uid: number, gid: number) {
    return this.call(() => this.chownAt("chown", path, true, uid, gid))
  }

  lchown(path: string, uid: number, gid: number) {
    return this.call(() => this.chownAt("lchown", path, false, uid, gid))
  }

  private chownAt(syscall: string, path: string, follow: boolean, uid: number, gid: number) {
    return Files.onPath(
      this.rooms,
      this.self,
      syscall,
      AT_FDCWD,
      path,
      follow,
      (target) => this.rooms.vfs.chown(this.self, target, uid, gid)
    )
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
    return this.call(() =>
      Table.told(this.rooms.vfs.mknod(this.self, this.self.cwd, path, mode, device), "mknod", path)
    )
  }

  mkfifo(path: string, mode = 0o666) {
    return this.mknod(path, 0o010000 | (mode & 0o7777))
  }

  rmdir(path: string) {
    return this.unlinkat(AT_FDCWD, path, Fcntl.AT_REMOVEDIR)
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
    return this.call(() => Table.told(this.rooms.vfs.symlink(this.self, this.self.cwd, target, path), "symlink", path))
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

  // -------------------------------------------------------------------- processes

  getpid() {
    return this.call(() => Exit.succeed(this.self.pid))
  }

  getppid() {
    return this.call(() => Exit.succeed(this.self.parent?.pid ?? 0))
  }

  argv() {
    return this.call(() => Exit.succeed(this.self.argv))
  }

  environ() {
    return this.call(() => Exit.succeed(this.self.env))
  }

  spawn(what: string | Program, options: SpawnOptions = {}) {
    return this.call(() => {
      const spawned = this.rooms.processes.spawn(this.self, what, options)
      const answer = isReady(spawned)
        ? Exit.map(spawned, (child) => child.pid)
        : Effect.map(spawned, (child) => child.pid)
      return typeof what === "string" ? Table.told(answer, "spawn", what) : answer
    })
  }

  exec(path: string, argv: ReadonlyArray<string> = [path], env: Readonly<Record<string, string>> = this.self.env) {
    return this.call(() => Table.told(this.rooms.processes.exec(this.self, path, argv, env), "exec", path))
  }

  exit(code: number) {
    return this.call(() => {
      this.image.end({ _tag: "Exited", code: code & 0xff })
      return Effect.interrupt
    })
  }

  wait(pid = -1, options = 0) {
    return this.call(() => this.rooms.processes.wait(this.self, pid, options))
  }

  kill(pid: number, signal: number) {
    return this.callThenAttend(() => SignalCalls.kill(this.rooms, this.self, pid, signal))
  }

  sigqueue(pid: number, signal: number, value: number) {
    return this.callThenAttend(() => SignalCalls.sigqueue(this.rooms, this.self, pid, signal, value))
  }

  getpgid(pid = 0) {
    return this.call(() => System.groupOf(this.rooms, this.self, pid, (target) => target.group.id))
  }

  setpgid(pid: number, pgid: number) {
    return this.call(() => this.rooms.processes.setGroup(this.self, pid, pgid))
  }

  getsid(pid = 0) {
    return this.call(() => System.groupOf(this.rooms, this.self, pid, (target) => target.session.id))
  }

  setsid() {
    return this.call(() => this.rooms.processes.newSession(this.self))
  }

  credentials() {
    return this.call(() => Exit.succeed(this.self.credentials))
  }

  setresuid(ruid: number, euid: number, suid: number) {
    return this.call(() => Identity.setresuid(this.self, ruid, euid, suid))
  }

  setresgid(rgid: number, egid: number, sgid: number) {
    return this.call(() => Identity.setresgid(this.self, rgid, egid, sgid))
  }

  setuid(uid: number) {
    return this.call(() => Identity.setuid(this.self, uid))
  }

  setgid(gid: number) {
    return this.call(() => Identity.setgid(this.self, gid))
  }

  setgroups(groups: ReadonlyArray<number>) {
    return this.call(() => Identity.setgroups(this.self, groups))
  }

  getrlimit() {
    return this.call(() => Exit.succeed(this.self.limits))
  }

  setrlimit(limits: Partial<ResourceLimits>) {
    return this.call(() => Identity.setrlimit(this.self, limits))
  }

  // ---------------------------------------------------------------------- signals

  sigaction(signal: number, options?: SignalActionOptions) {
    return this.callThenAttend(() =>
      SignalCalls.sigaction(this.rooms, this.self, signal, options === undefined ? undefined : this.action(options))
    )
  }

  /** A handler runs with the `Sys` of the image that set it. */
  private action({ disposition, flags = 0, mask = SignalSet.empty }: SignalActionOptions): SignalAction {
    return {
      disposition: typeof disposition === "function"
        ? (info) => Effect.provideService(disposition(info), Sys, this)
        : disposition,
      mask,
      flags
    }
  }

  sigprocmask(how: number, set: SignalSet.SignalSet) {
    return this.callThenAttend(() => SignalCalls.sigprocmask(this.rooms, this.self, how, set))
  }

  sigpending() {
    return this.call(() => Exit.succeed(this.self.signals.pending & this.self.signals.blocked))
  }

  sigsuspend(mask: SignalSet.SignalSet) {
    return this.call(() => SignalCalls.sigsuspend(this.rooms, this.self, mask))
  }

  sigtimedwait(set: SignalSet.SignalSet, timeout = -1) {
    return this.call(() => SignalCalls.sigtimedwait(this.rooms, this.self, set, timeout))
  }

  alarm(seconds: number) {
    return this.call(() => Exit.succeed(SignalCalls.alarm(this.rooms, this.self, seconds)))
  }

  // ------------------------------------------------------------------------- time

  clockGettime(clock: Clock = "realtime") {
    return this.call(() => Exit.succeed(System.clockGettime(this.rooms, clock)))
  }

  nanosleep(nanoseconds: bigint | number) {
    return this.call(() => System.nanosleep(this.rooms, nanoseconds))
  }

  // -------------------------------------------------------------------- terminals

  isatty(fd: number) {
    return this.call(() => Terminal.isatty(this.self, fd))
  }

  ttyname(fd: number) {
    return this.call(() => Terminal.ttyname(this.self, fd))
  }

  tcgetattr(fd: number) {
    return this.call(() => Terminal.tcgetattr(this.self, fd))
  }

  tcsetattr(fd: number, when: number, attributes: Termios) {
    return this.call(() => Terminal.tcsetattr(this.self, fd, when, attributes))
  }

  tcgetpgrp(fd: number) {
    return this.call(() => Terminal.tcgetpgrp(this.self, fd))
  }

  tcsetpgrp(fd: number, pgid: number) {
    return this.call(() => Terminal.tcsetpgrp(this.rooms.processes.table, this.self, fd, pgid))
  }

  tcgetsid(fd: number) {
    return this.call(() => Terminal.tcgetsid(this.self, fd))
  }

  tcflush(fd: number, queue: number) {
    return this.call(() => Terminal.tcflush(this.self, fd, queue))
  }

  tcflow(fd: number, action: number) {
    return this.call(() => Terminal.tcflow(this.self, fd, action))
  }

  tcdrain(fd: number) {
    return this.call(() => Terminal.tcdrain(this.self, fd))
  }

  getWindowSize(fd: number) {
    return this.call(() => Terminal.getWindowSize(this.self, fd))
  }

  setWindowSize(fd: number, size: WindowSize) {
    return this.call(() => Terminal.setWindowSize(this.self, fd, size))
  }

  setControllingTerminal(fd: number) {
    return this.call(() => Terminal.setControllingTerminal(this.self, fd))
  }

  // ----------------------------------------------------------------------- system

  uname() {
    return this.call(() => Exit.succeed(System.uname(this.rooms)))
  }

  getrandom(into: Uint8Array) {
    return this.call(() => {
      this.rooms.entropy.fill(into)
      return Exit.succeed(into.length)
    })
  }

  schedYield() {
    return this.call(() => Effect.yieldNow())
  }
}
