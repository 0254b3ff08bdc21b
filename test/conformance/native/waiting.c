/*
 * Calls that wait for time, signals, children and terminals, and what a process does about signals meanwhile.
 *
 * A set of signals is told by one of its members; 0 is the empty set. Times are milliseconds.
 */
#define _GNU_SOURCE
#include "waiting.h"

#include <asm/termbits.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "step.h"
#include "world.h"

/* How many handlers have run, and what the last sleep left. */
static volatile int handled;
static struct timespec remaining;

static void handler(int signal) {
  (void)signal;
  handled++;
}

static struct timespec after(long milliseconds) {
  return (struct timespec){ milliseconds / 1000, milliseconds % 1000 * 1000000 };
}

/* The kernel's own layout of a signal set: one word. */
static uint64_t bit(long signal) {
  return signal == 0 ? 0 : (uint64_t)1 << (signal - 1);
}

static void set_action(int signal, int how, int flags) {
  struct sigaction action = { .sa_flags = flags };
  action.sa_handler = how == 2 ? handler : how == 1 ? SIG_IGN : SIG_DFL;
  done(sigaction(signal, &action, NULL));
}

static void sleep_by_clock(long milliseconds, int absolute) {
  struct timespec time = after(milliseconds);
  if (absolute) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    time.tv_sec += now.tv_sec;
    time.tv_nsec += now.tv_nsec;
    if (time.tv_nsec >= 1000000000) {
      time.tv_sec++;
      time.tv_nsec -= 1000000000;
    }
  }
  done(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, absolute ? TIMER_ABSTIME : 0, &time, &remaining));
}

/* A child that ends when it has read a byte. */
static void have_child(int fd) {
  pid_t pid = fork();
  if (pid == 0) {
    char byte;
    die_some_day();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    _exit(read(fd, &byte, 1) == 1 ? 7 : 8);
  }
  done(pid < 0 ? pid : 0);
}

static void wait_for_child(int options) {
  int status = 0;
  long pid = syscall(SYS_wait4, -1, &status, options, NULL);
  if (pid < 0) done(pid);
  else say("%x", status);
}

static void wait_for_change(int options) {
  siginfo_t info = { 0 };
  long result = syscall(SYS_waitid, P_ALL, 0, &info, options, NULL);
  if (result < 0) done(result);
  else say("%d %d", info.si_code, info.si_status);
}

/* Both ends of a terminal of a devpts of its own; with `least` it is raw, and a read waits for so many bytes. */
static void open_terminal(int least) {
  const char *where = "/terminals";
  if (mkdir(where, 0755) < 0 || mount("devpts", where, "devpts", 0, "newinstance,ptmxmode=666") < 0) return done(-1);
  int master = open("/terminals/ptmx", O_RDWR | O_NOCTTY), unlocked = 0;
  ioctl(master, TIOCSPTLCK, &unlocked);
  int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY);
  umount2(where, MNT_DETACH);
  rmdir(where);
  if (slave < 0) return done(-1);
  if (least > 0) {
    struct termios settings;
    ioctl(slave, TCGETS, &settings);
    settings.c_iflag = settings.c_oflag = settings.c_lflag = 0;
    settings.c_cc[VMIN] = (unsigned char)least;
    settings.c_cc[VTIME] = 0;
    ioctl(slave, TCSETS, &settings);
  }
  say("%d %d", master, slave);
}

static void poll_masked(int fd, short events, long timeout, long masked) {
  struct pollfd one = { .fd = fd, .events = events };
  struct timespec time = after(timeout);
  uint64_t mask = bit(masked);
  long ready = syscall(SYS_ppoll, &one, 1, timeout < 0 ? NULL : &time, masked == 0 ? NULL : &mask, sizeof mask);
  if (ready < 0) done(ready);
  else say("%x", (unsigned short)one.revents);
}

static void select_masked(int fd, long timeout, long masked) {
  fd_set set;
  FD_ZERO(&set);
  FD_SET(fd, &set);
  struct timespec time = after(timeout);
  uint64_t mask = bit(masked);
  struct { const uint64_t *mask; size_t size; } argument = { masked == 0 ? NULL : &mask, sizeof mask };
  done(syscall(SYS_pselect6, fd + 1, &set, NULL, NULL, timeout < 0 ? NULL : &time, &argument));
}

static void epoll_masked(int fd, int timeout, long masked) {
  struct epoll_event event;
  uint64_t mask = bit(masked);
  done(syscall(SYS_epoll_pwait, fd, &event, 1, timeout, masked == 0 ? NULL : &mask, sizeof mask));
}

static void take_signal(long signal, long timeout) {
  struct timespec time = after(timeout);
  uint64_t set = bit(signal);
  done(syscall(SYS_rt_sigtimedwait, &set, NULL, timeout < 0 ? NULL : &time, sizeof set));
}

static void make_timer(long milliseconds) {
  struct itimerspec setting = { { 0, 0 }, after(milliseconds) };
  int fd = (int)syscall(SYS_timerfd_create, CLOCK_MONOTONIC, 0);
  syscall(SYS_timerfd_settime, fd, 0, &setting, NULL);
  done(fd);
}

int on_waiting(const struct step *step) {
  const int fd = (int)number(step, 1);
  const long second = number(step, 2), third = number(step, 3), fourth = number(step, 4);
  if (is(step, "sigaction")) set_action(fd, (int)second, (int)third);
  else if (is(step, "sigblock")) {
    uint64_t set = bit(fd);
    done(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, sizeof set));
  } else if (is(step, "sigblocked")) {
    uint64_t set = 0;
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &set, sizeof set);
    say("%lx", (long)set);
  } else if (is(step, "count")) done(syscall(SYS_read, fd, buffer, (size_t)second));
  else if (is(step, "handled")) say("%d", handled);
  else if (is(step, "remaining")) say(remaining.tv_sec > 0 || remaining.tv_nsec > 0 ? "some" : "none");
  else if (is(step, "setsid")) done(setsid() < 0 ? -1 : 0);
  else if (is(step, "nanosleep")) {
    struct timespec time = after(fd);
    done(syscall(SYS_nanosleep, &time, &remaining));
  } else if (is(step, "clock_nanosleep")) sleep_by_clock(fd, (int)second);
  else if (is(step, "pause")) done(syscall(SYS_pause));
  else if (is(step, "sigsuspend")) {
    uint64_t set = bit(fd);
    done(syscall(SYS_rt_sigsuspend, &set, sizeof set));
  } else if (is(step, "sigtimedwait")) take_signal(fd, second);
  else if (is(step, "timerfd")) make_timer(fd);
  else if (is(step, "signalfd")) {
    uint64_t set = bit(fd);
    done(syscall(SYS_signalfd4, -1, &set, sizeof set, 0));
  } else if (is(step, "ppoll")) poll_masked(fd, (short)second, third, fourth);
  else if (is(step, "pselect")) select_masked(fd, second, third);
  else if (is(step, "epoll_pwait")) epoll_masked(fd, (int)second, third);
  else if (is(step, "child")) have_child(fd);
  else if (is(step, "wait4")) wait_for_child(fd);
  else if (is(step, "waitid")) wait_for_change(fd);
  else if (is(step, "terminal")) open_terminal(fd);
  else if (is(step, "tcflow")) done(ioctl(fd, TCXONC, second));
  else if (is(step, "tcdrain")) done(ioctl(fd, TCSBRK, 1));
  else return 0;
  return 1;
}
