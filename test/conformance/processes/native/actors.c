/*
 * Runs programs of process and signal calls on this machine's Linux and tells what became of every process.
 *
 * A program is a list of steps, a line each: an actor, a call, and its arguments as numbers; "%%" ends it. Actors are
 * processes that wait for their next step in a pipe. The coordinator is process 1 of a namespace of its own, so orphans
 * become its children, and kill(-1) reaches nobody else. It runs on one CPU with the actors, which have real-time
 * priority: whenever it goes on, every one of them sleeps, is stopped, or has ended. So nothing is a matter of time.
 *
 * For each step a line: what calls answered (R), which handlers ran (H), and how every process stands (S).
 */
#define _GNU_SOURCE
#include "actors.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STEPS_MAX = 512, TICK = 25, NOBODY = 99999999 };

static const char *const names[CALLS] = {
  "fork", "exec", "exit", "kill", "sigqueue", "wait", "waitid", "sigaction", "sigprocmask", "sigpending", "sigsuspend",
  "sigtimedwait", "pause", "setpgid", "getpgid", "setsid", "getsid", "getppid", "alarm", "subreaper", "pdeathsig",
  "setresuid", "getresuid", "setrlimit", "nice", "getpriority", "setpriority", "pidfdopen", "pidfdsend", "pidfdwait",
  "pidfdpoll"
};

static int commands[ACTORS][2], records[2];
static pid_t pids[ACTORS];

static void name(long pid) {
  if (pid == 1) { printf("init"); return; }
  for (int i = 0; i < ACTORS; i++) if (pids[i] == pid && pid > 1) { printf("a%d", i); return; }
  printf("%ld", pid);
}

static void show(const struct record *record) {
  printf(" %c%d:", record->kind, record->actor);
  const long *more = record->more;
  if (record->kind == 'H') {
    printf("%ld,%ld,", record->value, more[0]);
    name(more[1]);
    printf(",%ld,%ld", more[2], more[3]);
    return;
  }
  printf("%s=", names[record->call]);
  if (record->error) { printf("%s", strerrorname_np(record->error)); return; }
  switch (record->call) {
    case FORK: case GETPGID: case SETSID: case GETSID: case GETPPID: name(record->value); break;
    case WAIT:
      name(record->value);
      if (record->value > 0) printf(",%lx", more[0]);
      break;
    case WAITID: case PIDFDWAIT:
      name(more[1]);
      printf(",%ld,%ld,%ld", more[0], more[2], more[3]);
      break;
    case SIGACTION: printf("%ld,%lx,%lx", more[0], more[1], more[2]); break;
    case SIGPROCMASK: case SIGPENDING: printf("%lx", more[0]); break;
    case GETRESUID: printf("%ld,%ld,%ld", more[0], more[1], more[2]); break;
    case PIDFDPOLL: printf("%ld,%ld", record->value, more[0]); break;
    case SIGTIMEDWAIT:
      printf("%ld,%ld,", record->value, more[0]);
      name(more[1]);
      printf(",%ld,%ld", more[2], more[3]);
      break;
    default: printf("%ld", record->value);
  }
}

/* How an actor stands: its letter; 0 when it is gone. */
static char stand(int actor, int shown) {
  char path[40], text[256];
  snprintf(path, sizeof path, "/proc/%d/stat", pids[actor]);
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  const ssize_t length = read(fd, text, sizeof text - 1);
  close(fd);
  if (length <= 0) return 0;
  text[length] = 0;
  char letter;
  int parent, group, session;
  sscanf(strrchr(text, ')') + 2, "%c %d %d %d", &letter, &parent, &group, &session);
  if (letter == 'X') return 0;
  if (shown) {
    printf(" S%d:%c,", actor, letter == 'Z' || letter == 'T' ? letter : 'S');
    name(parent);
    printf(",");
    name(group);
    printf(",");
    name(session);
  }
  return letter;
}

static void collect(char *busy) {
  struct record record;
  while (read(records[0], &record, sizeof record) == sizeof record) {
    if (record.kind == 'R') {
      busy[record.actor] = 0;
      if (record.call == FORK && record.value > 0) {
        for (int i = 0; i < ACTORS; i++) if (pids[i] == 0) { pids[i] = (pid_t)record.value; break; }
      }
    }
    show(&record);
  }
}

static long number_of(long actor) {
  return actor < 0 || actor >= ACTORS || pids[actor] == 0 ? NOBODY : pids[actor];
}

/* Arguments that mean an actor are written as 1000 + actor, and as -1000 - actor for its number as that of a group. */
static long meant(long argument) {
  if (argument >= 1000 && argument < 2000) return number_of(argument - 1000);
  if (argument <= -1000 && argument > -2000) return -number_of(-argument - 1000);
  return argument;
}

static const char pid_arguments[CALLS][ARGS] = {
  [KILL] = { 1 }, [SIGQUEUE] = { 1 }, [WAIT] = { 1 }, [WAITID] = { 0, 1 }, [SETPGID] = { 1, 1 }, [GETPGID] = { 1 },
  [GETSID] = { 1 }, [GETPRIORITY] = { 0, 1 }, [SETPRIORITY] = { 0, 1 }, [PIDFDOPEN] = { 1 }
};

/* Not every machine has this power to give: nobody has it. */
static void drop_resources(void) {
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct sets[2];
  prctl(PR_CAPBSET_DROP, CAP_SYS_RESOURCE);
  if (syscall(SYS_capget, &header, sets) < 0) _exit(96);
  sets[0].effective &= ~(1u << CAP_SYS_RESOURCE);
  sets[0].permitted &= ~(1u << CAP_SYS_RESOURCE);
  if (syscall(SYS_capset, &header, sets) < 0) _exit(96);
}

static void start(void) {
  for (int i = 0; i < ACTORS; i++) {
    if (pipe2(commands[i], 0) < 0) fail("pipe2");
    pids[i] = 0;
  }
  if (pipe2(records, 0) < 0) fail("pipe2");
  fcntl(records[0], F_SETFL, O_NONBLOCK);
  const pid_t first = fork();
  if (first < 0) fail("fork");
  if (first == 0) {
    struct sigaction usual;
    memset(&usual, 0, sizeof usual);
    sigaction(SIGCHLD, &usual, NULL);
    setsid();
    drop_resources();
    struct sched_param urgent = { .sched_priority = 1 };
    if (sched_setscheduler(0, SCHED_FIFO, &urgent) < 0) _exit(97);
    struct channels channels = { .records = records[1] };
    for (int i = 0; i < ACTORS; i++) channels.commands[i] = commands[i][0];
    const struct record ready = { .actor = 0, .kind = 'B' };
    if (write(records[1], &ready, sizeof ready) != sizeof ready) _exit(99);
    act(0, &channels);
  }
  pids[0] = first;
  struct record ready;
  struct pollfd one = { .fd = records[0], .events = POLLIN };
  if (poll(&one, 1, 5000) != 1 || read(records[0], &ready, sizeof ready) != sizeof ready) fail("no actor");
}

static void finish(void) {
  kill(-1, SIGKILL);
  for (int i = 0; i < ACTORS; i++) {
    for (int round = 0; pids[i] != 0 && round < 2000 && stand(i, 0) != 0; round++) usleep(50);
    close(commands[i][0]);
    close(commands[i][1]);
  }
  close(records[0]);
  close(records[1]);
}

static void run(char lines[][160], int count) {
  char busy[ACTORS] = { 0 };
  start();
  for (int i = 0; i < count; i++) {
    char called[32];
    struct command command = { 0 };
    int actor;
    long *arg = command.arg;
    const int fields = sscanf(lines[i], "%d %31s %ld %ld %ld %ld %ld", &actor, called, arg, arg + 1, arg + 2, arg + 3, arg + 4);
    if (fields < 2) fail("no such step");
    printf(".");
    if (strcmp(called, "tick") == 0) {
      const struct timespec tick = { 0, TICK * 1000000L };
      nanosleep(&tick, NULL);
    } else {
      for (command.call = 0; command.call < CALLS && strcmp(names[command.call], called) != 0;) command.call++;
      if (command.call == CALLS) fail("no such call");
      for (int n = 0; n < ARGS; n++) if (pid_arguments[command.call][n]) arg[n] = meant(arg[n]);
      const char letter = pids[actor] == 0 ? 0 : stand(actor, 0);
      if (letter == 0 || letter == 'Z' || letter == 'T' || busy[actor]) printf(" skipped");
      else {
        busy[actor] = 1;
        if (write(commands[actor][1], &command, sizeof command) < 0) fail("write");
      }
    }
    collect(busy);
    for (int each = 0; each < ACTORS; each++) if (pids[each] != 0) stand(each, 1);
    printf("\n");
  }
  finish();
  printf("%%%%\n");
  fflush(stdout);
}

static int coordinate(void) {
  static char lines[STEPS_MAX][160];
  int count = 0;
  if (mount("proc", "/proc", "proc", 0, NULL) < 0) fail("mount");
  /* Orphans are reaped at once. */
  signal(SIGCHLD, SIG_IGN);
  char line[160];
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (strncmp(line, "%%", 2) == 0) {
      run(lines, count);
      count = 0;
    } else if (count < STEPS_MAX) strcpy(lines[count++], line);
  }
  return 0;
}

int main(int count, char **arguments) {
  if (count > 1) resume(arguments);
  /* As nice as the processes of Effix. */
  setpriority(PRIO_PROCESS, 0, 0);
  struct rlimit none = { 0, 0 };
  setrlimit(RLIMIT_CORE, &none);
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  if (sched_setaffinity(0, sizeof one, &one) < 0) fail("sched_setaffinity");
  struct sched_param urgent = { .sched_priority = 1 }, usual = { .sched_priority = 0 };
  if (sched_setscheduler(0, SCHED_FIFO, &urgent) < 0) fail("sched_setscheduler");
  sched_setscheduler(0, SCHED_OTHER, &usual);
  if (unshare(CLONE_NEWPID | CLONE_NEWNS) < 0) fail("unshare");
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) fail("mount");
  const pid_t coordinator = fork();
  if (coordinator < 0) fail("fork");
  if (coordinator == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    exit(coordinate());
  }
  int status;
  if (waitpid(coordinator, &status, 0) < 0) fail("waitpid");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}
