/*
 * Runs programs of several processes on this machine's Linux, in the order that the program says.
 *
 * As replay.c, but that a line begins with the number of the actor whose call it is. The calls of actor 0 come first:
 * it is the parent of the others, which inherit its descriptors. Then each call is made when the one before has been
 * answered or is seen to block. Answers "= N" and what the call answered, "= N blocks", and when it goes on later
 * "+ N" and the answer. The call "exit" ends an actor, and "interrupt" sends it a signal while it is blocked; "signal"
 * sends it those that are told, and "rest" lets so many milliseconds go by.
 *
 * With a first line "order 1221" each actor goes through its own calls, one call at a time, and the digits say whose
 * turn it is; who is blocked is passed over, and what is left in the end is done in the order of the actors. With a
 * first line "free" all run at once, as they like. The answers are told by actor then. A call that looks up a path and
 * then does something with what is there can be told as two: "hold PATH FLAGS" is the first, and the second is made on
 * descriptor 500 instead of a path; "cut 500" is what opening with O_TRUNC does last. Before them, "follow PATH" looks
 * whether there is a symbolic link, and the path "@" is then where it led, or the same.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "locks.h"
#include "show.h"
#include "sockets.h"
#include "world.h"

enum { NONE = -1, OVER = -2, HELD = 500 };

/* What an actor is told, and what it tells. */
struct post {
  /* The step to make; NONE until there is one. */
  int command;
  /* How many steps it has made. */
  int made;
  pid_t pid;
};

static struct post *posts;
static struct answer *answers[ACTORS_MAX];
static char *directory;
static int actors;

/* Of each actor, for the coordinator: the steps it was given, and the files that tell what it is doing, and its state. */
static int given[ACTORS_MAX], doing[ACTORS_MAX], being[ACTORS_MAX], ended[ACTORS_MAX];

static void await_change(int *word, int from) {
  while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == from) syscall(SYS_futex, word, FUTEX_WAIT, from, NULL, NULL, 0);
}

static void post(int *word, int value) {
  __atomic_store_n(word, value, __ATOMIC_RELEASE);
  syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* A step without the number of its actor. */
static struct step call_of(int i) {
  struct step call = { .fields = steps[i].fields - 1 };
  for (int field = 0; field < call.fields; field++) call.field[field] = steps[i].field[field + 1];
  return call;
}

static int actor_of(int i) {
  return atoi(steps[i].field[0]);
}

/* How the actors go through their calls: an order of turns, or freely; directed where there is neither. */
static const char *order;
static int is_free;

static int is(const struct step *call, const char *name) {
  return strcmp(call->field[0], name) == 0;
}

/* Makes a call, or part of one: where the first half fails, the second is not made. */
static void make(struct step *call) {
  static int refused;
  static char followed[PATH_MAX];
  for (int i = 1; i < call->fields; i++) if (strcmp(call->field[i], "@") == 0) call->field[i] = followed;
  if (is(call, "follow")) {
    ssize_t length = readlink(call->field[1], followed, sizeof followed - 1);
    if (length < 0) strcpy(followed, call->field[1]);
    else followed[length] = 0;
  } else if (is(call, "hold")) {
    int fd = open(call->field[1], atoi(call->field[2]));
    refused = fd < 0;
    if (refused) say("!%d\n", errno);
    else {
      dup2(fd, HELD);
      close(fd);
    }
  } else if (call->fields > 1 && strcmp(call->field[1], "500") == 0) {
    if (!refused && is(call, "cut")) {
      if (ftruncate(HELD, 0) < 0) say("!%d\n", errno);
      else say("%d\n", dup(HELD));
    } else if (!refused) perform(call);
    close(HELD);
  } else perform(call);
}

static void act(int self) {
  answer = answers[self];
  answer->length = 0;
  struct post *mine = &posts[self];
  for (;;) {
    await_change(&mine->command, NONE);
    int i = mine->command;
    if (i == OVER) _exit(0);
    __atomic_store_n(&mine->command, NONE, __ATOMIC_RELEASE);
    struct step call = call_of(i);
    if (is(&call, "exit")) _exit(0);
    if (order == NULL) answer->length = 0;
    make(&call);
    __atomic_fetch_add(&mine->made, 1, __ATOMIC_RELEASE);
  }
}

static void act_freely(int self) {
  answer = answers[self];
  answer->length = 0;
  await_change(&posts[self].command, NONE);
  for (int i = 0; i < count; i++) {
    if (actor_of(i) != self) continue;
    struct step call = call_of(i);
    if (is(&call, "exit")) _exit(0);
    make(&call);
    __atomic_fetch_add(&posts[self].made, 1, __ATOMIC_RELEASE);
  }
  // What it holds it keeps.
  for (;;) pause();
}

static int is_done(int actor) {
  return __atomic_load_n(&posts[actor].made, __ATOMIC_ACQUIRE) == given[actor];
}

/* Its state, as ps shows it. */
static char state_of(int actor) {
  char text[128];
  ssize_t length = pread(being[actor], text, sizeof text - 1, 0);
  if (length <= 0) return 0;
  text[length] = 0;
  const char *behind = strrchr(text, ')');
  return behind != NULL && behind[1] == ' ' ? behind[2] : 0;
}

/* Whether it sleeps. One that was woken and has no processor yet is still shown in its call, but as running. */
static int sleeps(int actor) {
  return state_of(actor) == 'S';
}

/* The number of the call that an actor sleeps in; -1 while it runs. */
static int sleeps_in(int actor) {
  char text[64];
  if (!sleeps(actor)) return -1;
  ssize_t length = pread(doing[actor], text, sizeof text - 1, 0);
  if (length <= 0) return -1;
  text[length] = 0;
  return text[0] >= '0' && text[0] <= '9' ? atoi(text) : -1;
}

/* Calls that may wait for another actor; in any other it sleeps for a moment at most. */
static int may_block(int call) {
  static const int calls[] = { SYS_flock, SYS_fcntl, SYS_read, SYS_write, SYS_accept4, SYS_connect, SYS_sendto,
    SYS_sendmsg, SYS_recvfrom, SYS_recvmsg, SYS_select, SYS_pselect6, SYS_poll, SYS_epoll_wait, SYS_open, SYS_readv,
    SYS_writev, SYS_splice, SYS_tee, SYS_sendfile, SYS_ioctl, SYS_ppoll, SYS_epoll_pwait, SYS_nanosleep,
    SYS_clock_nanosleep, SYS_pause, SYS_rt_sigsuspend, SYS_rt_sigtimedwait, SYS_wait4, SYS_waitid,
    SYS_restart_syscall, SYS_truncate };
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) if (call == calls[i]) return 1;
  return 0;
}

static int has_ended(int actor) {
  if (!ended[actor] && waitpid(posts[actor].pid, NULL, WNOHANG) == posts[actor].pid) ended[actor] = 1;
  return ended[actor];
}

/* Waits until all have answered, block or have ended: one that goes on may let another go on. */
static void settle_all(void) {
  for (int seen = 0; seen < 3;) {
    int rest = 1;
    for (int i = 1; i <= actors && rest; i++) {
      if (!is_done(i) && !has_ended(i) && !may_block(sleeps_in(i))) rest = 0;
    }
    if (rest) seen++;
    else {
      seen = 0;
      sched_yield();
    }
  }
}

/* Whether an actor has answered, once all have settled. */
static int settle(int actor) {
  settle_all();
  return is_done(actor);
}

static int blocked[ACTORS_MAX];

/* Tells of those who were blocked and have gone on. */
static void say_freed(int except) {
  for (int i = 1; i <= actors; i++) {
    if (i == except || !blocked[i] || ended[i] || !is_done(i)) continue;
    blocked[i] = 0;
    answers[0]->length = answer->length;
    say("+ %d %.*s", i, (int)answers[i]->length, answers[i]->text);
  }
}

/* Sends an actor the signals of a list. One that stops it has done so before the next is sent. */
static void send_signals(int actor, const char *list) {
  for (const char *at = list; *at != 0; at++) {
    char *end;
    const int signal = (int)strtol(at, &end, 10);
    kill(posts[actor].pid, signal);
    while (signal == SIGSTOP && state_of(actor) != 'T' && !has_ended(actor)) sched_yield();
    if (*end == 0) return;
    at = end;
  }
}

static void direct(void) {
  for (int i = 0; i < count; i++) {
    const int actor = actor_of(i);
    const char *call = steps[i].field[1];
    if (actor == 0) continue;
    if (ended[actor]) {
      say("= %d ended\n", actor);
      continue;
    }
    if (strcmp(call, "interrupt") == 0) {
      if (!blocked[actor]) say("= %d not blocked\n", actor);
      else {
        kill(posts[actor].pid, SIGALRM);
        while (!is_done(actor)) sched_yield();
        settle_all();
        say("= %d interrupted\n", actor);
        say_freed(0);
      }
      continue;
    }
    if (strcmp(call, "signal") == 0 || strcmp(call, "rest") == 0) {
      if (call[0] == 'r') usleep((useconds_t)atoi(steps[i].field[2]) * 1000);
      else send_signals(actor, steps[i].field[2]);
      settle_all();
      say("= %d %s\n", actor, call[0] == 'r' ? "rested" : "signalled");
      say_freed(0);
      continue;
    }
    if (blocked[actor] && strcmp(call, "exit") != 0) {
      say("= %d still blocked\n", actor);
      continue;
    }
    if (strcmp(call, "exit") == 0) {
      if (blocked[actor]) kill(posts[actor].pid, SIGKILL);
      else post(&posts[actor].command, OVER);
      while (waitpid(posts[actor].pid, NULL, 0) < 0) if (errno != EINTR) break;
      ended[actor] = 1;
      blocked[actor] = 0;
      settle_all();
      say("= %d gone\n", actor);
    } else {
      given[actor]++;
      post(&posts[actor].command, i);
      if (settle(actor)) say("= %d %.*s", actor, (int)answers[actor]->length, answers[actor]->text);
      else if (ended[actor]) say("= %d died\n", actor);
      else {
        blocked[actor] = 1;
        say("= %d blocks\n", actor);
      }
    }
    say_freed(actor);
  }
  // Those who wait do not go on any more when the others, and what they hold, are gone.
  for (int i = 1; i <= actors; i++) {
    if (ended[i] || !blocked[i]) continue;
    say("- %d blocked to the end\n", i);
    kill(posts[i].pid, SIGSTOP);
    waitpid(posts[i].pid, NULL, WUNTRACED);
  }
  for (int i = 1; i <= actors; i++) {
    if (ended[i]) continue;
    kill(posts[i].pid, SIGKILL);
    waitpid(posts[i].pid, NULL, 0);
  }
}

/* Lets an actor make its next call, if it is not blocked and there is one, and says whether it did. */
static int take_turn(int actor) {
  static int next[ACTORS_MAX];
  if (actor < 1 || actor > actors || has_ended(actor) || !is_done(actor)) return 0;
  int i = next[actor];
  while (i < count && actor_of(i) != actor) i++;
  next[actor] = i + 1;
  if (i >= count) return 0;
  if (strcmp(steps[i].field[1], "exit") == 0) {
    post(&posts[actor].command, OVER);
    while (!has_ended(actor)) sched_yield();
  } else {
    given[actor]++;
    post(&posts[actor].command, i);
  }
  settle_all();
  return 1;
}

static void run_in_order(void) {
  for (const char *turn = order; *turn != 0; turn++) take_turn(*turn - '0');
  for (int more = 1; more;) {
    more = 0;
    for (int i = 1; i <= actors; i++) more |= take_turn(i);
  }
}

static void run_freely(void) {
  for (int i = 0; i < count; i++) if (actor_of(i) > 0 && strcmp(steps[i].field[1], "exit") != 0) given[actor_of(i)]++;
  for (int i = 1; i <= actors; i++) post(&posts[i].command, 0);
  settle_all();
}

/* What each of them was answered, when none goes on any more. */
static void say_by_actor(void) {
  int waits[ACTORS_MAX];
  // All of it before the first is killed: what that one held would let another go on.
  for (int i = 1; i <= actors; i++) waits[i] = !has_ended(i) && !is_done(i);
  for (int i = 1; i <= actors; i++) {
    say("= %d\n%.*s%s", i, (int)answers[i]->length, answers[i]->text, waits[i] ? "blocked to the end\n" : "");
  }
  for (int i = 1; i <= actors; i++) {
    if (ended[i]) continue;
    kill(posts[i].pid, SIGKILL);
    waitpid(posts[i].pid, NULL, 0);
  }
}

static void run_program(void) {
  char path[64];
  // Whose parent ends are its children.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  int proc = open("/proc", O_PATH | O_DIRECTORY);
  for (int i = 0; i < count; i++) if (actor_of(i) > actors) actors = actor_of(i);
  if (actors >= ACTORS_MAX) _exit(3);
  // In a process of its own, so that this one keeps its descriptors and its view of /proc.
  struct { int ready[2]; } pipes;
  if (pipe(pipes.ready) < 0) _exit(3);
  pid_t parent = fork();
  if (parent == 0) {
    die_some_day();
    int report = dup2(pipes.ready[1], 900);
    if (chdir(directory) < 0 || chroot(".") < 0) _exit(3);
    close_range(0, 899, 0);
    close_range(901, ~0u, 0);
    prepare_world();
    answer = answers[0];
    actor_pid[0] = getpid();
    for (int i = 0; i < count; i++) {
      if (actor_of(i) != 0) continue;
      struct step call = call_of(i);
      say("= 0 ");
      perform(&call);
    }
    for (int i = 1; i <= actors; i++) {
      pid_t pid = fork();
      if (pid == 0) {
        die_some_day();
        close(report);
        await_change(&posts[0].made, 0);
        for (int other = 0; other <= actors; other++) actor_pid[other] = posts[other].pid;
        if (is_free) act_freely(i);
        act(i);
      }
      posts[i].pid = pid;
    }
    posts[0].pid = getpid();
    post(&posts[0].made, 1);
    _exit(0);
  }
  close(pipes.ready[1]);
  char byte;
  while (read(pipes.ready[0], &byte, 1) > 0) {}
  waitpid(parent, NULL, 0);
  for (int i = 1; i <= actors; i++) {
    snprintf(path, sizeof path, "%d/syscall", posts[i].pid);
    doing[i] = openat(proc, path, O_RDONLY);
    snprintf(path, sizeof path, "%d/stat", posts[i].pid);
    being[i] = openat(proc, path, O_RDONLY);
  }
  answer = answers[0];
  if (!is_free && order == NULL) direct();
  else {
    if (is_free) run_freely();
    else run_in_order();
    say_by_actor();
  }
  _exit(0);
}

static void look_at_tree(void) {
  answer = answers[0];
  if (chdir(directory) < 0 || chroot(".") < 0) _exit(3);
  answer->inodes = 0;
  say_world();
  _exit(0);
}

static void *shared(size_t size) {
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) fail("mmap");
  return memory;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  directory = argv[1];
  if (unshare(CLONE_NEWNS) < 0) fail("unshare");
  if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) fail("mount");
  enter_network();
  posts = shared(sizeof *posts * ACTORS_MAX);
  for (int i = 0; i < ACTORS_MAX; i++) answers[i] = shared(sizeof *answers[i]);
  answer = answers[0];
  signal(SIGPIPE, SIG_DFL);
  while (read_program()) {
    is_free = count > 0 && is(&steps[0], "free");
    order = count > 0 && is(&steps[0], "order") ? steps[0].field[1] : NULL;
    // Nobody's call: nobody is actor -1.
    if (is_free || order != NULL) strcpy(steps[0].field[0], "-1");
    if (mount("tmpfs", directory, "tmpfs", 0, "mode=755") < 0) fail("mount tmpfs");
    for (int i = 0; i < ACTORS_MAX; i++) {
      posts[i] = (struct post){ .command = NONE };
      answers[i]->length = answers[i]->inodes = 0;
    }
    in_child(run_program);
    in_child(look_at_tree);
    if (umount2(directory, MNT_DETACH) < 0) fail("umount");
    fwrite(answers[0]->text, 1, answers[0]->length, stdout);
    fputs("%%\n", stdout);
    fflush(stdout);
  }
  return 0;
}
