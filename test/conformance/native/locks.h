/* Calls that lock and watch files. */
#ifndef LOCKS_H
#define LOCKS_H

#include <sys/types.h>

#include "calls.h"

enum { ACTORS_MAX = 8 };

/* The processes of a program by number: numbers of processes differ between systems. */
extern pid_t actor_pid[ACTORS_MAX];

/* Whether it was one of these calls. */
int on_lock(const struct step *step);

#endif
