/*
 * Calls on sockets, and on all that can be waited for, in a network of the helper's own.
 *
 * An address is told as "path NAME", "abstract NAME", "inet ADDRESS PORT", "inet6 ADDRESS PORT" or "none"; a port may be
 * given as "@FD", that of the socket behind a descriptor, and behind it the number of an interface.
 */
#define _GNU_SOURCE
#include "sockets.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "locks.h"
#include "step.h"
#include "world.h"

enum { EPHEMERAL = 32768, EVENTS_MAX = 32, CONTROL_MAX = 2048 };

union address {
  struct sockaddr any;
  struct sockaddr_un un;
  struct sockaddr_in in;
  struct sockaddr_in6 in6;
};

void enter_network(void) {
  if (unshare(CLONE_NEWNET) < 0) fail("unshare the network");
  int probe = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_LOOPBACK | IFF_RUNNING };
  if (probe < 0 || ioctl(probe, SIOCSIFFLAGS, &lo) < 0) fail("set up the network");
  close(probe);
  // Effix knows no TIME_WAIT.
  FILE *setting = fopen("/proc/sys/net/ipv4/tcp_max_tw_buckets", "w");
  if (setting != NULL) {
    fputs("0", setting);
    fclose(setting);
  }
}

static unsigned port_of(const char *word) {
  if (word[0] != '@') return (unsigned)atoi(word);
  union address name;
  socklen_t length = sizeof name;
  if (getsockname(atoi(word + 1), &name.any, &length) < 0) return 1;
  if (name.any.sa_family == AF_INET) return ntohs(name.in.sin_port);
  return name.any.sa_family == AF_INET6 ? ntohs(name.in6.sin6_port) : 1;
}

static socklen_t read_address(const char *told, union address *to) {
  char kind[16] = "", name[128] = "", port[16] = "0";
  unsigned scope = 0;
  memset(to, 0, sizeof *to);
  sscanf(told, "%15s %127s %15s %u", kind, name, port, &scope);
  if (strcmp(kind, "path") == 0) {
    to->un.sun_family = AF_UNIX;
    memcpy(to->un.sun_path, name, strnlen(name, sizeof to->un.sun_path));
    return sizeof to->un;
  }
  if (strcmp(kind, "abstract") == 0) {
    to->un.sun_family = AF_UNIX;
    memcpy(to->un.sun_path + 1, name, strnlen(name, sizeof to->un.sun_path - 1));
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
  }
  if (strcmp(kind, "unnamed") == 0) {
    to->un.sun_family = AF_UNIX;
    return sizeof to->un.sun_family;
  }
  if (strcmp(kind, "inet") == 0) {
    to->in.sin_family = AF_INET;
    to->in.sin_port = htons((uint16_t)port_of(port));
    inet_pton(AF_INET, name, &to->in.sin_addr);
    return sizeof to->in;
  }
  if (strcmp(kind, "inet6") == 0) {
    to->in6.sin6_family = AF_INET6;
    to->in6.sin6_port = htons((uint16_t)port_of(port));
    to->in6.sin6_scope_id = scope;
    inet_pton(AF_INET6, name, &to->in6.sin6_addr);
    return sizeof to->in6;
  }
  return sizeof to->in;
}

static void say_port(uint16_t port) {
  if (ntohs(port) >= EPHEMERAL) say(" ephemeral");
  else say(" %u", ntohs(port));
}

static void say_address(const union address *from, socklen_t length) {
  char text[INET6_ADDRSTRLEN];
  if (length == 0 || (from->any.sa_family == AF_UNIX && length <= sizeof from->un.sun_family)) say("none");
  else if (from->any.sa_family == AF_UNIX && from->un.sun_path[0] != 0) {
    say("path ");
    say_escaped(from->un.sun_path);
  } else if (from->any.sa_family == AF_UNIX) {
    int count = (int)(length - offsetof(struct sockaddr_un, sun_path)) - 1;
    // Five digits are a name that the kernel has chosen.
    if (count == 5) say("auto");
    else say("abstract %.*s", count, from->un.sun_path + 1);
  } else if (from->any.sa_family == AF_INET) {
    say("inet %s", inet_ntop(AF_INET, &from->in.sin_addr, text, sizeof text));
    say_port(from->in.sin_port);
  } else if (from->any.sa_family == AF_INET6) {
    say("inet6 %s", inet_ntop(AF_INET6, &from->in6.sin6_addr, text, sizeof text));
    say_port(from->in6.sin6_port);
  } else say("none");
}

static size_t ids_of(const char *words, int *ids, size_t most) {
  size_t count = 0;
  for (const char *at = words; *at != 0 && count < most;) {
    char *end;
    ids[count++] = (int)strtol(at, &end, 10);
    at = *end == ',' ? end + 1 : end;
  }
  return count;
}

static void put_control(struct msghdr *message, int type, const void *data, size_t size) {
  struct cmsghdr *control = (struct cmsghdr *)((char *)message->msg_control + message->msg_controllen);
  *control = (struct cmsghdr){ .cmsg_len = CMSG_LEN(size), .cmsg_level = SOL_SOCKET, .cmsg_type = type };
  memcpy(CMSG_DATA(control), data, size);
  message->msg_controllen += CMSG_SPACE(size);
}

/* Descriptor, length and first byte, flags, descriptors to pass, and who says so: an actor, a user and a group. */
static void send_message(const struct step *step) {
  static char control[CONTROL_MAX] __attribute__((aligned(8)));
  int fds[400], who[3];
  struct iovec part = { buffer, fill_buffer(number(step, 2), (unsigned)number(step, 3)) };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control };
  size_t count = ids_of(text(step, 5), fds, 400);
  memset(control, 0, sizeof control);
  if (count > 0) put_control(&message, SCM_RIGHTS, fds, count * sizeof *fds);
  if (ids_of(text(step, 6), who, 3) == 3) {
    if (who[0] == 0) who[0] = getpid();
    put_control(&message, 2 /* SCM_CREDENTIALS */, who, sizeof who);
  }
  done(sendmsg((int)number(step, 1), &message, (int)number(step, 4)));
}

static void say_pid(pid_t pid) {
  for (int i = 0; i < ACTORS_MAX; i++) if (pid > 0 && actor_pid[i] == pid) return say("a%d", i);
  if (pid == getpid()) say("me");
  else say("%d", pid);
}

/* What TCP throws away under MSG_TRUNC is in no buffer. */
static void say_received(ssize_t got, size_t room, int flags) {
  say_bytes(buffer, (flags & MSG_TRUNC) != 0 ? 0 : (size_t)got < room ? (size_t)got : room);
  say(" %zd", got);
}

static void receive_message(int fd, size_t length, int flags, size_t room) {
  static char control[CONTROL_MAX] __attribute__((aligned(8)));
  union address from;
  struct iovec part = { buffer, length };
  struct msghdr message = { &from, sizeof from, &part, 1, control, room, 0 };
  ssize_t got = recvmsg(fd, &message, flags);
  if (got < 0) return done(got);
  say_received(got, length, flags);
  say(" ");
  say_address(&from, message.msg_namelen);
  say(" %x", message.msg_flags & ~MSG_CMSG_CLOEXEC);
  for (struct cmsghdr *each = CMSG_FIRSTHDR(&message); each != NULL; each = CMSG_NXTHDR(&message, each)) {
    size_t size = each->cmsg_len - CMSG_LEN(0);
    const int *data = (const int *)CMSG_DATA(each);
    if (each->cmsg_level != SOL_SOCKET) continue;
    if (each->cmsg_type == SCM_RIGHTS) {
      for (size_t i = 0; i < size / sizeof *data; i++) say(" fd=%d", data[i]);
    } else if (size >= 3 * sizeof *data) {
      say(" from=");
      say_pid(data[0]);
      say(",%d,%d", data[1], data[2]);
    }
  }
}

static void receive_from(int fd, size_t length, int flags) {
  union address from;
  socklen_t room = sizeof from;
  ssize_t got = recvfrom(fd, buffer, length, flags, &from.any, &room);
  if (got < 0) return done(got);
  say_received(got, length, flags);
  say(" ");
  say_address(&from, room);
}

static void say_name(long result, const union address *name, socklen_t length) {
  if (result < 0) done(result);
  else say_address(name, length);
}

static void get_option(int fd, int level, int option) {
  union {
    int number;
    struct linger linger;
    struct timeval time;
    int who[3];
    char text[64];
  } value = { 0 };
  socklen_t length = sizeof value;
  if (getsockopt(fd, level, option, &value, &length) < 0) return done(-1);
  if (level == SOL_SOCKET && option == SO_LINGER) say("%d %d", value.linger.l_onoff != 0, value.linger.l_linger);
  else if (level == SOL_SOCKET && (option == SO_RCVTIMEO || option == SO_SNDTIMEO)) {
    say("%ld", value.time.tv_sec * 1000 + value.time.tv_usec / 1000);
  } else if (level == SOL_SOCKET && option == SO_PEERCRED) {
    say_pid(value.who[0]);
    say(" %d %d", value.who[1], value.who[2]);
  } else say("%d", value.number);
}

static void set_option(int fd, int level, int option, long told) {
  struct linger linger = { told >= 0, told < 0 ? 0 : (int)told };
  struct timeval time = { told / 1000, told % 1000 * 1000 };
  // Out of its domain: too many microseconds.
  if (told == -33) time = (struct timeval){ 0, 1000000 };
  int value = (int)told;
  if (level == SOL_SOCKET && option == SO_LINGER) done(setsockopt(fd, level, option, &linger, sizeof linger));
  else if (level == SOL_SOCKET && (option == SO_RCVTIMEO || option == SO_SNDTIMEO)) {
    done(setsockopt(fd, level, option, &time, sizeof time));
  } else done(setsockopt(fd, level, option, &value, sizeof value));
}

static void join_group(int fd, const char *group, int joins) {
  struct in6_addr six;
  if (inet_pton(AF_INET6, group, &six) == 1) {
    struct ipv6_mreq request = { .ipv6mr_multiaddr = six, .ipv6mr_interface = 1 };
    done(setsockopt(fd, IPPROTO_IPV6, joins ? IPV6_ADD_MEMBERSHIP : IPV6_DROP_MEMBERSHIP, &request, sizeof request));
    return;
  }
  struct ip_mreqn request = { .imr_ifindex = 1 };
  inet_pton(AF_INET, group, &request.imr_multiaddr);
  done(setsockopt(fd, IPPROTO_IP, joins ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, &request, sizeof request));
}

/* What an interface says of itself; where a request is for a name, the word is a number. */
static void ask_interface(int fd, unsigned long request, const char *word) {
  struct ifreq asked = { .ifr_metric = 0 };
  if (request == SIOCGIFCONF) {
    struct ifreq all[16];
    struct ifconf list = { .ifc_len = sizeof all, .ifc_req = all };
    if (ioctl(fd, request, &list) < 0) return done(-1);
    for (size_t i = 0; i < (size_t)list.ifc_len / sizeof *all; i++) {
      say("%s %s ", all[i].ifr_name, inet_ntoa(((struct sockaddr_in *)&all[i].ifr_addr)->sin_addr));
    }
    return;
  }
  if (request == SIOCGIFNAME) asked.ifr_ifindex = atoi(word);
  else strncpy(asked.ifr_name, word, sizeof asked.ifr_name - 1);
  if (ioctl(fd, request, &asked) < 0) return done(-1);
  const unsigned char *hard = (const unsigned char *)asked.ifr_hwaddr.sa_data;
  switch (request) {
    case SIOCGIFNAME: say("%s", asked.ifr_name); break;
    case SIOCGIFADDR:
    case SIOCGIFDSTADDR:
    case SIOCGIFBRDADDR:
    case SIOCGIFNETMASK: say("%s", inet_ntoa(((struct sockaddr_in *)&asked.ifr_addr)->sin_addr)); break;
    case SIOCGIFFLAGS: say("%d", asked.ifr_flags); break;
    case SIOCGIFHWADDR:
      say("%d %02x:%02x:%02x:%02x:%02x:%02x", asked.ifr_hwaddr.sa_family, hard[0], hard[1], hard[2], hard[3], hard[4], hard[5]);
      break;
    default: say("%d", asked.ifr_ifindex);
  }
}

static void say_set(const fd_set *set) {
  say("[");
  for (int fd = 0; fd < 64; fd++) if (FD_ISSET(fd, set)) say(" %d", fd);
  say(" ]");
}

static void select_some(const struct step *step) {
  fd_set sets[3];
  for (int i = 0; i < 3; i++) {
    int fds[64];
    FD_ZERO(&sets[i]);
    size_t count = ids_of(text(step, 1 + i), fds, 64);
    for (size_t each = 0; each < count; each++) if (fds[each] >= 0 && fds[each] < 64) FD_SET(fds[each], &sets[i]);
  }
  long timeout = number(step, 4);
  struct timeval time = { timeout / 1000, timeout % 1000 * 1000 };
  long got = select(64, &sets[0], &sets[1], &sets[2], timeout == -1 ? NULL : &time);
  if (got < 0) return done(got);
  for (int i = 0; i < 3; i++) say_set(&sets[i]);
}

static void poll_some(const struct step *step) {
  struct pollfd fds[2] = {
    { .fd = (int)number(step, 1), .events = (short)number(step, 2) },
    { .fd = (int)number(step, 3), .events = (short)number(step, 4) },
  };
  long ready = syscall(SYS_poll, fds, number(step, 3) == -1 ? 1 : 2, (int)number(step, 5));
  if (ready < 0) done(ready);
  else say("%x %x", (unsigned short)fds[0].revents, (unsigned short)fds[1].revents);
}

static void wait_epoll(int fd, int most, int timeout) {
  struct epoll_event events[EVENTS_MAX];
  long got = syscall(SYS_epoll_wait, fd, events, most > EVENTS_MAX ? EVENTS_MAX : most, timeout);
  if (got < 0) return done(got);
  say("%ld", got);
  for (long i = 0; i < got; i++) say(" %x:%llu", events[i].events, (unsigned long long)events[i].data.u64);
}

/* Whether it was one of the calls that wait for several descriptors, or that make some to wait for. */
static int on_readiness(const struct step *step) {
  const int fd = (int)number(step, 1);
  if (is(step, "eventfd")) done(syscall(SYS_eventfd2, (unsigned)number(step, 1), (int)number(step, 2)));
  else if (is(step, "epoll_create")) done(syscall(SYS_epoll_create1, fd));
  else if (is(step, "epoll_ctl")) {
    struct epoll_event event = { .events = (uint32_t)number(step, 4), .data.u64 = (uint64_t)number(step, 5) };
    done(syscall(SYS_epoll_ctl, fd, (int)number(step, 2), (int)number(step, 3), &event));
  } else if (is(step, "epoll_wait")) wait_epoll(fd, (int)number(step, 2), (int)number(step, 3));
  else if (is(step, "select")) select_some(step);
  else if (is(step, "poll2")) poll_some(step);
  else return 0;
  return 1;
}

int on_socket(const struct step *step) {
  const int fd = (int)number(step, 1);
  const int second = (int)number(step, 2), third = (int)number(step, 3);
  union address there;
  socklen_t length = sizeof there;
  int ends[2];
  memset(&there, 0, sizeof there);
  if (is(step, "socket")) {
    int made = socket(fd, second, third);
    // Effix never waits for an acknowledgement.
    if (made >= 0 && fd != AF_UNIX && (second & 0xf) == SOCK_STREAM) {
      int on = 1;
      setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    done(made);
  } else if (is(step, "socketpair")) {
    if (socketpair(fd, second, third, ends) < 0) done(-1);
    else say("%d %d", ends[0], ends[1]);
  } else if (is(step, "bind")) {
    length = read_address(text(step, 2), &there);
    done(bind(fd, &there.any, length));
  } else if (is(step, "listen")) done(listen(fd, second));
  else if (is(step, "accept")) {
    int made = accept4(fd, &there.any, &length, second);
    if (made < 0) return done(-1), 1;
    say("%d ", made);
    say_address(&there, length);
  } else if (is(step, "connect")) {
    length = read_address(text(step, 2), &there);
    done(connect(fd, &there.any, length));
  } else if (is(step, "send")) done(send(fd, buffer, fill_buffer(second, (unsigned)third), (int)number(step, 4)));
  else if (is(step, "sendto")) {
    size_t count = fill_buffer(second, (unsigned)third);
    length = read_address(text(step, 5), &there);
    done(sendto(fd, buffer, count, (int)number(step, 4), &there.any, length));
  } else if (is(step, "sendmsg")) send_message(step);
  else if (is(step, "recv")) {
    ssize_t got = recv(fd, buffer, (size_t)second, third);
    if (got < 0) return done(got), 1;
    say_received(got, (size_t)second, third);
  } else if (is(step, "recvfrom")) receive_from(fd, (size_t)second, third);
  else if (is(step, "recvmsg")) receive_message(fd, (size_t)second, third, (size_t)number(step, 4));
  else if (is(step, "shutdown")) done(shutdown(fd, second));
  else if (is(step, "getsockname")) {
    long result = getsockname(fd, &there.any, &length);
    say_name(result, &there, length);
  } else if (is(step, "getpeername")) {
    long result = getpeername(fd, &there.any, &length);
    say_name(result, &there, length);
  } else if (is(step, "getsockopt")) get_option(fd, second, third);
  else if (is(step, "setsockopt")) set_option(fd, second, third, number(step, 4));
  else if (is(step, "group")) join_group(fd, text(step, 2), third);
  else if (is(step, "netdevice")) ask_interface(fd, (unsigned long)second, text(step, 3));
  else return on_readiness(step);
  return 1;
}
