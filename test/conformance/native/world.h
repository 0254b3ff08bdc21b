/* Where a program runs: how it is read, and what it leaves behind. */
#ifndef WORLD_H
#define WORLD_H

#include <signal.h>

#include "calls.h"

enum { STEPS_MAX = 4096, HANGS_AFTER = 20 };

extern struct step steps[STEPS_MAX];
extern int count;

void fail(const char *what);

/* The next program; false at the end of input. */
int read_program(void);

/* The signals that every program holds back, so that what is told by them waits until it is looked at. */
void held_signals(sigset_t *set);

/* Mask, limits and signals, as every program begins. */
void prepare_world(void);

/* Goes into `directory` as its root, without any descriptor, as every program begins. */
void enter_world(const char *directory);

/* Kills the process that calls it, some time later: whatever goes wrong, nobody waits for ever. */
void die_some_day(void);

/* Runs a body in a process of its own, and says how that ended if not well. */
void in_child(void (*body)(void));

/* Says a line for the working directory and one for each file below it. */
void say_world(void);

#endif
