/*
 * Runs programs of calls on descriptors that can be waited for, and tells what every call answered.
 *
 * Reads steps, a line each: the name of a call and numbers, separated by tabs. A line "%%" ends a program. Each program
 * gets a process of its own without any descriptor, an empty directory with a FIFO "f" and a file "a" in it, and all the
 * signals that it sends itself blocked. Nothing in it blocks. Answers a line for each step, then "%%".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STEPS_MAX = 512, FIELDS_MAX = 6, ANSWER_MAX = 1 << 20 };

struct step {
  char name[16];
  long long argument[FIELDS_MAX];
};

static struct step steps[STEPS_MAX];
static int count;
static struct {
  size_t length;
  char text[ANSWER_MAX];
} *answer;

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void say(const char *format, ...) {
  __builtin_va_list arguments;
  __builtin_va_start(arguments, format);
  int length = vsnprintf(answer->text + answer->length, ANSWER_MAX - answer->length, format, arguments);
  __builtin_va_end(arguments);
  if (length > 0) answer->length += (size_t)length;
}

static void done(long result) {
  if (result < 0) say("!%d", errno);
  else say("%ld", result);
}

/* The kernel's own layout of a signal set: one word. */
static uint64_t bits(long long set) {
  return (uint64_t)set;
}

static const char *length_of(struct timespec time) {
  if (time.tv_sec == 0 && time.tv_nsec == 0) return "0";
  return time.tv_sec < 100 ? "soon" : "far";
}

static void say_setting(long result, const struct itimerspec *setting) {
  if (result < 0) done(result);
  else say("%s %s", length_of(setting->it_value), length_of(setting->it_interval));
}

static struct timespec time_of(long long nanoseconds) {
  return (struct timespec){ nanoseconds / 1000000000, nanoseconds % 1000000000 };
}

static void read_some(int fd, size_t most) {
  static unsigned char buffer[1 << 17];
  long got = read(fd, buffer, most);
  if (got <= 0) return done(got);
  say("%ld", got);
  if (got % 128 == 0 && most % 128 == 0) {
    // Records of a signalfd.
    for (long at = 0; at < got; at += 128) {
      struct signalfd_siginfo info;
      memcpy(&info, buffer + at, sizeof info);
      say(" %u:%d:%d", info.ssi_signo, info.ssi_code, info.ssi_int);
    }
  } else for (long i = 0; i < got && i < 8; i++) say(" %02x", buffer[i]);
}

static void write_some(int fd, size_t length, long long value) {
  static unsigned char buffer[1 << 17];
  memset(buffer, 7, sizeof buffer);
  if (length == 8) memcpy(buffer, &value, 8);
  done(write(fd, buffer, length));
}

static void wait_epoll(int fd, int most, int timeout) {
  struct epoll_event events[64];
  long got = syscall(SYS_epoll_wait, fd, events, most > 64 ? 64 : most, timeout);
  if (got < 0) return done(got);
  say("%ld", got);
  for (long i = 0; i < got; i++) say(" %x:%llu", events[i].events, (unsigned long long)events[i].data.u64);
}

static void select_three(long long read, long long write, long long except) {
  fd_set sets[3];
  long long fds[3] = { read, write, except };
  for (int i = 0; i < 3; i++) {
    FD_ZERO(&sets[i]);
    if (fds[i] >= 0) FD_SET((int)fds[i], &sets[i]);
  }
  struct timeval none = { 0, 0 };
  long got = select(20, &sets[0], &sets[1], &sets[2], &none);
  if (got < 0) return done(got);
  for (int i = 0; i < 3; i++) say("%s%d", i == 0 ? "" : " ", fds[i] >= 0 && FD_ISSET((int)fds[i], &sets[i]) != 0);
}

static int is(const struct step *step, const char *name) {
  return strcmp(step->name, name) == 0;
}

static void perform(const struct step *step) {
  const long long *a = step->argument;
  const int fd = (int)a[0];
  int ends[2];
  if (is(step, "pipe")) {
    if (pipe2(ends, O_NONBLOCK) < 0) done(-1);
    else say("%d %d", ends[0], ends[1]);
  } else if (is(step, "fifo")) done(open("f", (int)a[0] | O_NONBLOCK));
  else if (is(step, "file")) done(open("a", O_RDWR));
  else if (is(step, "eventfd")) done(syscall(SYS_eventfd2, (unsigned)a[0], (int)a[1]));
  else if (is(step, "timerfd")) done(syscall(SYS_timerfd_create, (int)a[0], (int)a[1]));
  else if (is(step, "tset")) {
    struct itimerspec new = { time_of(a[3]), time_of(a[2]) }, old;
    long result = syscall(SYS_timerfd_settime, fd, (int)a[1], &new, &old);
    say_setting(result, &old);
    // What is due at once has to have come.
    if (result == 0 && a[2] > 0 && (a[2] < 1000000 || (a[1] & TFD_TIMER_ABSTIME))) usleep(300);
  } else if (is(step, "tget")) {
    struct itimerspec now;
    say_setting(syscall(SYS_timerfd_gettime, fd, &now), &now);
  } else if (is(step, "signalfd")) {
    uint64_t set = bits(a[1]);
    done(syscall(SYS_signalfd4, fd, &set, 8, (int)a[2]));
  } else if (is(step, "raise")) {
    union sigval value = { .sival_int = (int)a[1] };
    done(a[1] == 0 ? kill(getpid(), (int)a[0]) : sigqueue(getpid(), (int)a[0], value));
  } else if (is(step, "sigwait")) {
    uint64_t set = bits(a[0]);
    struct timespec none = { 0, 0 };
    done(syscall(SYS_rt_sigtimedwait, &set, NULL, &none, 8));
  } else if (is(step, "epoll")) done(syscall(SYS_epoll_create1, (int)a[0]));
  else if (is(step, "ctl")) {
    struct epoll_event event = { .events = (uint32_t)a[3], .data.u64 = (uint64_t)a[4] };
    done(syscall(SYS_epoll_ctl, fd, (int)a[1], (int)a[2], &event));
  } else if (is(step, "ewait")) wait_epoll(fd, (int)a[1], (int)a[2]);
  else if (is(step, "poll")) {
    struct pollfd fds[2] = { { fd, (short)a[1], 0 }, { (int)a[2], (short)a[3], 0 } };
    long got = syscall(SYS_poll, fds, 2, (int)a[4]);
    if (got < 0) done(got);
    else say("%x %x", (unsigned short)fds[0].revents, (unsigned short)fds[1].revents);
  } else if (is(step, "select")) select_three(a[0], a[1], a[2]);
  else if (is(step, "read")) read_some(fd, (size_t)a[1]);
  else if (is(step, "write")) write_some(fd, (size_t)a[1], a[2]);
  else if (is(step, "close")) done(close(fd));
  else if (is(step, "dup")) done(dup(fd));
  else if (is(step, "dup2")) done(dup2(fd, (int)a[1]));
  else if (is(step, "resize")) done(fcntl(fd, F_SETPIPE_SZ, (int)a[1]));
  else say("unknown call");
  say("\n");
}

static void run_program(void) {
  unlink("f");
  if (mkfifo("f", 0666) < 0) _exit(3);
  close(open("a", O_CREAT | O_RDWR | O_TRUNC, 0666));
  close_range(0, ~0u, 0);
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  signal(SIGPIPE, SIG_IGN);
  for (int i = 0; i < count; i++) perform(&steps[i]);
  _exit(0);
}

/* The next program; false at the end of input. */
static int read_program(void) {
  char line[256];
  count = 0;
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (strcmp(line, "%%\n") == 0) return 1;
    if (count == STEPS_MAX) exit(2);
    struct step *step = &steps[count++];
    memset(step, 0, sizeof *step);
    int field = -1;
    for (char *word = strtok(line, "\t\n"); word != NULL && field < FIELDS_MAX; word = strtok(NULL, "\t\n"), field++) {
      if (field < 0) strncpy(step->name, word, sizeof step->name - 1);
      else step->argument[field] = word[0] == '-' ? strtoll(word, NULL, 10) : (long long)strtoull(word, NULL, 10);
    }
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 2 || chdir(argv[1]) < 0) return 2;
  answer = mmap(NULL, sizeof *answer, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  while (read_program()) {
    int status;
    answer->length = 0;
    pid_t child = fork();
    if (child == 0) run_program();
    waitpid(child, &status, 0);
    if (status != 0) say("ended with %d\n", status);
    fwrite(answer->text, 1, answer->length, stdout);
    fputs("%%\n", stdout);
    fflush(stdout);
  }
  return 0;
}
