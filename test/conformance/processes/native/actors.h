/* What the actors and their coordinator share: the calls by name, and how they talk to each other. */
#ifndef ACTORS_H
#define ACTORS_H

enum { ACTORS = 8, ARGS = 5 };

enum call {
  FORK, EXEC, EXIT, KILL, SIGQUEUE, WAIT, WAITID, SIGACTION, SIGPROCMASK, SIGPENDING, SIGSUSPEND, SIGTIMEDWAIT, PAUSE,
  SETPGID, GETPGID, SETSID, GETSID, GETPPID, ALARM, SUBREAPER, PDEATHSIG, SETRESUID, GETRESUID, SETRLIMIT, NICE,
  GETPRIORITY, SETPRIORITY, PIDFDOPEN, PIDFDSEND, PIDFDWAIT, PIDFDPOLL, CALLS
};

struct command { int call; long arg[ARGS]; };
/* kind 'R': a call, its answer, its errno, and what else it told. kind 'H': a handler. */
struct record { int actor, kind, call, error; long value, more[6]; };

/* Where each actor reads its commands, and where all of them write what became of those. */
struct channels { int commands[ACTORS], records; };

void fail(const char *what);
void tell(const struct record *record);
/* Does what it is told to, for as long as it lives. */
void act(int actor, const struct channels *channels);
/* Goes on as an actor after exec; `arguments` are those of main. */
void resume(char **arguments);

#endif
