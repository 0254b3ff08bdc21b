/* One step of a program: the name of a call and its arguments, as text. */
#ifndef CALLS_H
#define CALLS_H

enum { FIELDS_MAX = 12 };

struct step {
  int fields;
  char *field[FIELDS_MAX];
};

/* To be called once in each process that runs steps. */
void prepare_calls(void);

/* Whether nobody else can wake a call that blocks: it is interrupted then. */
extern int is_alone;

/* Performs the call and says one line about it: what it answered, or "!" and the errno. */
void perform(const struct step *step);

#endif
