/*
 * The calls, straight to the kernel: the C library checks, emulates and rounds here and there, and it is Linux that is
 * to be asked.
 */
#define _GNU_SOURCE
#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/openat2.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <unistd.h>

#include "locks.h"
#include "show.h"
#include "sockets.h"
#include "step.h"
#include "waiting.h"

unsigned char buffer[BUFFER];
int is_alone;

static void interrupt(int signal) {
  (void)signal;
}

void prepare_calls(void) {
  // A call that blocks is interrupted by it, again and again: the first one could come before the call has begun.
  struct sigaction action = { .sa_handler = interrupt };
  sigaction(SIGALRM, &action, NULL);
}

static void alarm_every(int microseconds) {
  struct itimerval every = { { 0, microseconds }, { 0, microseconds } };
  setitimer(ITIMER_REAL, &every, NULL);
}

static void done_stat(long result, const struct stat *st) {
  if (result < 0) done(result);
  else say_stat(st);
}

static size_t fill(const struct step *step, int i) {
  return fill_buffer(number(step, i), (unsigned)number(step, i + 1));
}

static size_t room(const struct step *step, int i) {
  size_t length = (size_t)number(step, i);
  return length > BUFFER ? BUFFER : length;
}

static struct timespec time_of(const struct step *step, int i) {
  const char *word = text(step, i);
  if (strcmp(word, "now") == 0) return (struct timespec){ 0, UTIME_NOW };
  if (strcmp(word, "omit") == 0) return (struct timespec){ 0, UTIME_OMIT };
  int64_t nanoseconds = strtoll(word, NULL, 10);
  int64_t seconds = nanoseconds / 1000000000, rest = nanoseconds % 1000000000;
  if (rest < 0) {
    seconds--;
    rest += 1000000000;
  }
  return (struct timespec){ seconds, rest };
}

struct entry {
  uint64_t ino;
  int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

static int by_name(const void *a, const void *b) {
  return strcmp((*(struct entry *const *)a)->name, (*(struct entry *const *)b)->name);
}

/* All entries from the descriptor's position on, sorted: their order is the file system's business. */
static void list(int fd) {
  static struct entry *entries[4096];
  size_t count = 0, used = 0;
  struct stat st;
  for (;;) {
    long got = syscall(SYS_getdents64, fd, buffer + used, (size_t)BUFFER - used);
    if (got < 0) return done(got);
    if (got == 0) break;
    for (long at = 0; at < got && count < 4096;) {
      struct entry *entry = (struct entry *)(buffer + used + at);
      entries[count++] = entry;
      at += entry->length;
    }
    used += (size_t)got;
  }
  if (fstat(fd, &st) < 0) return done(-1);
  qsort(entries, count, sizeof *entries, by_name);
  say("%zu", count);
  for (size_t i = 0; i < count; i++) {
    say(" ");
    say_escaped(entries[i]->name);
    say(":%c", type_letter((mode_t)entries[i]->type << 12));
    // The root of a program has a parent there.
    if (!answer->disk || strcmp(entries[i]->name, "..") != 0) say(":%zu", inode_class(st.st_dev, entries[i]->ino));
  }
}

/* Where a directory is read on is a number that means nothing to anybody else, and so is the sum of it and another. */
static void seek(int fd, long offset, int whence) {
  struct stat st;
  long to = syscall(SYS_lseek, fd, offset, whence);
  int error = errno;
  int directory = syscall(SYS_fstat, fd, &st) == 0 && S_ISDIR(st.st_mode);
  errno = error;
  if (directory && (to >= 0 || (whence == SEEK_CUR && errno == EINVAL))) say("cursor");
  else done(to);
}

static void set_groups(const char *words) {
  gid_t groups[32];
  size_t count = 0;
  for (const char *at = words; *at != 0 && count < 32;) {
    char *end;
    groups[count++] = (gid_t)strtoul(at, &end, 10);
    at = *end == ',' ? end + 1 : end;
  }
  done(syscall(SYS_setgroups, count, groups));
}

static void say_ids(void) {
  uid_t r, e, s;
  gid_t groups[64];
  getresuid(&r, &e, &s);
  say("u=%u,%u,%u", r, e, s);
  getresgid(&r, &e, &s);
  say(" g=%u,%u,%u +", r, e, s);
  int count = getgroups(64, groups);
  for (int i = 0; i < count; i++) say("%s%u", i == 0 ? "" : ",", groups[i]);
}

static void working_directory(void) {
  long length = syscall(SYS_getcwd, buffer, (size_t)BUFFER);
  if (length < 0) return done(length);
  // Out of reach, as getcwd(3) tells it.
  if (buffer[0] != '/') say("!%d", ENOENT);
  else say_escaped((char *)buffer);
}

static void poll_two(const struct step *step) {
  struct pollfd fds[2] = {
    { .fd = (int)number(step, 1), .events = (short)number(step, 2) },
    { .fd = (int)number(step, 3), .events = (short)number(step, 4) },
  };
  long ready = syscall(SYS_poll, fds, 2, 0);
  if (ready < 0) done(ready);
  else say("%x %x", (unsigned short)fds[0].revents, (unsigned short)fds[1].revents);
}

static void read_link(int dirfd, const char *path) {
  long length = syscall(SYS_readlinkat, dirfd, path, buffer, (size_t)BUFFER - 1);
  if (length < 0) return done(length);
  buffer[length] = 0;
  say_escaped((char *)buffer);
}

/* Whether it was one of the calls on descriptors. */
static int on_descriptor(const struct step *step) {
  const int fd = (int)number(step, 1);
  const long second = number(step, 2), third = number(step, 3);
  struct stat st;
  int ends[2], held;
  if (is(step, "close")) done(syscall(SYS_close, fd));
  else if (is(step, "read")) done_read(syscall(SYS_read, fd, buffer, room(step, 2)));
  else if (is(step, "pread")) done_read(syscall(SYS_pread64, fd, buffer, room(step, 2), third));
  else if (is(step, "write")) done(syscall(SYS_write, fd, buffer, fill(step, 2)));
  else if (is(step, "pwrite")) done(syscall(SYS_pwrite64, fd, buffer, fill(step, 2), number(step, 4)));
  else if (is(step, "lseek")) seek(fd, second, (int)third);
  else if (is(step, "dup")) done(syscall(SYS_dup, fd));
  else if (is(step, "dup2")) done(syscall(SYS_dup2, fd, second));
  else if (is(step, "dup3")) done(syscall(SYS_dup3, fd, second, third));
  else if (is(step, "fcntl")) done(syscall(SYS_fcntl, fd, second, third));
  else if (is(step, "poll")) poll_two(step);
  else if (is(step, "fsync")) done(syscall(SYS_fsync, fd));
  else if (is(step, "ftruncate")) done(syscall(SYS_ftruncate, fd, second));
  else if (is(step, "list")) list(fd);
  else if (is(step, "fstat")) done_stat(syscall(SYS_fstat, fd, &st), &st);
  else if (is(step, "fchmod")) done(syscall(SYS_fchmod, fd, second));
  else if (is(step, "fchown")) done(syscall(SYS_fchown, fd, second, third));
  else if (is(step, "fchdir")) done(syscall(SYS_fchdir, fd));
  else if (is(step, "futimens")) {
    struct timespec times[2] = { time_of(step, 2), time_of(step, 3) };
    done(syscall(SYS_utimensat, fd, NULL, times, 0));
  } else if (is(step, "fionread")) {
    long result = syscall(SYS_ioctl, fd, FIONREAD, &held);
    if (result < 0) done(result);
    else say("%d", held);
  } else if (is(step, "pipe2")) {
    long result = syscall(SYS_pipe2, ends, number(step, 1));
    if (result < 0) done(result);
    else say("%d %d", ends[0], ends[1]);
  } else return 0;
  return 1;
}

/* Whether it was one of the calls on a path. */
static int on_path(const struct step *step) {
  const char *path = text(step, 1);
  const long second = number(step, 2), third = number(step, 3);
  struct stat st;
  if (is(step, "open")) done(syscall(SYS_open, path, second, third));
  else if (is(step, "creat")) done(syscall(SYS_creat, path, second));
  else if (is(step, "stat")) done_stat(syscall(SYS_stat, path, &st), &st);
  else if (is(step, "lstat")) done_stat(syscall(SYS_lstat, path, &st), &st);
  else if (is(step, "access")) done(syscall(SYS_access, path, second));
  else if (is(step, "chmod")) done(syscall(SYS_chmod, path, second));
  else if (is(step, "chown")) done(syscall(SYS_chown, path, second, third));
  else if (is(step, "lchown")) done(syscall(SYS_lchown, path, second, third));
  else if (is(step, "truncate")) done(syscall(SYS_truncate, path, second));
  else if (is(step, "mkdir")) done(syscall(SYS_mkdir, path, second));
  else if (is(step, "mknod")) done(syscall(SYS_mknod, path, second, third));
  else if (is(step, "mkfifo")) done(syscall(SYS_mknod, path, S_IFIFO | (second & 07777), 0));
  else if (is(step, "rmdir")) done(syscall(SYS_rmdir, path));
  else if (is(step, "unlink")) done(syscall(SYS_unlink, path));
  else if (is(step, "link")) done(syscall(SYS_link, path, text(step, 2)));
  else if (is(step, "symlink")) done(syscall(SYS_symlink, path, text(step, 2)));
  else if (is(step, "readlink")) read_link(AT_FDCWD, path);
  else if (is(step, "rename")) done(syscall(SYS_rename, path, text(step, 2)));
  else if (is(step, "chdir")) done(syscall(SYS_chdir, path));
  else if (is(step, "chroot")) {
    // Whoever stays outside can climb out.
    long result = syscall(SYS_chroot, path);
    done(result < 0 ? result : syscall(SYS_chdir, "/"));
  } else return 0;
  return 1;
}

/* Newer than the headers of some systems. */
enum { SYS_FCHMODAT2 = 452 };

static struct timespec timespec_of(struct statx_timestamp time) {
  return (struct timespec){ time.tv_sec, time.tv_nsec };
}

/* The number of a mount in the order in which mounts were first seen. */
static size_t mount_class(uint64_t mount) {
  static uint64_t seen[1024];
  static size_t count;
  for (size_t i = 0; i < count; i++) if (seen[i] == mount) return i;
  if (count == 1024) abort();
  seen[count] = mount;
  return count++;
}

enum { MOUNT_BITS = 0x5000 };

static void stat_more(int dirfd, const char *path, int flags, unsigned mask) {
  struct statx stx;
  // Linux fills in the times of changes only where they are asked for.
  long result = syscall(SYS_statx, dirfd, path, flags, mask | STATX_BASIC_STATS | STATX_BTIME, &stx);
  if (result < 0) return done(result);
  struct stat st = {
    .st_dev = makedev(stx.stx_dev_major, stx.stx_dev_minor),
    .st_ino = stx.stx_ino,
    .st_mode = stx.stx_mode,
    .st_nlink = stx.stx_nlink,
    .st_uid = stx.stx_uid,
    .st_gid = stx.stx_gid,
    .st_size = (off_t)stx.stx_size,
    .st_blocks = (blkcnt_t)stx.stx_blocks,
    .st_rdev = makedev(stx.stx_rdev_major, stx.stx_rdev_minor),
    .st_atim = timespec_of(stx.stx_atime),
    .st_mtim = timespec_of(stx.stx_mtime),
    .st_ctim = timespec_of(stx.stx_ctime),
  };
  say_stat(&st);
  const char *made = (stx.stx_mask & STATX_BTIME) == 0 ? "unknown" : stx.stx_btime.tv_sec >= 1000000000 ? "now" : "then";
  say(" x=%llx t=%s", (unsigned long long)(stx.stx_attributes & STATX_ATTR_MOUNT_ROOT), made);
  // What lies in no file system that one could see has a mount nevertheless, here but not there.
  const int lies = S_ISREG(stx.stx_mode) || S_ISDIR(stx.stx_mode) || S_ISLNK(stx.stx_mode);
  if (lies) say(" m=%x:%zu", stx.stx_mask & MOUNT_BITS, mount_class(stx.stx_mnt_id));
}

/* Whether it was one of the calls on a path that begins at a descriptor. */
static int at_descriptor(const struct step *step) {
  const int dirfd = (int)number(step, 1);
  const char *path = text(step, 2);
  const long third = number(step, 3), fourth = number(step, 4);
  struct stat st;
  if (is(step, "openat")) done(syscall(SYS_openat, dirfd, path, third, fourth));
  else if (is(step, "openat2")) {
    struct open_how how = { .flags = (uint64_t)third, .mode = (uint64_t)fourth, .resolve = (uint64_t)number(step, 5) };
    done(syscall(SYS_openat2, dirfd, path, &how, sizeof how));
  } else if (is(step, "statx")) stat_more(dirfd, path, (int)third, (unsigned)fourth);
  else if (is(step, "fchmodat")) done(syscall(SYS_FCHMODAT2, dirfd, path, third, fourth));
  else if (is(step, "fchownat")) done(syscall(SYS_fchownat, dirfd, path, third, fourth, number(step, 5)));
  else if (is(step, "mknodat")) done(syscall(SYS_mknodat, dirfd, path, third, fourth));
  else if (is(step, "symlinkat")) done(syscall(SYS_symlinkat, text(step, 1), number(step, 2), text(step, 3)));
  else if (is(step, "fstatat")) done_stat(syscall(SYS_newfstatat, dirfd, path, &st, third), &st);
  else if (is(step, "faccessat")) done(syscall(SYS_faccessat2, dirfd, path, third, fourth));
  else if (is(step, "mkdirat")) done(syscall(SYS_mkdirat, dirfd, path, third));
  else if (is(step, "unlinkat")) done(syscall(SYS_unlinkat, dirfd, path, third));
  else if (is(step, "readlinkat")) read_link(dirfd, path);
  else if (is(step, "linkat")) done(syscall(SYS_linkat, dirfd, path, third, text(step, 4), number(step, 5)));
  else if (is(step, "renameat2")) done(syscall(SYS_renameat2, dirfd, path, third, text(step, 4), number(step, 5)));
  else if (is(step, "utimensat")) {
    struct timespec times[2] = { time_of(step, 3), time_of(step, 4) };
    done(syscall(SYS_utimensat, dirfd, path, times, number(step, 5)));
  } else return 0;
  return 1;
}

/* Whether it was one of the calls on the process itself. */
static int on_self(const struct step *step) {
  const long first = number(step, 1), second = number(step, 2), third = number(step, 3);
  if (is(step, "getcwd")) working_directory();
  else if (is(step, "umask")) done(syscall(SYS_umask, first));
  else if (is(step, "setresuid")) done(syscall(SYS_setresuid, first, second, third));
  else if (is(step, "setresgid")) done(syscall(SYS_setresgid, first, second, third));
  else if (is(step, "setuid")) done(syscall(SYS_setuid, first));
  else if (is(step, "setgid")) done(syscall(SYS_setgid, first));
  else if (is(step, "setgroups")) set_groups(text(step, 1));
  else if (is(step, "ids")) say_ids();
  else if (is(step, "wait")) {
    struct pollfd one = { .fd = (int)first, .events = (short)second };
    long ready = syscall(SYS_poll, &one, 1, -1);
    if (ready < 0) done(ready);
    else say("%x", (unsigned short)one.revents);
  } else if (is(step, "mount")) {
    done(mount("tmpfs", text(step, 1), "tmpfs", 0, second == 0 ? "mode=755" : "mode=755,size=16k,nr_inodes=4"));
  } else if (is(step, "readonly")) {
    if (mount("none", text(step, 1), NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) < 0) say("not mounted");
    else done(0);
  } else if (is(step, "setrlimit")) {
    struct rlimit limit = { (rlim_t)second, (rlim_t)second };
    done(syscall(SYS_prlimit64, 0, first, &limit, NULL));
  } else return 0;
  return 1;
}

void perform(const struct step *step) {
  static const char *const may_block[] = { "open", "openat", "openat2", "creat", "truncate", "vmsplice", "read", "write",
    "readv", "writev", "preadv2", "pwritev2", "sendfile", "splice", "feed", "tee", "wait", "accept", "connect", "send", "sendto", "sendmsg",
    "recv", "recvfrom", "recvmsg", "select", "poll2", "epoll_wait" };
  int blocks = 0;
  for (size_t i = 0; i < sizeof may_block / sizeof *may_block; i++) blocks |= is_alone && is(step, may_block[i]);
  if (blocks) alarm_every(4000);
  if (!on_descriptor(step) && !on_path(step) && !at_descriptor(step) && !on_self(step) && !on_transfer(step) &&
      !on_attribute(step) && !on_lock(step) && !on_socket(step) && !on_waiting(step)) say("unknown call");
  if (blocks) alarm_every(0);
  say("\n");
}
