#define _GNU_SOURCE
#include "locks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "show.h"

enum { COOKIES_MAX = 1024 };

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

int on_lock(const struct step *step) {
  const int fd = (int)number(step, 1);
  if (is(step, "flock")) done(syscall(SYS_flock, fd, number(step, 2)));
  else if (is(step, "lock")) record_lock(step);
  else if (is(step, "lockf")) done(lockf(fd, (int)number(step, 2), number(step, 3)));
  else if (is(step, "inotify_init")) done(syscall(SYS_inotify_init1, number(step, 1)));
  else if (is(step, "inotify_add")) done(syscall(SYS_inotify_add_watch, fd, step->field[2], (uint32_t)number(step, 3)));
  else if (is(step, "inotify_rm")) done(syscall(SYS_inotify_rm_watch, fd, number(step, 2)));
  else if (is(step, "events")) say_events(fd, (size_t)number(step, 2));
  else return 0;
  return 1;
}
