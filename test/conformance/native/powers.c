/*
 * Performs programs about users and capabilities and prints what each step answered.
 *
 *   powers DIRECTORY        reads programs, one a line, steps separated by ";", and answers "%%" after each
 *   powers -- STEPS PID     goes on with the rest of a program, after exec
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

typedef unsigned long long set;

static char self[4096];

static void say(const char *step, long answer) {
  if (answer < 0)
    printf("%s !%s\n", step, strerrorname_np(errno));
  else
    printf("%s %ld\n", step, answer);
}

static int get_sets(set *effective, set *permitted, set *inheritable) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  int answer = syscall(SYS_capget, &header, data);
  *effective = data[0].effective | (set)data[1].effective << 32;
  *permitted = data[0].permitted | (set)data[1].permitted << 32;
  *inheritable = data[0].inheritable | (set)data[1].inheritable << 32;
  return answer;
}

static int put_sets(set effective, set permitted, set inheritable) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {
      {(__u32)effective, (__u32)permitted, (__u32)inheritable},
      {(__u32)(effective >> 32), (__u32)(permitted >> 32), (__u32)(inheritable >> 32)}};
  return syscall(SYS_capset, &header, data);
}

static void show(const char *step) {
  set effective, permitted, inheritable, ambient = 0, bounding = 0;
  get_sets(&effective, &permitted, &inheritable);
  for (int each = 0; each <= CAP_LAST_CAP; each++) {
    if (prctl(PR_CAPBSET_READ, each) == 1) bounding |= 1ull << each;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, each, 0, 0) == 1) ambient |= 1ull << each;
  }
  uid_t r, e, s;
  gid_t rg, eg, sg;
  getresuid(&r, &e, &s);
  getresgid(&rg, &eg, &sg);
  printf("%s %llx %llx %llx %llx %llx bits %d nnp %d uid %d %d %d %d gid %d %d %d %d\n", step, effective, permitted, inheritable,
         bounding, ambient, prctl(PR_GET_SECUREBITS), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), r, e, s,
         (int)syscall(SYS_setfsuid, -1), rg, eg, sg, (int)syscall(SYS_setfsgid, -1));
}

static void mode_of(const char *step, const char *path) {
  struct stat st;
  unsigned char value[64];
  if (lstat(path, &st)) return;
  printf("%s mode %o uid %d gid %d caps ", step, st.st_mode, st.st_uid, st.st_gid);
  ssize_t length = getxattr(path, "security.capability", value, sizeof value);
  if (length < 0) printf("!%s", strerrorname_np(errno));
  for (ssize_t i = 0; i < length; i++) printf("%02x", value[i]);
  puts("");
}

static long opened(const char *path, int flags) {
  int fd = open(path, flags, 0644);
  if (fd >= 0) close(fd);
  return fd < 0 ? -1 : 0;
}

static void step(char *text, const char *rest, int victim) {
  char copy[256];
  snprintf(copy, sizeof copy, "%s", text);
  char *word[12] = {0};
  int words = 0;
  for (char *each = strtok(copy, " "); each && words < 11; each = strtok(0, " ")) word[words++] = each;
  if (words == 0) return;
  long a = words > 1 ? strtol(word[words > 1 ? 1 : 0], 0, 0) : 0;
  const char *call = word[0];
#define N(i) (words > i ? strtoll(word[i], 0, 0) : 0)
  if (!strcmp(call, "capset")) say(text, put_sets(N(1), N(2), N(3)));
  else if (!strcmp(call, "prctl")) say(text, prctl(N(1), N(2), N(3), 0, 0));
  else if (!strcmp(call, "setresuid")) say(text, syscall(SYS_setresuid, N(1), N(2), N(3)));
  else if (!strcmp(call, "setresgid")) say(text, syscall(SYS_setresgid, N(1), N(2), N(3)));
  else if (!strcmp(call, "setuid")) say(text, syscall(SYS_setuid, a));
  else if (!strcmp(call, "setgid")) say(text, syscall(SYS_setgid, a));
  else if (!strcmp(call, "setfsuid")) say(text, syscall(SYS_setfsuid, a));
  else if (!strcmp(call, "setfsgid")) say(text, syscall(SYS_setfsgid, a));
  else if (!strcmp(call, "setgroups")) {
    gid_t groups[1] = {a};
    say(text, syscall(SYS_setgroups, 1, groups));
  } else if (!strcmp(call, "show")) show(text);
  else if (!strcmp(call, "chown")) { say(text, chown(word[1], N(2), N(3))); mode_of(text, word[1]); }
  else if (!strcmp(call, "chmod")) { say(text, chmod(word[1], N(2))); mode_of(text, word[1]); }
  else if (!strcmp(call, "read")) say(text, opened(word[1], O_RDONLY));
  else if (!strcmp(call, "noatime")) say(text, opened(word[1], O_RDONLY | O_NOATIME));
  else if (!strcmp(call, "write")) {
    int fd = open(word[1], O_WRONLY);
    say(text, fd < 0 ? -1 : write(fd, "x", 1));
    if (fd >= 0) close(fd);
    mode_of(text, word[1]);
  } else if (!strcmp(call, "truncate")) { say(text, truncate(word[1], 1)); mode_of(text, word[1]); }
  else if (!strcmp(call, "cut")) say(text, opened(word[1], O_RDONLY | O_TRUNC));
  else if (!strcmp(call, "lend")) {
    unsigned value[8];
    int length = 0;
    while (length < 8 && word[3 + length]) value[length] = strtoul(word[3 + length], 0, 16), length++;
    say(text, setxattr(word[1], "security.capability", value, length * sizeof *value, N(2)));
    mode_of(text, word[1]);
  } else if (!strcmp(call, "unlend")) { say(text, removexattr(word[1], "security.capability")); mode_of(text, word[1]); }
  else if (!strcmp(call, "allocate")) {
    int fd = open(word[1], O_WRONLY);
    say(text, fd < 0 ? -1 : fallocate(fd, 0, 0, 10));
    if (fd >= 0) close(fd);
    mode_of(text, word[1]);
  } else if (!strcmp(call, "keep")) say(text, open(word[1], O_WRONLY) < 0 ? -1 : 0);
  else if (!strcmp(call, "lease")) {
    int fd = open(word[1], O_RDONLY);
    long answer = fd < 0 ? -1 : fcntl(fd, F_SETLEASE, N(2));
    say(text, answer);
    if (fd >= 0) close(fd);
  } else if (!strcmp(call, "access")) say(text, access(word[1], N(2)));
  else if (!strcmp(call, "create")) { say(text, opened(word[1], O_CREAT | O_EXCL | O_WRONLY)); mode_of(text, word[1]); }
  else if (!strcmp(call, "mkdir")) { say(text, mkdir(word[1], 02775)); mode_of(text, word[1]); }
  else if (!strcmp(call, "mkset")) { say(text, mknod(word[1], S_IFREG | 02775, 0)); mode_of(text, word[1]); }
  else if (!strcmp(call, "unlink")) say(text, unlink(word[1]));
  else if (!strcmp(call, "mknod")) say(text, mknod(word[1], S_IFCHR | 0666, makedev(1, 3)));
  else if (!strcmp(call, "link")) say(text, link(word[1], word[2]));
  else if (!strcmp(call, "linkfd")) {
    int fd = open(word[1], O_PATH);
    say(text, fd < 0 ? -1 : linkat(fd, "", AT_FDCWD, word[2], AT_EMPTY_PATH));
    if (fd >= 0) close(fd);
  } else if (!strcmp(call, "utime")) {
    struct timespec times[2] = {{5, 0}, {5, 0}};
    say(text, utimensat(AT_FDCWD, word[1], times, 0));
  } else if (!strcmp(call, "touch")) say(text, utimensat(AT_FDCWD, word[1], 0, 0));
  else if (!strcmp(call, "chroot")) say(text, chroot("/"));
  else if (!strcmp(call, "kill")) say(text, kill(victim, 0));
  else if (!strcmp(call, "exec")) {
    char pid[32], file[64];
    snprintf(pid, sizeof pid, "%d", victim);
    snprintf(file, sizeof file, "%s", word[1]);
    fflush(stdout);
    execl(file, file, "--", rest, pid, (char *)0);
    say(text, -1);
  } else printf("%s ?\n", text);
}

static void perform(char *program, int victim) {
  while (program && *program) {
    char *end = strchr(program, ';');
    if (end) *end = 0;
    step(program, end ? end + 1 : "", victim);
    program = end ? end + 1 : 0;
  }
  fflush(stdout);
}

static void put(const char *path, const void *bytes, size_t size, mode_t mode, uid_t uid, gid_t gid) {
  int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
  if (fd < 0 || write(fd, bytes, size) != (ssize_t)size) perror(path), exit(1);
  close(fd);
  if (chown(path, uid, gid) || chmod(path, mode)) perror(path), exit(1);
}

static void folder(const char *path, mode_t mode, uid_t uid, gid_t gid) {
  if (mkdir(path, 0700) || chown(path, uid, gid) || chmod(path, mode)) perror(path), exit(1);
}

static void *image;
static size_t image_size;

/* The same tree for each program; powers.ts makes it as well. */
static void populate(void) {
  const struct { const char *name; mode_t mode; uid_t uid; gid_t gid; } programs[] = {
      {"run", 0755, 0, 0}, {"lend", 04755, 0, 0}, {"user", 04755, 1000, 1000}, {"group", 02755, 0, 1000}, {"lock", 02745, 0, 1000}};
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
    put(programs[i].name, image, image_size, programs[i].mode, programs[i].uid, programs[i].gid);
  put("secret", "secret", 6, 0600, 0, 0);
  put("closed", "closed", 6, 0000, 1000, 1000);
  put("other", "other", 5, 0644, 2000, 2000);
  put("setuid", "setuid", 6, 06775, 2000, 2000);
  put("setgid", "setgid", 6, 02666, 1000, 2000);
  folder("hall", 0555, 0, 0);
  folder("sticky", 01777, 2000, 2000);
  put("sticky/theirs", "x", 1, 0666, 2000, 2000);
  folder("vault", 0700, 2000, 2000);
  put("vault/gold", "gold", 4, 0644, 2000, 2000);
  folder("team", 02777, 0, 3000);
}

int main(int count, char **arguments) {
  setvbuf(stdout, 0, _IOFBF, 65536);
  if (count == 4 && !strcmp(arguments[1], "--")) {
    char *rest = strdup(arguments[2]);
    perform(rest, atoi(arguments[3]));
    return 0;
  }
  if (count != 2) return 2;
  ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
  int fd = open("/proc/self/exe", O_RDONLY);
  struct stat st;
  if (length < 0 || fd < 0 || fstat(fd, &st)) return perror("self"), 1;
  image = malloc(image_size = st.st_size);
  if (read(fd, image, image_size) != st.st_size) return perror("self"), 1;
  close(fd);
  if (unshare(CLONE_NEWNS) || mount(0, "/", 0, MS_REC | MS_PRIVATE, 0)) return perror("unshare"), 1;
  if (setgroups(0, 0)) return perror("setgroups"), 1;
  set effective, permitted, inheritable;
  get_sets(&effective, &permitted, &inheritable);
  printf("%llx\n", permitted);
  fflush(stdout);
  char line[8192];
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    if (mount("powers", arguments[1], "tmpfs", 0, "mode=755") || chdir(arguments[1])) return perror("mount"), 1;
    umask(0);
    populate();
    umask(022);
    int victim = fork();
    if (victim == 0) {
      if (setresgid(1000, 1000, 1000) || setresuid(1000, 1000, 1000)) _exit(1);
      for (;;) pause();
    }
    /* Until it is who it is to be. */
    for (;;) {
      char path[64];
      struct stat seen;
      snprintf(path, sizeof path, "/proc/%d", victim);
      if (stat(path, &seen) == 0 && seen.st_uid == 1000) break;
      usleep(100);
    }
    int child = fork();
    if (child == 0) {
      perform(line, victim);
      _exit(0);
    }
    waitpid(child, 0, 0);
    kill(victim, SIGKILL);
    waitpid(victim, 0, 0);
    if (chdir("/") || umount2(arguments[1], MNT_DETACH)) return perror("umount"), 1;
    puts("%%");
    fflush(stdout);
  }
  return 0;
}
