/* Calls on sockets, and on all that can be waited for. */
#ifndef SOCKETS_H
#define SOCKETS_H

#include "calls.h"

/* Goes into a network of its own, with nothing but a loopback interface. */
void enter_network(void);

/* Whether it was one of these calls. */
int on_socket(const struct step *step);

#endif
