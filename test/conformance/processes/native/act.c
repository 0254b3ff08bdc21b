/*
 * An actor: makes the calls that it is told to make, and tells what they answered.
 */
#define _GNU_SOURCE
#include "actors.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SLOTS = 3 };

static int me;
static struct channels channels;
/* Descriptors of processes, by the numbers that steps have for them. */
static int pidfds[SLOTS] = { -1, -1, -1 };

void fail(const char *what) {
  fprintf(stderr, "actors: %s: %s\n", what, strerror(errno));
  exit(2);
}

void tell(const struct record *record) {
  if (write(channels.records, record, sizeof *record) != sizeof *record) _exit(99);
}

static void handler(int signal, siginfo_t *info, void *context) {
  (void)context;
  const int error = errno;
  struct record record = { .actor = me, .kind = 'H', .value = signal };
  record.more[0] = info->si_code;
  record.more[1] = info->si_pid;
  record.more[2] = info->si_uid;
  if (signal == SIGCHLD && info->si_code > 0 && info->si_code < 0x80) record.more[3] = info->si_status;
  else if (info->si_code == SI_QUEUE) record.more[3] = info->si_value.sival_int;
  tell(&record);
  errno = error;
}

static unsigned long bits(const sigset_t *set) {
  unsigned long answer;
  memcpy(&answer, set, sizeof answer);
  return answer;
}

static sigset_t set_of(unsigned long from) {
  sigset_t set;
  sigemptyset(&set);
  memcpy(&set, &from, sizeof from);
  return set;
}

static void become_child(int actor) {
  me = actor;
  /* A new program has no handlers; what is ignored stays ignored. */
  for (int signal = 1; signal <= 64; signal++) {
    struct sigaction action;
    if (signal == SIGKILL || signal == SIGSTOP || signal == 32 || signal == 33) continue;
    if (sigaction(signal, NULL, &action) < 0) continue;
    const int ignored = action.sa_handler == SIG_IGN;
    memset(&action, 0, sizeof action);
    action.sa_handler = ignored ? SIG_IGN : SIG_DFL;
    sigaction(signal, &action, NULL);
  }
}

static void told_info(struct record *record, const siginfo_t *info) {
  record->more[0] = info->si_code;
  record->more[1] = info->si_pid;
  record->more[2] = info->si_uid;
}

static void wait_id(int type, int id, int options, long *answer, struct record *record) {
  siginfo_t info;
  memset(&info, 0, sizeof info);
  *answer = syscall(SYS_waitid, type, id, &info, options, NULL);
  if (*answer != 0 || info.si_signo != SIGCHLD) return;
  told_info(record, &info);
  record->more[3] = info.si_status;
}

static void perform(const struct command *command, struct record *record) {
  const long *arg = command->arg;
  long answer = -1;
  errno = 0;
  switch (command->call) {
    case FORK:
      answer = fork();
      if (answer == 0) {
        become_child((int)arg[0]);
        record->call = -1;
        return;
      }
      break;
    case EXEC: {
      /* A new image knows what its arguments say. */
      char text[ACTORS + 2][12], *arguments[ACTORS + 4] = { "actor" };
      for (int i = 0; i < ACTORS + 2; i++) {
        snprintf(text[i], sizeof text[i], "%d", i == 0 ? me : i == 1 ? channels.records : channels.commands[i - 2]);
        arguments[i + 1] = text[i];
      }
      answer = execv("/proc/self/exe", arguments);
      break;
    }
    case EXIT: _exit((int)arg[0]);
    case KILL: answer = syscall(SYS_kill, (pid_t)arg[0], (int)arg[1]); break;
    case SIGQUEUE: {
      siginfo_t info = { .si_signo = (int)arg[1], .si_code = SI_QUEUE };
      info.si_pid = getpid();
      info.si_uid = getuid();
      info.si_value.sival_ptr = NULL;
      info.si_value.sival_int = (int)arg[2];
      answer = syscall(SYS_rt_sigqueueinfo, (pid_t)arg[0], (int)arg[1], &info);
      break;
    }
    case WAIT: {
      int status = 0;
      answer = syscall(SYS_wait4, (pid_t)arg[0], &status, (int)arg[1], NULL);
      if (answer > 0) record->more[0] = status;
      break;
    }
    case WAITID: wait_id((int)arg[0], (int)arg[1], (int)arg[2], &answer, record); break;
    case SIGACTION: {
      struct sigaction action, before;
      memset(&action, 0, sizeof action);
      action.sa_flags = (int)arg[2] | SA_SIGINFO;
      action.sa_mask = set_of((unsigned long)arg[3]);
      if (arg[1] == 2) action.sa_sigaction = handler;
      else action.sa_handler = arg[1] == 1 ? SIG_IGN : SIG_DFL;
      answer = sigaction((int)arg[0], arg[1] < 0 ? NULL : &action, &before);
      if (answer == 0) {
        record->more[0] = before.sa_handler == SIG_DFL ? 0 : before.sa_handler == SIG_IGN ? 1 : 2;
        record->more[1] = (unsigned)before.sa_flags & ~(unsigned)(SA_SIGINFO | 0x04000000);
        record->more[2] = (long)bits(&before.sa_mask);
      }
      break;
    }
    case SIGPROCMASK: {
      unsigned long set = (unsigned long)arg[1], before = 0;
      answer = syscall(SYS_rt_sigprocmask, (int)arg[0], &set, &before, 8);
      if (answer == 0) record->more[0] = (long)before;
      break;
    }
    case SIGPENDING: {
      unsigned long set = 0;
      answer = syscall(SYS_rt_sigpending, &set, 8);
      record->more[0] = (long)set;
      break;
    }
    case SIGSUSPEND: {
      unsigned long set = (unsigned long)arg[0];
      answer = syscall(SYS_rt_sigsuspend, &set, 8);
      break;
    }
    case SIGTIMEDWAIT: {
      unsigned long set = (unsigned long)arg[0];
      struct timespec none = { 0, 0 };
      siginfo_t info;
      memset(&info, 0, sizeof info);
      answer = syscall(SYS_rt_sigtimedwait, &set, &info, arg[1] ? &none : NULL, 8);
      if (answer > 0) {
        told_info(record, &info);
        record->more[3] = answer == SIGCHLD && info.si_code > 0 && info.si_code < 0x80 ? info.si_status
          : info.si_code == SI_QUEUE ? info.si_value.sival_int : 0;
      }
      break;
    }
    case PAUSE: answer = syscall(SYS_pause); break;
    case SETPGID: answer = setpgid((pid_t)arg[0], (pid_t)arg[1]); break;
    case GETPGID: answer = getpgid((pid_t)arg[0]); break;
    case SETSID: answer = setsid(); break;
    case GETSID: answer = getsid((pid_t)arg[0]); break;
    case GETPPID: answer = getppid(); break;
    case ALARM: {
      struct itimerval timer = { { 0, 0 }, { 0, arg[0] * 1000 } };
      answer = setitimer(ITIMER_REAL, &timer, NULL);
      break;
    }
    case SUBREAPER: answer = prctl(PR_SET_CHILD_SUBREAPER, arg[0], 0, 0, 0); break;
    case PDEATHSIG: answer = prctl(PR_SET_PDEATHSIG, arg[0], 0, 0, 0); break;
    case SETRESUID: answer = syscall(SYS_setresuid, arg[0], arg[1], arg[2]); break;
    case GETRESUID: {
      uid_t real, effective, saved;
      answer = getresuid(&real, &effective, &saved);
      record->more[0] = real;
      record->more[1] = effective;
      record->more[2] = saved;
      break;
    }
    case SETRLIMIT: {
      const struct rlimit limit = { (rlim_t)arg[1], (rlim_t)arg[2] };
      answer = setrlimit((int)arg[0], &limit);
      break;
    }
    case NICE: {
      const int before = getpriority(PRIO_PROCESS, 0);
      long next = before + arg[0];
      if (next > 19) next = 19;
      if (next < -20) next = -20;
      answer = setpriority(PRIO_PROCESS, 0, (int)next);
      if (answer < 0 && errno == EACCES) errno = EPERM;
      if (answer == 0) answer = getpriority(PRIO_PROCESS, 0);
      break;
    }
    case GETPRIORITY: answer = getpriority((int)arg[0], (id_t)arg[1]); break;
    case SETPRIORITY: answer = setpriority((int)arg[0], (id_t)arg[1], (int)arg[2]); break;
    case PIDFDOPEN:
      answer = syscall(SYS_pidfd_open, (pid_t)arg[0], (unsigned)arg[2]);
      if (answer >= 0) {
        if (pidfds[arg[1]] >= 0) close(pidfds[arg[1]]);
        pidfds[arg[1]] = (int)answer;
        answer = 0;
      }
      break;
    case PIDFDSEND: answer = syscall(SYS_pidfd_send_signal, pidfds[arg[0]], (int)arg[1], NULL, (unsigned)arg[2]); break;
    case PIDFDWAIT: wait_id(P_PIDFD, pidfds[arg[0]], (int)arg[1], &answer, record); break;
    case PIDFDPOLL: {
      struct pollfd one = { .fd = pidfds[arg[0]], .events = POLLIN };
      answer = poll(&one, 1, 0);
      record->more[0] = one.revents;
      break;
    }
  }
  record->value = answer;
  record->error = (answer == -1) ? errno : 0;
}

void act(int actor, const struct channels *told) {
  me = actor;
  channels = *told;
  for (;;) {
    struct command command;
    const ssize_t got = read(channels.commands[me], &command, sizeof command);
    if (got < 0 && errno == EINTR) continue;
    if (got != sizeof command) _exit(98);
    struct record record = { .actor = me, .kind = 'R', .call = command.call };
    perform(&command, &record);
    if (record.call < 0) continue;
    record.actor = me;
    tell(&record);
  }
}

void resume(char **arguments) {
  channels.records = atoi(arguments[2]);
  for (int i = 0; i < ACTORS; i++) channels.commands[i] = atoi(arguments[3 + i]);
  const struct record record = { .actor = atoi(arguments[1]), .kind = 'R', .call = EXEC };
  tell(&record);
  const struct channels told = channels;
  act(record.actor, &told);
}
