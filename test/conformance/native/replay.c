/*
 * Runs programs of system calls on this machine's Linux and tells what every call answered.
 *
 * Reads steps, a line each: the name of a call and its arguments, separated by tabs; in strings, bytes that are not
 * plain stand as %XX. A line "%%" ends a program. Each program gets an empty tmpfs as its root, a process of its own
 * without any descriptor, and starts as user 0 in the root. Answers a line for each step, then a line for each file
 * that is there in the end, then "%%".
 *
 * With a second argument, the image of a file system, the root is an empty directory of that.
 *
 * Needs the right to mount and to chroot, and takes it in a mount namespace of its own, which vanishes with it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "calls.h"
#include "show.h"

enum { STEPS_MAX = 4096, HANGS_AFTER = 20, CONTENT_MAX = 1 << 18 };

static struct step steps[STEPS_MAX];
static int count;
static char *directory;

static void fail(const char *what) {
  fprintf(stderr, "replay: %s: %s\n", what, strerror(errno));
  exit(2);
}

static int hex(char digit) {
  return digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}

static void unescape(char *field) {
  char *to = field;
  for (char *at = field; *at != 0; at++) {
    if (*at == '%' && at[1] != 0 && at[2] != 0) {
      *to++ = (char)(hex(at[1]) << 4 | hex(at[2]));
      at += 2;
    } else *to++ = *at;
  }
  *to = 0;
}

/* The next program; false at the end of input. */
static int read_program(void) {
  char *line = NULL;
  size_t room = 0;
  for (int i = 0; i < count; i++) free(steps[i].field[0]);
  count = 0;
  for (;;) {
    ssize_t length = getline(&line, &room, stdin);
    if (length < 0) return 0;
    line[strcspn(line, "\n")] = 0;
    if (strcmp(line, "%%") == 0) break;
    if (count == STEPS_MAX) fail("too many steps");
    struct step *step = &steps[count++];
    char *rest = strdup(line);
    step->fields = 0;
    for (char *field; step->fields < FIELDS_MAX && (field = strsep(&rest, "\t")) != NULL;) {
      unescape(field);
      step->field[step->fields++] = field;
    }
  }
  free(line);
  return 1;
}

static void run_program(void) {
  if (chdir(directory) < 0 || chroot(".") < 0) _exit(3);
  close_range(0, ~0u, 0);
  umask(022);
  struct rlimit files = { 1024, 1024 }, size = { RLIM_INFINITY, RLIM_INFINITY };
  setrlimit(RLIMIT_NOFILE, &files);
  setrlimit(RLIMIT_FSIZE, &size);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  prepare_calls();
  for (int i = 0; i < count; i++) perform(&steps[i]);
  _exit(0);
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void say_content(const char *path, const struct stat *st) {
  static unsigned char content[CONTENT_MAX];
  if (S_ISREG(st->st_mode)) {
    int fd = open(path, O_RDONLY);
    ssize_t length = read(fd, content, CONTENT_MAX);
    say(" ");
    say_bytes(content, length < 0 ? 0 : (size_t)length);
    close(fd);
  } else if (S_ISLNK(st->st_mode)) {
    ssize_t length = readlink(path, (char *)content, CONTENT_MAX - 1);
    content[length < 0 ? 0 : length] = 0;
    say(" -> ");
    say_escaped((char *)content);
  }
}

/* Everything below the working directory. Long names must not add up to a path that is too long, hence no paths. */
static void say_tree(int depth) {
  char *names[4096];
  size_t found = 0;
  DIR *open_directory = opendir(".");
  if (open_directory == NULL) return;
  for (struct dirent *entry; (entry = readdir(open_directory)) != NULL && found < 4096;) {
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) names[found++] = strdup(entry->d_name);
  }
  closedir(open_directory);
  qsort(names, found, sizeof *names, by_name);
  for (size_t i = 0; i < found; i++) {
    struct stat st;
    if (lstat(names[i], &st) < 0) continue;
    say("%*s", depth * 2 + 1, "");
    say_escaped(names[i]);
    say(" ");
    say_stat(&st);
    say_content(names[i], &st);
    say("\n");
    if (S_ISDIR(st.st_mode) && chdir(names[i]) == 0) {
      say_tree(depth + 1);
      if (chdir("..") < 0) _exit(3);
    }
    free(names[i]);
  }
}

static void look_at_tree(void) {
  struct stat st;
  if (chdir(directory) < 0 || chroot(".") < 0 || lstat("/", &st) < 0) _exit(3);
  say("/ ");
  say_stat(&st);
  say("\n");
  say_tree(0);
  _exit(0);
}

static void in_child(void (*body)(void)) {
  int status;
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    // Whatever goes wrong, nobody waits for ever.
    timer_t timer;
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL };
    struct itimerspec after = { { 0, 0 }, { HANGS_AFTER, 0 } };
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) == 0) timer_settime(timer, 0, &after, NULL);
    body();
  }
  while (waitpid(child, &status, 0) < 0) if (errno != EINTR) fail("waitpid");
  if (WIFSIGNALED(status)) say("killed by signal %d\n", WTERMSIG(status));
  else if (WEXITSTATUS(status) != 0) say("exited with %d\n", WEXITSTATUS(status));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *place) {
  (void)st, (void)type, (void)place;
  return remove(path);
}

/* An empty file system, or an empty directory of the one on the disk. */
static void prepare_root(const char *disk) {
  if (disk == NULL) {
    if (mount("tmpfs", directory, "tmpfs", 0, "mode=755") < 0) fail("mount tmpfs");
  } else if (mkdir(disk, 0755) < 0 || mount(disk, directory, NULL, MS_BIND, NULL) < 0) fail("mount a directory");
}

static void leave_root(const char *disk) {
  if (umount2(directory, MNT_DETACH) < 0) fail("umount");
  if (disk != NULL && nftw(disk, remove_one, 16, FTW_DEPTH | FTW_PHYS) < 0) fail("remove");
}

/* Mounts the file system in a file, and answers the directory in it that programs are to stand in. */
static const char *mount_disk(const char *image) {
  static char at[4096], inside[4200];
  char *command;
  snprintf(at, sizeof at, "%s-disk", directory);
  snprintf(inside, sizeof inside, "%s/root", at);
  if (asprintf(&command, "mount -o loop '%s' '%s'", image, at) < 0) fail("asprintf");
  if (mkdir(at, 0755) < 0 && errno != EEXIST) fail("mkdir");
  if (system(command) != 0) fail("mount the disk");
  free(command);
  return inside;
}

int main(int argc, char **argv) {
  if (argc != 2 && argc != 3) return 2;
  directory = argv[1];
  if (unshare(CLONE_NEWNS) < 0) fail("unshare");
  if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) fail("mount");
  answer = mmap(NULL, sizeof *answer, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (answer == MAP_FAILED) fail("mmap");
  signal(SIGPIPE, SIG_DFL);
  const char *disk = argc == 3 ? mount_disk(argv[2]) : NULL;
  answer->disk = disk != NULL;
  while (read_program()) {
    prepare_root(disk);
    answer->length = answer->inodes = 0;
    in_child(run_program);
    in_child(look_at_tree);
    leave_root(disk);
    fwrite(answer->text, 1, answer->length, stdout);
    fputs("%%\n", stdout);
    fflush(stdout);
  }
  return 0;
}
