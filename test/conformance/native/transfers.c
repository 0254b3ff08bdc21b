/*
 * Calls on several buffers, between descriptors, on what a file takes of its storage, and on extended attributes.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "step.h"

enum { VECTOR_MAX = 1100, NOWHERE = -999 };

static struct iovec vector[VECTOR_MAX];

/* The buffers whose lengths stand in a field, one behind the other. */
static int vector_of(const struct step *step, int i) {
  int count = 0;
  size_t used = 0;
  for (const char *at = text(step, i); *at != 0 && count < VECTOR_MAX;) {
    char *end;
    size_t length = strtoul(at, &end, 10);
    if (used + length > BUFFER) length = BUFFER - used;
    vector[count++] = (struct iovec){ buffer + used, length };
    used += length;
    at = *end == ',' ? end + 1 : end;
  }
  fill_buffer((long)used, 0);
  return count;
}

static int seeded_vector(const struct step *step, int i) {
  int count = vector_of(step, i);
  size_t used = 0;
  for (int each = 0; each < count; each++) used += vector[each].iov_len;
  fill_buffer((long)used, (unsigned)number(step, i + 1));
  return count;
}

/* What is sent onto itself piece by piece depends on the pieces. */
static int same_file(int one, int other) {
  struct stat a, b;
  return fstat(one, &a) == 0 && fstat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static void done_statfs(long result, const struct statfs *fs) {
  if (result < 0) done(result);
  else say("%lx %ld %ld", (unsigned long)fs->f_type, (long)fs->f_bsize, (long)fs->f_namelen);
}

/* The pages of a file in a pipe change with the file, here but not there: only one that stays as it is is spliced. */
static int file_into_pipe(int in, int out) {
  struct stat a, b;
  return fstat(in, &a) == 0 && fstat(out, &b) == 0 && S_ISREG(a.st_mode) && S_ISFIFO(b.st_mode);
}

/* Pages in a pipe are those of memory, here but not there: each buffer has pages that nothing else is done with. */
static void vmsplice_step(const struct step *step) {
  const int count = seeded_vector(step, 2);
  size_t used = 0;
  struct iovec own[VECTOR_MAX];
  for (int i = 0; i < count; i++) {
    const size_t length = vector[i].iov_len;
    void *pages = mmap(NULL, length + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(pages, vector[i].iov_base, length);
    own[i] = (struct iovec){ pages, length };
  }
  const int fd = (int)number(step, 1), reads = (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY;
  const long done_so = syscall(SYS_vmsplice, fd, own, count, number(step, 4));
  for (int i = 0; i < count && reads && done_so > 0 && used < (size_t)done_so; i++) {
    memcpy(buffer + used, own[i].iov_base, own[i].iov_len);
    used += own[i].iov_len;
  }
  if (reads) done_read(done_so);
  else done(done_so);
}

static void feed(const struct step *step) {
  int file = memfd_create("feed", 0);
  if (file < 0) return done(-1);
  size_t length = fill_buffer(number(step, 2), (unsigned)number(step, 3));
  if (write(file, buffer, length) < 0) return done(-1);
  long offset = number(step, 4);
  long result = syscall(SYS_splice, file, &offset, number(step, 1), NULL, number(step, 5), (unsigned)number(step, 6));
  int error = errno;
  close(file);
  errno = error;
  done(result);
}

int on_transfer(const struct step *step) {
  const int fd = (int)number(step, 1);
  const long second = number(step, 2), third = number(step, 3), fourth = number(step, 4), fifth = number(step, 5);
  struct statfs fs;
  if (is(step, "readv")) done_read(syscall(SYS_readv, fd, vector, vector_of(step, 2)));
  else if (is(step, "writev")) done(syscall(SYS_writev, fd, vector, seeded_vector(step, 2)));
  else if (is(step, "preadv")) done_read(syscall(SYS_preadv, fd, vector, vector_of(step, 2), third, 0));
  else if (is(step, "pwritev")) done(syscall(SYS_pwritev, fd, vector, seeded_vector(step, 2), fourth, 0));
  else if (is(step, "preadv2")) done_read(syscall(SYS_preadv2, fd, vector, vector_of(step, 2), third, 0, fourth));
  else if (is(step, "pwritev2")) done(syscall(SYS_pwritev2, fd, vector, seeded_vector(step, 2), fourth, 0, fifth));
  else if (is(step, "feed")) feed(step);
  else if (is(step, "splice") && file_into_pipe(fd, (int)third)) say("file");
  else if (is(step, "copy_file_range") || is(step, "splice")) {
    long in = second, out = fourth;
    long number_of = is(step, "splice") ? SYS_splice : SYS_copy_file_range;
    done(syscall(
      number_of, fd, in == NOWHERE ? NULL : &in, third, out == NOWHERE ? NULL : &out, fifth, (unsigned)number(step, 6)
    ));
  } else if (is(step, "sendfile")) {
    long offset = third;
    if (same_file(fd, (int)second)) say("same");
    else if (file_into_pipe((int)second, fd)) say("file");
    else done(syscall(SYS_sendfile, fd, second, offset == NOWHERE ? NULL : &offset, fourth));
  } else if (is(step, "vmsplice")) vmsplice_step(step);
  else if (is(step, "tee")) done(syscall(SYS_tee, fd, second, third, fourth));
  else if (is(step, "fallocate")) done(syscall(SYS_fallocate, fd, second, third, fourth));
  else if (is(step, "fdatasync")) done(syscall(SYS_fdatasync, fd));
  else if (is(step, "sync")) say("0");
  else if (is(step, "syncfs")) done(syscall(SYS_syncfs, fd));
  else if (is(step, "sync_file_range")) done(syscall(SYS_sync_file_range, fd, second, third, fourth));
  else if (is(step, "fstatfs")) done_statfs(syscall(SYS_fstatfs, fd, &fs), &fs);
  else if (is(step, "statfs")) done_statfs(syscall(SYS_statfs, text(step, 1), &fs), &fs);
  else if (is(step, "memfd_create")) done(syscall(SYS_memfd_create, text(step, 1), second));
  else if (is(step, "close_range")) done(syscall(SYS_close_range, (unsigned)fd, (unsigned)second, third));
  else return 0;
  return 1;
}

static void done_value(long result, long size) {
  if (result >= 0 && size == 0) say("length %ld", result);
  else done_read(result);
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void done_list(long result) {
  static char *names[1024];
  size_t count = 0;
  if (result < 0) return done(result);
  for (char *at = (char *)buffer; at < (char *)buffer + result && count < 1024; at += strlen(at) + 1) names[count++] = at;
  qsort(names, count, sizeof *names, by_name);
  say("%zu", count);
  for (size_t i = 0; i < count; i++) {
    say(" ");
    say_escaped(names[i]);
  }
}

int on_attribute(const struct step *step) {
  const int fd = (int)number(step, 1);
  const char *path = text(step, 1), *name = text(step, 2);
  const long second = number(step, 2), third = number(step, 3), fifth = number(step, 5);
  if (is(step, "getxattr")) done_value(syscall(SYS_getxattr, path, name, buffer, third), third);
  else if (is(step, "lgetxattr")) done_value(syscall(SYS_lgetxattr, path, name, buffer, third), third);
  else if (is(step, "fgetxattr")) done_value(syscall(SYS_fgetxattr, fd, name, buffer, third), third);
  else if (is(step, "listxattr")) done_list(syscall(SYS_listxattr, path, buffer, second));
  else if (is(step, "llistxattr")) done_list(syscall(SYS_llistxattr, path, buffer, second));
  else if (is(step, "flistxattr")) done_list(syscall(SYS_flistxattr, fd, buffer, second));
  else if (is(step, "removexattr")) done(syscall(SYS_removexattr, path, name));
  else if (is(step, "lremovexattr")) done(syscall(SYS_lremovexattr, path, name));
  else if (is(step, "fremovexattr")) done(syscall(SYS_fremovexattr, fd, name));
  else if (is(step, "setxattr") || is(step, "lsetxattr") || is(step, "fsetxattr")) {
    size_t length = fill_buffer(third, (unsigned)number(step, 4));
    if (is(step, "setxattr")) done(syscall(SYS_setxattr, path, name, buffer, length, fifth));
    else if (is(step, "lsetxattr")) done(syscall(SYS_lsetxattr, path, name, buffer, length, fifth));
    else done(syscall(SYS_fsetxattr, fd, name, buffer, length, fifth));
  } else return 0;
  return 1;
}
