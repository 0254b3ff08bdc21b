/*
 * Performs programs about mounts and prints what each step answered.
 *
 *   mounts DIRECTORY        reads programs, one a line, steps separated by ";", and answers "%%" after each
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

static int slots[4];

static void say(const char *step, long answer) {
  if (answer < 0)
    printf("%s !%s\n", step, strerrorname_np(errno));
  else
    printf("%s %ld\n", step, answer);
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(const char *step, const char *path) {
  DIR *directory = opendir(path);
  if (directory == NULL) return say(step, -1);
  char *names[256];
  int count = 0;
  for (struct dirent *each; (each = readdir(directory)) && count < 256;)
    if (strcmp(each->d_name, ".") && strcmp(each->d_name, "..")) names[count++] = strdup(each->d_name);
  closedir(directory);
  qsort(names, count, sizeof *names, by_name);
  printf("%s", step);
  for (int i = 0; i < count; i++) printf(" %s", names[i]);
  puts("");
}

/* What mountinfo says, without the numbers. */
static void info(const char *step) {
  FILE *file = fopen("/proc/self/mountinfo", "r");
  if (file == NULL) return say(step, -1);
  char line[4096];
  while (fgets(line, sizeof line, file)) {
    char *at = line;
    for (int skip = 0; skip < 3; skip++) at = strchr(at, ' ') + 1;
    printf("%s %s", step, at);
  }
  fclose(file);
}

#define TEXT(i) (words > i && strcmp(word[i], "-") ? word[i] : "")
#define NUMBER(i) (words > i ? strtol(word[i], 0, 0) : 0)

static void perform(char *program);

static void step(char *text, char *rest) {
  char copy[512];
  snprintf(copy, sizeof copy, "%s", text);
  char *word[8] = {0};
  int words = 0;
  for (char *each = strtok(copy, " "); each && words < 8; each = strtok(0, " ")) word[words++] = each;
  if (words == 0) return;
  const char *call = word[0];
  struct stat st;
  struct statfs fs;
  if (!strcmp(call, "mount"))
    say(text, mount(TEXT(1), TEXT(2), words > 3 && strcmp(word[3], "-") ? word[3] : NULL, NUMBER(4), TEXT(5)));
  else if (!strcmp(call, "umount")) say(text, umount2(TEXT(1), NUMBER(2)));
  else if (!strcmp(call, "pivot")) say(text, syscall(SYS_pivot_root, TEXT(1), TEXT(2)));
  else if (!strcmp(call, "unshare")) say(text, unshare(CLONE_NEWNS));
  else if (!strcmp(call, "chdir")) say(text, chdir(TEXT(1)));
  else if (!strcmp(call, "chroot")) say(text, chroot(TEXT(1)) < 0 ? -1 : chdir("/"));
  else if (!strcmp(call, "open")) {
    int *slot = &slots[NUMBER(1)];
    if (*slot >= 0) close(*slot);
    *slot = open(TEXT(2), NUMBER(3), 0644);
    say(text, *slot < 0 ? -1 : 0);
  } else if (!strcmp(call, "close")) {
    int *slot = &slots[NUMBER(1)];
    if (*slot >= 0) close(*slot);
    *slot = -1;
  } else if (!strcmp(call, "list")) list(text, TEXT(1));
  else if (!strcmp(call, "stat")) {
    int answer = stat(TEXT(1), &st);
    if (answer < 0) say(text, answer);
    else printf("%s %o\n", text, st.st_mode);
  } else if (!strcmp(call, "statfs")) {
    int answer = statfs(TEXT(1), &fs);
    if (answer < 0) say(text, answer);
    else printf("%s %lx %lx\n", text, (long)fs.f_flags, (long)fs.f_type);
  } else if (!strcmp(call, "access")) say(text, access(TEXT(1), NUMBER(2)));
  else if (!strcmp(call, "create")) {
    int fd = open(TEXT(1), O_CREAT | O_EXCL | O_WRONLY, 0644);
    say(text, fd < 0 ? -1 : 0);
    if (fd >= 0) close(fd);
  } else if (!strcmp(call, "mkdir")) say(text, mkdir(TEXT(1), 0755));
  else if (!strcmp(call, "rmdir")) say(text, rmdir(TEXT(1)));
  else if (!strcmp(call, "unlink")) say(text, unlink(TEXT(1)));
  else if (!strcmp(call, "rename")) say(text, rename(TEXT(1), TEXT(2)));
  else if (!strcmp(call, "link")) say(text, link(TEXT(1), TEXT(2)));
  else if (!strcmp(call, "chmod")) say(text, chmod(TEXT(1), 0755));
  else if (!strcmp(call, "truncate")) say(text, truncate(TEXT(1), 1));
  else if (!strcmp(call, "cwd")) {
    char path[4096];
    long length = syscall(SYS_getcwd, path, sizeof path);
    /* What cannot be reached is ENOENT to the C library. */
    if (length < 0 && errno != ENOENT) say(text, -1);
    else printf("%s %s\n", text, length > 0 && path[0] == '/' ? path : "nowhere");
  } else if (!strcmp(call, "info")) info(text);
  else if (!strcmp(call, "branch")) {
    fflush(stdout);
    int child = fork();
    if (child == 0) {
      say(text, unshare(CLONE_NEWNS));
      perform(rest);
      _exit(0);
    }
    waitpid(child, 0, 0);
    *rest = 0;
    info("after");
    list("after", ".");
  } else printf("%s ?\n", text);
}

static void perform(char *program) {
  while (program && *program) {
    char *end = strchr(program, ';');
    if (end) *end = 0;
    char *rest = end ? end + 1 : program + strlen(program);
    step(program, rest);
    program = rest;
  }
  fflush(stdout);
}

static void must(int answer, const char *what) {
  if (answer < 0) perror(what), exit(1);
}

static void put(const char *path, mode_t mode) {
  int fd = open(path, O_CREAT | O_WRONLY, 0600);
  must(fd, path);
  must(write(fd, path, strlen(path)), path);
  must(fchmod(fd, mode), path);
  close(fd);
}

/* The same tree for each program; mounts.ts makes it as well. */
static void populate(void) {
  must(mkdir("a", 0755), "a");
  must(mkdir("a/d", 0755), "a/d");
  must(mkdir("b", 0755), "b");
  must(mkdir("c", 0755), "c");
  must(mkdir("proc", 0755), "proc");
  put("f", 0644);
  put("g", 0644);
  put("a/f", 0644);
  put("run", 0755);
  must(symlink("a", "s"), "s");
  must(mknod("null", S_IFCHR | 0666, makedev(1, 3)), "null");
}

int main(int count, char **arguments) {
  setvbuf(stdout, 0, _IOFBF, 65536);
  if (count != 2) return 2;
  if (unshare(CLONE_NEWNS) || mount(0, "/", 0, MS_REC | MS_PRIVATE, 0)) return perror("unshare"), 1;
  umask(022);
  puts("ready");
  fflush(stdout);
  char line[8192];
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    int child = fork();
    if (child == 0) {
      for (int i = 0; i < 4; i++) slots[i] = -1;
      must(unshare(CLONE_NEWNS), "unshare");
      must(mount("whole", arguments[1], "tmpfs", 0, "mode=755"), "mount");
      must(chdir(arguments[1]), "chdir");
      must(syscall(SYS_pivot_root, ".", "."), "pivot_root");
      must(umount2(".", MNT_DETACH), "umount");
      populate();
      must(mount("proc", "/proc", "proc", MS_NOSUID, ""), "proc");
      perform(line);
      _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    if (status != 0) printf("ended by %d\n", status);
    puts("%%");
    fflush(stdout);
  }
  return 0;
}
