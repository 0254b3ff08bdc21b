/* What the helper answers with: text in memory that the parent can still print when the child is gone. */
#ifndef SHOW_H
#define SHOW_H

#include <stddef.h>
#include <sys/stat.h>

enum { ANSWER_MAX = 4 << 20, INODES_MAX = 4096 };

/* Shared between the process that runs a program, the one that looks at what it left, and the one that prints. */
struct answer {
  size_t length;
  size_t inodes;
  /* On a disk, the size of a directory and how many blocks a file takes are the file system's business. */
  int disk;
  struct {
    dev_t dev;
    ino_t ino;
  } inode[INODES_MAX];
  char text[ANSWER_MAX];
};

extern struct answer *answer;

void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A name or a link's target: what is not printable ASCII, and what separates fields, stands as %XX. */
void say_escaped(const char *bytes);

/* The number of a file in the order in which files were first seen: numbers of inodes differ between systems. */
size_t inode_class(dev_t dev, ino_t ino);

char type_letter(mode_t mode);

/* Type, mode, links, owner, size, inode, device and times. A time after 2001 was not set by the program: "now". */
void say_stat(const struct stat *st);

/* How many bytes, the first of them, and a hash of all when there are more. */
void say_bytes(const unsigned char *bytes, size_t length);

#endif
