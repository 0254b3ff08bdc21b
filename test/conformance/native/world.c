#define _GNU_SOURCE
#include "world.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "show.h"

enum { CONTENT_MAX = 1 << 18 };

struct step steps[STEPS_MAX];
int count;

void fail(const char *what) {
  fprintf(stderr, "helper: %s: %s\n", what, strerror(errno));
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

int read_program(void) {
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

void held_signals(sigset_t *set) {
  sigemptyset(set);
  sigaddset(set, SIGTRAP);
  sigaddset(set, SIGIO);
  sigaddset(set, SIGRTMIN);
  sigaddset(set, SIGRTMIN + 1);
}

void prepare_world(void) {
  sigset_t held;
  held_signals(&held);
  sigprocmask(SIG_BLOCK, &held, NULL);
  umask(022);
  struct rlimit files = { 1024, 1024 }, size = { RLIM_INFINITY, RLIM_INFINITY };
  setrlimit(RLIMIT_NOFILE, &files);
  setrlimit(RLIMIT_FSIZE, &size);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  prepare_calls();
}

void enter_world(const char *directory) {
  if (chdir(directory) < 0 || chroot(".") < 0) _exit(3);
  close_range(0, ~0u, 0);
  prepare_world();
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

void say_world(void) {
  struct stat st;
  if (lstat("/", &st) < 0) _exit(3);
  say("/ ");
  say_stat(&st);
  say("\n");
  say_tree(0);
}

void die_some_day(void) {
  timer_t timer;
  struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL };
  struct itimerspec after = { { 0, 0 }, { HANGS_AFTER, 0 } };
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) == 0) timer_settime(timer, 0, &after, NULL);
}

void in_child(void (*body)(void)) {
  int status;
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    die_some_day();
    body();
  }
  while (waitpid(child, &status, 0) < 0) if (errno != EINTR) fail("waitpid");
  if (WIFSIGNALED(status)) say("killed by signal %d\n", WTERMSIG(status));
  else if (WEXITSTATUS(status) != 0) say("exited with %d\n", WEXITSTATUS(status));
}
