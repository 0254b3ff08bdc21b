/*
 * Runs programs of system calls on this machine's Linux and tells what every call answered.
 *
 * Reads steps, a line each: the name of a call and its arguments, separated by tabs; in strings, bytes that are not
 * plain stand as %XX. A line "%%" ends a program. Each program gets an empty tmpfs as its root, a process of its own
 * without any descriptor, and starts as user 0 in the root. Answers a line for each step, then a line for each file
 * that is there in the end, then "%%".
 *
 * With a second argument, the image of a file system, the root is an empty directory of that.
 *
 * Needs the right to mount and to chroot, and takes it in a mount namespace of its own, which vanishes with it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

#include "calls.h"
#include "show.h"
#include "sockets.h"
#include "world.h"

static char *directory;

static void run_program(void) {
  enter_world(directory);
  for (int i = 0; i < count; i++) perform(&steps[i]);
  _exit(0);
}

static void look_at_tree(void) {
  if (chdir(directory) < 0 || chroot(".") < 0) _exit(3);
  say_world();
  _exit(0);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *place) {
  (void)st, (void)type, (void)place;
  return remove(path);
}

/* An empty file system, or an empty directory of the one on the disk. */
static void prepare_root(const char *disk) {
  if (disk == NULL) {
    if (mount("tmpfs", directory, "tmpfs", 0, "mode=755") < 0) fail("mount tmpfs");
  } else if (mkdir(disk, 0755) < 0 || mount(disk, directory, NULL, MS_BIND, NULL) < 0) fail("mount a directory");
}

static void leave_root(const char *disk) {
  if (umount2(directory, MNT_DETACH) < 0) fail("umount");
  if (disk != NULL && nftw(disk, remove_one, 16, FTW_DEPTH | FTW_PHYS) < 0) fail("remove");
}

/* Mounts the file system in a file, and answers the directory in it that programs are to stand in. */
static const char *mount_disk(const char *image) {
  static char at[4096], inside[4200];
  char *command;
  snprintf(at, sizeof at, "%s-disk", directory);
  snprintf(inside, sizeof inside, "%s/root", at);
  if (asprintf(&command, "mount -o loop '%s' '%s'", image, at) < 0) fail("asprintf");
  if (mkdir(at, 0755) < 0 && errno != EEXIST) fail("mkdir");
  if (system(command) != 0) fail("mount the disk");
  free(command);
  return inside;
}

int main(int argc, char **argv) {
  if (argc != 2 && argc != 3) return 2;
  directory = argv[1];
  if (unshare(CLONE_NEWNS) < 0) fail("unshare");
  if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) fail("mount");
  answer = mmap(NULL, sizeof *answer, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (answer == MAP_FAILED) fail("mmap");
  signal(SIGPIPE, SIG_DFL);
  is_alone = 1;
  enter_network();
  const char *disk = argc == 3 ? mount_disk(argv[2]) : NULL;
  answer->disk = disk != NULL;
  while (read_program()) {
    prepare_root(disk);
    answer->length = answer->inodes = 0;
    in_child(run_program);
    in_child(look_at_tree);
    leave_root(disk);
    fwrite(answer->text, 1, answer->length, stdout);
    fputs("%%\n", stdout);
    fflush(stdout);
  }
  return 0;
}
