/*
 * The operations on real Linux: `linux OPERATION` prints nanoseconds of CPU time for one, of this process and its
 * children. Files live in a directory of their own, on tmpfs where there is one.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#define BLOCK 4096
#define MIB (1 << 20)

static char block[65536];
static char text[65536];

static double seconds(int who) {
  struct rusage usage;
  getrusage(who, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double began;
static void begin(void) { began = seconds(RUSAGE_SELF) + seconds(RUSAGE_CHILDREN); }
static void end(double count) {
  printf("%f\n", (seconds(RUSAGE_SELF) + seconds(RUSAGE_CHILDREN) - began) * 1e9 / count);
}

static void path_of_depth(int depth) {
  char *at = text;
  for (int i = 1; i < depth; i++) {
    at += sprintf(at, i == 1 ? "d" : "/d");
    mkdir(text, 0777);
  }
  strcpy(at, depth == 1 ? "f" : "/f");
  close(open(text, O_WRONLY | O_CREAT, 0666));
}

static void stat_at(int depth, const char *last) {
  struct stat answer;
  path_of_depth(depth);
  strcpy(strrchr(text, 'f'), last);
  begin();
  for (int i = 0; i < 200000; i++) stat(text, &answer);
  end(200000);
}

static void fill_directory(void) {
  mkdir("d", 0777);
  for (int i = 0; i < 10000; i++) {
    sprintf(text, "d/file%d", i);
    close(open(text, O_WRONLY | O_CREAT, 0666));
  }
}

static void create(void) {
  for (int i = 0; i < 100; i++) { sprintf(text, "tree%d", i); mkdir(text, 0777); }
  begin();
  for (int i = 0; i < 100000; i++) {
    sprintf(text, "tree%d/file%d", i / 1000, i);
    int fd = open(text, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (write(fd, block, 1024) != 1024) exit(1);
    close(fd);
  }
  end(100000);
}

static void list(void) {
  fill_directory();
  begin();
  for (int i = 0; i < 50; i++) {
    DIR *directory = opendir("d");
    while (readdir(directory) != NULL) continue;
    closedir(directory);
  }
  end(50);
}

static int file_of(long bytes, int flags) {
  int fd = open("f", O_RDWR | O_CREAT | O_TRUNC, 0666);
  for (long at = 0; at < bytes; at += BLOCK) if (write(fd, block, BLOCK) != BLOCK) exit(1);
  close(fd);
  return open("f", flags);
}

static void move_directory(void) {
  fill_directory();
  begin();
  for (int i = 0; i < 50000; i++) i % 2 == 0 ? rename("d", "e") : rename("e", "d");
  end(50000);
}

static void read_blocks(long bytes, int at_random) {
  int fd = file_of(bytes, O_RDONLY);
  unsigned seed = 1;
  begin();
  for (int i = 0; i < 400000; i++) {
    seed = seed * 1103515245 + 12345;
    if (at_random) { if (pread(fd, block, BLOCK, (long)(seed >> 8) % (bytes / BLOCK) * BLOCK) < 0) exit(1); continue; }
    if (i % (bytes / BLOCK) == 0) lseek(fd, 0, SEEK_SET);
    if (read(fd, block, BLOCK) < 0) exit(1);
  }
  end(400000);
}

static void write_blocks(long before, long bytes) {
  int fd = file_of(before, O_WRONLY | O_APPEND);
  begin();
  for (long at = 0; at < bytes; at += BLOCK) if (write(fd, block, BLOCK) != BLOCK) exit(1);
  end(bytes / BLOCK);
}

static void lock_and_unlock(void) {
  int fd = open("f", O_RDWR | O_CREAT, 0666);
  begin();
  for (int i = 0; i < 400000; i++) if (flock(fd, LOCK_EX) < 0 || flock(fd, LOCK_UN) < 0) exit(1);
  end(400000);
}

static void descriptors(const char *which) {
  int fd = file_of(BLOCK, O_RDONLY);
  begin();
  for (int i = 0; i < 300000; i++) {
    if (which[0] == 'o') close(open("f", O_RDONLY));
    else if (which[0] == 'd') dup2(fd, 20);
    else lseek(fd, i, SEEK_SET);
  }
  end(300000);
}

static void wait_for_many(void) {
  struct rlimit limit = { 20000, 20000 };
  struct epoll_event events[64], event = { .events = EPOLLIN };
  setrlimit(RLIMIT_NOFILE, &limit);
  int epoll = epoll_create1(0);
  for (int i = 0; i < 10000; i++) {
    event.data.fd = eventfd(i % 1000 == 0, 0);
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, event.data.fd, &event) < 0) exit(1);
  }
  begin();
  for (int i = 0; i < 200000; i++) if (epoll_wait(epoll, events, 64, -1) != 10) exit(1);
  end(200000);
}

static void count_to_and_fro(void) {
  eventfd_t value;
  int there = eventfd(0, 0), back = eventfd(0, 0);
  pid_t child = fork();
  if (child == 0) for (;;) if (eventfd_read(there, &value) < 0 || eventfd_write(back, 1) < 0) _exit(1);
  begin();
  for (int i = 0; i < 50000; i++) if (eventfd_write(there, 1) < 0 || eventfd_read(back, &value) < 0) exit(1);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  end(50000);
}

static void set_timer(void) {
  struct itimerspec setting = { { 0, 0 }, { 3600, 0 } };
  int timer = timerfd_create(CLOCK_MONOTONIC, 0);
  begin();
  for (int i = 0; i < 300000; i++) timerfd_settime(timer, 0, &setting, NULL);
  end(300000);
}

/* Prints MiB in a second of CPU time. */
static void bulk(void) {
  int ends[2];
  if (pipe(ends) < 0) exit(1);
  begin();
  if (fork() == 0) {
    close(ends[1]);
    while (read(ends[0], text, 65536) > 0) continue;
    _exit(0);
  }
  for (int i = 0; i < 30000; i++) if (write(ends[1], block, 65536) != 65536) exit(1);
  close(ends[1]);
  wait(NULL);
  printf("%f\n", 30000 / 16.0 / (seconds(RUSAGE_SELF) + seconds(RUSAGE_CHILDREN) - began));
}

static void round_trip(void) {
  int there[2], back[2];
  char byte = 0;
  if (pipe(there) < 0 || pipe(back) < 0) exit(1);
  begin();
  if (fork() == 0) {
    close(there[1]);
    while (read(there[0], &byte, 1) > 0) if (write(back[1], &byte, 1) != 1) _exit(1);
    _exit(0);
  }
  for (int i = 0; i < 50000; i++) if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1) exit(1);
  close(there[1]);
  wait(NULL);
  end(50000);
}

static int listening = -1;
static struct sockaddr_in here;

static int near_end(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&here, sizeof here) < 0) exit(1);
  return fd;
}

static void serve(void) {
  socklen_t length = sizeof here;
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  listening = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listening, (struct sockaddr *)&here, sizeof here) < 0 || listen(listening, 16) < 0) exit(1);
  if (getsockname(listening, (struct sockaddr *)&here, &length) < 0) exit(1);
}

static void ends(const char *family, int pair[2]) {
  if (strcmp(family, "unix") == 0) {
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0) exit(1);
    return;
  }
  serve();
  pair[0] = near_end();
  pair[1] = accept(listening, NULL, NULL);
  int on = 1;
  for (int i = 0; i < 2; i++) setsockopt(pair[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static void connections(void) {
  serve();
  begin();
  for (int i = 0; i < 10000; i++) {
    int fd = near_end();
    int other = accept(listening, NULL, NULL);
    close(fd);
    close(other);
  }
  end(10000);
}

static void socket_round_trip(const char *family) {
  int pair[2];
  char byte = 0;
  ends(family, pair);
  begin();
  if (fork() == 0) {
    close(pair[0]);
    while (read(pair[1], &byte, 1) > 0) if (write(pair[1], &byte, 1) != 1) _exit(1);
    _exit(0);
  }
  close(pair[1]);
  for (int i = 0; i < 50000; i++) if (write(pair[0], &byte, 1) != 1 || read(pair[0], &byte, 1) != 1) exit(1);
  close(pair[0]);
  wait(NULL);
  end(50000);
}

static void socket_bulk(const char *family) {
  int pair[2];
  ends(family, pair);
  begin();
  if (fork() == 0) {
    close(pair[0]);
    while (read(pair[1], text, 65536) > 0) continue;
    _exit(0);
  }
  close(pair[1]);
  for (int i = 0; i < 30000; i++) if (write(pair[0], block, 65536) != 65536) exit(1);
  close(pair[0]);
  wait(NULL);
  printf("%f\n", 30000 / 16.0 / (seconds(RUSAGE_SELF) + seconds(RUSAGE_CHILDREN) - began));
}

static void datagrams(void) {
  int from = socket(AF_INET, SOCK_DGRAM, 0), to = socket(AF_INET, SOCK_DGRAM, 0);
  socklen_t length = sizeof here;
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(to, (struct sockaddr *)&here, sizeof here) < 0) exit(1);
  if (getsockname(to, (struct sockaddr *)&here, &length) < 0) exit(1);
  begin();
  for (int i = 0; i < 100000; i++) {
    if (sendto(from, block, 512, 0, (struct sockaddr *)&here, sizeof here) != 512) exit(1);
    if (recv(to, text, 512, 0) != 512) exit(1);
  }
  end(100000);
}

static void buffered(void) {
  double all = 0;
  for (int round = 0; round < 25; round++) {
    int ends[2];
    if (pipe(ends) < 0) exit(1);
    for (int i = 0; i < 30000; i++) if (write(ends[1], block, 1) != 1) exit(1);
    double from = seconds(RUSAGE_SELF);
    for (int i = 0; i < 20000; i++) if (write(ends[1], block, 1) != 1) exit(1);
    all += seconds(RUSAGE_SELF) - from;
    close(ends[0]);
    close(ends[1]);
  }
  printf("%f\n", all * 1e9 / (25 * 20000));
}

static void line(void) {
  int master, slave;
  if (openpty(&master, &slave, NULL, NULL, NULL) < 0) exit(1);
  memset(block, 'x', 63);
  block[63] = '\n';
  begin();
  for (int i = 0; i < 50000; i++) {
    if (write(master, block, 64) != 64 || read(slave, text, 256) != 64) exit(1);
    for (int echoed = 0; echoed < 65;) echoed += read(master, text, 256);
  }
  end(50000);
}

static void vectors(int writes) {
  struct iovec vector[4];
  for (int i = 0; i < 4; i++) vector[i] = (struct iovec){ block + i * 1024, 1024 };
  int fd = file_of(MIB, O_RDWR);
  begin();
  for (int i = 0; i < 300000; i++) {
    if (i % 256 == 0) lseek(fd, 0, SEEK_SET);
    if ((writes ? writev(fd, vector, 4) : readv(fd, vector, 4)) != 4096) exit(1);
  }
  end(300000);
}

static void copy_range(void) {
  int fd = file_of(MIB, O_RDWR);
  begin();
  for (int i = 0; i < 50000; i++) {
    off_t from = 0, to = 524288;
    if (copy_file_range(fd, &from, fd, &to, 65536, 0) != 65536) exit(1);
  }
  end(50000);
}

static void splice_pipes(void) {
  int one[2], two[2];
  if (pipe(one) < 0 || pipe(two) < 0 || write(one[1], block, 65536) != 65536) exit(1);
  begin();
  for (int i = 0; i < 100000; i++) {
    if (splice(one[0], NULL, two[1], NULL, 65536, 0) != 65536 || splice(two[0], NULL, one[1], NULL, 65536, 0) != 65536) {
      exit(1);
    }
  }
  end(200000);
}

static void attributes(int writes) {
  close(file_of(0, O_RDONLY));
  if (setxattr("f", "user.key", "0123456789abcdef", 16, 0) < 0) exit(1);
  begin();
  for (int i = 0; i < 200000; i++) {
    if (writes) setxattr("f", "user.key", "0123456789abcdef", 16, 0);
    else if (getxattr("f", "user.key", text, 64) != 16) exit(1);
  }
  end(200000);
}

static void allocate(void) {
  int fd = file_of(65536, O_RDWR);
  begin();
  for (int i = 0; i < 20000; i++) {
    if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 65536) < 0 || fallocate(fd, 0, 0, 65536) < 0) exit(1);
  }
  end(20000);
}

static void stat_more(void) {
  struct statx answer;
  path_of_depth(1);
  begin();
  for (int i = 0; i < 200000; i++) statx(AT_FDCWD, "f", 0, STATX_BASIC_STATS | STATX_BTIME, &answer);
  end(200000);
}

static void spawn(const char *file, char *const *arguments, int count) {
  begin();
  for (int i = 0; i < count; i++) {
    if (vfork() == 0) {
      if (arguments[1] != NULL) dup2(open("/dev/null", O_WRONLY), 1);
      execv(file, arguments);
      _exit(127);
    }
    wait(NULL);
  }
  end(count);
}

static void shell(const char *script, int count) {
  /* With a socket as standard input bash thinks of a remote login and reads ~/.bashrc. */
  char *arguments[] = {"bash", "--norc", "-c", (char *)script, NULL};
  spawn("/bin/bash", arguments, count);
}

static void measure(const char *which) {
  char *nothing[] = {"true", NULL};
  if (strcmp(which, "stat1") == 0) stat_at(1, "f");
  else if (strcmp(which, "stat5") == 0) stat_at(5, "f");
  else if (strcmp(which, "stat20") == 0) stat_at(20, "f");
  else if (strcmp(which, "missing") == 0) stat_at(5, "nothing");
  else if (strcmp(which, "create") == 0) create();
  else if (strcmp(which, "readdir") == 0) list();
  else if (strcmp(which, "rename") == 0) move_directory();
  else if (strcmp(which, "read") == 0) read_blocks(MIB, 0);
  else if (strcmp(which, "pread") == 0) read_blocks(64L * MIB, 1);
  else if (strcmp(which, "write") == 0) write_blocks(0, 16L * MIB);
  else if (strcmp(which, "append") == 0) write_blocks(64L * MIB, 16L * MIB);
  else if (strcmp(which, "readv") == 0) vectors(0);
  else if (strcmp(which, "writev") == 0) vectors(1);
  else if (strcmp(which, "copyRange") == 0) copy_range();
  else if (strcmp(which, "splice") == 0) splice_pipes();
  else if (strcmp(which, "getxattr") == 0) attributes(0);
  else if (strcmp(which, "setxattr") == 0) attributes(1);
  else if (strcmp(which, "fallocate") == 0) allocate();
  else if (strcmp(which, "statx") == 0) stat_more();
  else if (strcmp(which, "epoll") == 0) wait_for_many();
  else if (strcmp(which, "eventfd") == 0) count_to_and_fro();
  else if (strcmp(which, "timerfd") == 0) set_timer();
  else if (strcmp(which, "bulk") == 0) bulk();
  else if (strcmp(which, "lock") == 0) lock_and_unlock();
  else if (strcmp(which, "roundTrip") == 0) round_trip();
  else if (strcmp(which, "buffered") == 0) buffered();
  else if (strcmp(which, "line") == 0) line();
  else if (strcmp(which, "connect") == 0) connections();
  else if (strcmp(which, "tcpRoundTrip") == 0) socket_round_trip("tcp");
  else if (strcmp(which, "unixRoundTrip") == 0) socket_round_trip("unix");
  else if (strcmp(which, "tcpBulk") == 0) socket_bulk("tcp");
  else if (strcmp(which, "unixBulk") == 0) socket_bulk("unix");
  else if (strcmp(which, "datagram") == 0) datagrams();
  else if (strcmp(which, "spawn") == 0) spawn("/bin/true", nothing, 500);
  else if (strcmp(which, "echo") == 0) shell("echo hi | wc -c", 100);
  else if (strcmp(which, "filter") == 0) shell("seq 1 100000 | grep 7 | wc -l", 20);
  else if (strcmp(which, "awk") == 0) shell("seq 1 100000 | awk '{ s += $1 } END { printf \"%d\\n\", s }'", 20);
  else if (strcmp(which, "loop") == 0) shell("i=0; while [ $i -lt 1000 ]; do i=$((i+1)); done; echo $i", 50);
  else descriptors(which);
}

int main(int argc, char **argv) {
  static char place[64] = "/dev/shm/bench-XXXXXX";
  if (argc < 2) return 2;
  if (mkdtemp(place) == NULL && mkdtemp(strcpy(place, "/tmp/bench-XXXXXX")) == NULL) return 1;
  if (chdir(place) < 0) return 1;
  measure(argv[1]);
  fflush(stdout);
  execl("/bin/rm", "rm", "-rf", place, (char *)NULL);
  return 1;
}
