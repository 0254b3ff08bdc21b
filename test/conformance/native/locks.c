#define _GNU_SOURCE
#include "locks.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "show.h"
#include "world.h"

enum { COOKIES_MAX = 1024 };

/* What only newer C libraries name. */
#ifndef F_GETOWNER_UIDS
#define F_GETOWNER_UIDS 17
#endif

pid_t actor_pid[ACTORS_MAX];

static long number(const struct step *step, int i) {
  return i < step->fields ? strtol(step->field[i], NULL, 0) : 0;
}

static void done(long result) {
  if (result < 0) say("!%d", errno);
  else say("%ld", result);
}

static int is(const struct step *step, const char *name) {
  return strcmp(step->field[0], name) == 0;
}

static void say_pid(pid_t pid) {
  for (int i = 0; i < ACTORS_MAX; i++) {
    if (pid > 0 && actor_pid[i] == pid) {
      say(" a%d", i);
      return;
    }
  }
  say(" %d", pid);
}

static void record_lock(const struct step *step) {
  struct flock lock = {
    .l_type = (short)number(step, 3),
    .l_whence = (short)number(step, 4),
    .l_start = number(step, 5),
    .l_len = number(step, 6),
    .l_pid = (pid_t)number(step, 7),
  };
  long command = number(step, 2);
  long result = syscall(SYS_fcntl, number(step, 1), command, &lock);
  if (result < 0 || (command != F_GETLK && command != F_OFD_GETLK)) return done(result);
  say("%d %d %ld %ld", lock.l_type, lock.l_whence, (long)lock.l_start, (long)lock.l_len);
  say_pid(lock.l_pid);
}

/* A cookie only says which two events belong together. */
static size_t cookie_class(uint32_t cookie) {
  static uint32_t seen[COOKIES_MAX];
  static size_t count;
  for (size_t i = 0; i < count; i++) if (seen[i] == cookie) return i + 1;
  if (count == COOKIES_MAX) abort();
  seen[count] = cookie;
  return ++count;
}

static void say_events(int fd, size_t room) {
  static char events[1 << 16] __attribute__((aligned(8)));
  long length = syscall(SYS_read, fd, events, room > sizeof events ? sizeof events : room);
  if (length < 0) return done(length);
  say("%ld", length);
  for (long at = 0; at < length;) {
    struct inotify_event *event = (struct inotify_event *)(events + at);
    // Read from something else.
    const long head = (long)sizeof *event;
    if (at + head > length || at + head + (long)event->len > length) return say(" no event");
    say(" %d:%x:%zu:%u:", event->wd, event->mask, event->cookie == 0 ? 0 : cookie_class(event->cookie), event->len);
    if (event->len > 0) say_escaped(event->name);
    at += (long)(sizeof *event + event->len);
  }
}

/* A process by what it is here: the caller itself, nobody, or an actor. */
static pid_t process_of(long who) {
  return who < 0 ? getpid() : who == 0 || who >= ACTORS_MAX ? 0 : actor_pid[who];
}

static void say_owner(pid_t pid) {
  if (pid == getpid()) say(" self");
  else say_pid(pid);
}

static void owner(const struct step *step) {
  const int fd = (int)number(step, 1);
  struct f_owner_ex owner = { .type = (int)number(step, 2), .pid = process_of(number(step, 3)) };
  if (is(step, "setown")) return done(syscall(SYS_fcntl, fd, F_SETOWN, process_of(number(step, 2))));
  if (is(step, "setown_ex")) return done(syscall(SYS_fcntl, fd, F_SETOWN_EX, &owner));
  if (is(step, "getown_ex")) {
    if (syscall(SYS_fcntl, fd, F_GETOWN_EX, &owner) < 0) return done(-1);
    say("%d", owner.type);
    return say_owner(owner.pid);
  }
  if (is(step, "owner_uids")) {
    uid_t ids[2];
    if (syscall(SYS_fcntl, fd, F_GETOWNER_UIDS, ids) < 0) return done(-1);
    return say("%u %u", ids[0], ids[1]);
  }
  long pid = syscall(SYS_fcntl, fd, F_GETOWN, 0);
  if (pid < 0) return done(-1);
  say_owner((pid_t)pid);
}

static void hint(const struct step *step) {
  uint64_t value = (uint64_t)number(step, 3);
  long result = syscall(SYS_fcntl, number(step, 1), number(step, 2), &value);
  if (result < 0 || number(step, 2) != F_GET_RW_HINT) return done(result);
  say("%ld", (long)value);
}

/* All signals that wait, of those that are held back. */
static void say_signals(void) {
  sigset_t set;
  held_signals(&set);
  siginfo_t info;
  const struct timespec none = { 0 };
  for (int signal; (signal = sigtimedwait(&set, &info, &none)) > 0;) {
    const int of_descriptor = info.si_code == SI_SIGIO || (info.si_code >= POLL_IN && info.si_code <= POLL_HUP);
    say(" %d:%d", signal, info.si_code);
    if (of_descriptor) say(":%d:%lx", info.si_fd, info.si_band);
  }
}

int on_lock(const struct step *step) {
  const int fd = (int)number(step, 1);
  if (is(step, "flock")) done(syscall(SYS_flock, fd, number(step, 2)));
  else if (is(step, "lock")) record_lock(step);
  else if (is(step, "lockf")) done(lockf(fd, (int)number(step, 2), number(step, 3)));
  else if (is(step, "inotify_init")) done(syscall(SYS_inotify_init1, number(step, 1)));
  else if (is(step, "inotify_add")) done(syscall(SYS_inotify_add_watch, fd, step->field[2], (uint32_t)number(step, 3)));
  else if (is(step, "inotify_rm")) done(syscall(SYS_inotify_rm_watch, fd, number(step, 2)));
  else if (is(step, "signals")) say_signals();
  else if (is(step, "hint")) hint(step);
  else if (strncmp(step->field[0], "setown", 6) == 0 || is(step, "getown") || is(step, "getown_ex") ||
           is(step, "owner_uids")) owner(step);
  else if (is(step, "events")) say_events(fd, (size_t)number(step, 2));
  else return 0;
  return 1;
}
