/* What a step is made of, and how its answer is told. */
#ifndef STEP_H
#define STEP_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "show.h"

enum { BUFFER = 1 << 20 };

extern unsigned char buffer[BUFFER];

static inline long number(const struct step *step, int i) {
  return i < step->fields ? strtol(step->field[i], NULL, 0) : 0;
}

static inline const char *text(const struct step *step, int i) {
  return i < step->fields ? step->field[i] : "";
}

static inline int is(const struct step *step, const char *name) {
  return strcmp(step->field[0], name) == 0;
}

static inline void done(long result) {
  if (result < 0) say("!%d", errno);
  else say("%ld", result);
}

static inline void done_read(long result) {
  if (result < 0) done(result);
  else say_bytes(buffer, (size_t)result);
}

/* Fills the buffer with bytes that all follow from one number, and answers how many. */
static inline size_t fill_buffer(long length, unsigned seed) {
  if (length > BUFFER) length = BUFFER;
  for (long at = 0; at < length; at++) buffer[at] = (unsigned char)(seed + at * 7 + (at >> 8) * 13);
  return (size_t)length;
}

/* Whether it was one of the calls that move bytes, or are about storage. */
int on_transfer(const struct step *step);

/* Whether it was one of the calls on extended attributes. */
int on_attribute(const struct step *step);

#endif
