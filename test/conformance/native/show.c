#define _GNU_SOURCE
#include "show.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct answer *answer;

void say(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  size_t room = ANSWER_MAX - answer->length;
  int length = vsnprintf(answer->text + answer->length, room, format, arguments);
  va_end(arguments);
  if (length < 0 || (size_t)length >= room) abort();
  answer->length += (size_t)length;
}

void say_escaped(const char *bytes) {
  for (const unsigned char *at = (const unsigned char *)bytes; *at != 0; at++) {
    if (*at > 0x20 && *at < 0x7f && *at != '%') say("%c", *at);
    else say("%%%02x", *at);
  }
}

size_t inode_class(dev_t dev, ino_t ino) {
  // A disk gives the number of a file that is gone to the next one.
  if (answer->disk) return 0;
  for (size_t i = 0; i < answer->inodes; i++) {
    if (answer->inode[i].dev == dev && answer->inode[i].ino == ino) return i;
  }
  if (answer->inodes == INODES_MAX) abort();
  answer->inode[answer->inodes].dev = dev;
  answer->inode[answer->inodes].ino = ino;
  return answer->inodes++;
}

char type_letter(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG: return '-';
    case S_IFDIR: return 'd';
    case S_IFLNK: return 'l';
    case S_IFIFO: return 'p';
    case S_IFSOCK: return 's';
    case S_IFCHR: return 'c';
    case S_IFBLK: return 'b';
    default: return '?';
  }
}

static void say_time(const char *name, struct timespec time) {
  if (time.tv_sec >= 1000000000) say(" %s=now", name);
  else say(" %s=%lld.%09ld", name, (long long)time.tv_sec, time.tv_nsec);
}

void say_stat(const struct stat *st) {
  say(
    "%c%04o n=%lu u=%u g=%u s=%lld i=%zu r=%lx", type_letter(st->st_mode), st->st_mode & 07777,
    (unsigned long)st->st_nlink, st->st_uid, st->st_gid, answer->disk && S_ISDIR(st->st_mode) ? 0LL : (long long)st->st_size, inode_class(st->st_dev, st->st_ino),
    (unsigned long)st->st_rdev
  );
  say_time("a", st->st_atim);
  say_time("m", st->st_mtim);
  say_time("c", st->st_ctim);
  if (S_ISREG(st->st_mode) && !answer->disk) say(" b=%lld", (long long)st->st_blocks);
}

void say_bytes(const unsigned char *bytes, size_t length) {
  say("%zu", length);
  if (length == 0) return;
  say(" ");
  for (size_t i = 0; i < length && i < 8; i++) say("%02x", bytes[i]);
  if (length <= 8) return;
  unsigned hash = 2166136261u;
  for (size_t i = 0; i < length; i++) hash = (hash ^ bytes[i]) * 16777619u;
  say("+%08x", hash);
}
