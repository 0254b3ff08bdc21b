/*
 * Runs programs of calls that map memory, and tells what every call answered and how much is mapped then.
 *
 * Reads steps, a line each: the name of a call and numbers, separated by tabs; "%%" ends a program. Each program gets a
 * process of its own. A number "@N+M" is the address that step N answered, and M bytes. An address is told where the
 * program asked for it, from ARENA on, where nothing is by itself. Limits are told in pages more than there are.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STEPS_MAX = 256, TEXT_MAX = 1 << 16, PAGE = 4096 };

static const unsigned long ARENA = 0x100000000000, ARENA_END = 0x100100000000;

static char lines[STEPS_MAX][128];
static unsigned long answered[STEPS_MAX];
static char text[TEXT_MAX];

static int is_in_arena(unsigned long address) {
  return address >= ARENA && address < ARENA_END;
}

static unsigned long number(char **rest) {
  char *word = strsep(rest, "\t");
  if (word == NULL) return 0;
  if (*word != '@') return strtoul(word, NULL, 0);
  char *more;
  unsigned long at = answered[strtoul(word + 1, &more, 10) % STEPS_MAX];
  return is_in_arena(at) ? at + strtoul(more, NULL, 0) : at;
}

/* The number behind a name in /proc/self/status, in pages. */
static long status(const char *name) {
  const char *at = strstr(text, name);
  return at == NULL ? 0 : atol(at + strlen(name)) * 1024 / PAGE;
}

/* The stack is no data here, as it is in /proc/self/statm. */
static void mapped(long *pages, long *data) {
  int fd = open("/proc/self/status", O_RDONLY);
  ssize_t length = read(fd, text, sizeof text - 1);
  close(fd);
  text[length < 0 ? 0 : length] = 0;
  *pages = status("VmSize:");
  *data = status("VmData:");
}

static void say_maps(void) {
  int fd = open("/proc/self/maps", O_RDONLY);
  size_t used = 0;
  for (ssize_t got; (got = read(fd, text + used, sizeof text - 1 - used)) > 0; used += (size_t)got) {}
  close(fd);
  text[used] = 0;
  for (char *rest = text, *line; (line = strsep(&rest, "\n")) != NULL;) {
    unsigned long start = strtoul(line, NULL, 16);
    if (is_in_arena(start)) printf("%s\n", line);
  }
}

static void limit_to(int resource, long pages, long most) {
  struct rlimit limit = { (rlim_t)(pages * PAGE), RLIM_INFINITY };
  if (most >= 0) limit.rlim_max = (rlim_t)(most * PAGE);
  setrlimit(resource, &limit);
}

static void run(int count) {
  long pages, data, base, baseData;
  mapped(&base, &baseData);
  for (int i = 0; i < count; i++) {
    char *rest = lines[i], *call = strsep(&rest, "\t");
    unsigned long a = number(&rest), b = number(&rest), c = number(&rest), d = number(&rest);
    long answer = 0;
    // Elsewhere what lies beside it is another's.
    const int elsewhere = a != 0 && !is_in_arena(a);
    if (strcmp(call, "mmap") == 0) answer = syscall(SYS_mmap, a, b, c, d, -1, 0);
    else if (call[0] == 'm' && elsewhere) answer = 0;
    else if (strcmp(call, "munmap") == 0) answer = syscall(SYS_munmap, a, b);
    else if (strcmp(call, "mremap") == 0) answer = syscall(SYS_mremap, a, b, c, d, 0);
    else {
      mapped(&pages, &data);
      if (strcmp(call, "as") == 0) limit_to(RLIMIT_AS, pages + (long)a, -1);
      else limit_to(RLIMIT_DATA, data + (long)a, -1);
    }
    answered[i] = answer < 0 ? 0 : (unsigned long)answer;
    if (answer == -1) printf("!%d", errno);
    else if (answered[i] == 0) printf("0");
    else if (is_in_arena(answered[i])) printf("%lx", answered[i]);
    else printf("somewhere");
    mapped(&pages, &data);
    printf(" %ld %ld\n", pages - base, data - baseData);
  }
  say_maps();
  fflush(stdout);
  _exit(0);
}

int main(void) {
  static char output[1 << 16];
  setvbuf(stdout, output, _IOFBF, sizeof output);
  int count = 0;
  while (fgets(lines[count], sizeof lines[count], stdin) != NULL) {
    lines[count][strcspn(lines[count], "\n")] = 0;
    if (strcmp(lines[count], "%%") != 0) {
      if (count < STEPS_MAX - 1) count++;
      continue;
    }
    pid_t pid = fork();
    if (pid == 0) run(count);
    waitpid(pid, NULL, 0);
    printf("%%%%\n");
    fflush(stdout);
    count = 0;
  }
  return 0;
}
