/* Calls that wait for time, signals, children and terminals, and what a process does about signals meanwhile. */
#ifndef WAITING_H
#define WAITING_H

#include "calls.h"

/* Whether it was one of these calls. */
int on_waiting(const struct step *step);

#endif
