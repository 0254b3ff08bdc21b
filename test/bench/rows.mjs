/**
 * The operations, with what plain JavaScript and @secure-exec/core took on the day on which the aims were set, and the
 * aim, through `Sys` in a fiber; rows that were added later have none. Times are nanoseconds of CPU time for one
 * operation unless `unit` says otherwise.
 */
const row = (group, id, name, limit, peer, aim, more = {}) => ({
  group,
  id,
  name,
  limit,
  peer,
  aim,
  unit: "ns",
  ...more
})

export const rows = [
  row("files", "stat1", "stat, depth 1", 63, 1670, 400),
  row("files", "stat5", "stat, depth 5", 243, 2490, 700),
  row("files", "stat20", "stat, depth 20", 1030, 5400, 1600),
  row("files", "missing", "stat of a missing path", 300, 11_500, 800),
  row("files", "create", "create 1 KiB, one of 100,000 in a tree", 3300, 9200, 4500),
  row("files", "readdir", "readdir of 10,000", 26_000, 308_000, 60_000),
  row("files", "read", "read 4 KiB, sequential", 470, 6040, 800),
  row("files", "pread", "pread 4 KiB, random in 64 MiB", 1090, 5740, 1400),
  row("files", "write", "write 4 KiB, sequential, to 16 MiB", 850, undefined, 1500),
  row("files", "writeLarge", "write 4 KiB, sequential, to 1 GiB", 850, undefined, 1500, { slow: true }),
  row("files", "append", "append 4 KiB at 64 MiB", 5200, 181_000_000, 2500),
  row("files", "appendLarge", "append 4 KiB at 1 GiB", undefined, undefined, 2500, { slow: true }),
  row("files", "rename", "rename a directory of 10,000", 2000, 8900, 4000),

  row("descriptors", "open", "open and close", 161, 941, 700),
  row("descriptors", "dup2", "dup2", 9, 221, 300),
  row("descriptors", "lseek", "lseek", 9, 117, 300),

  row("locks", "pair", "flock, taken and let go", 16, 1020, 500),
  row("locks", "handOff", "flock handed on, 1,000 waiting", 347, 14_300, 2000),

  row("transfers", "readv", "readv of 4 times 1 KiB"),
  row("transfers", "writev", "writev of 4 times 1 KiB"),
  row("transfers", "copyRange", "copy_file_range of 64 KiB"),
  row("transfers", "splice", "splice of 64 KiB from pipe to pipe"),
  row("transfers", "getxattr", "getxattr of 16 bytes"),
  row("transfers", "setxattr", "setxattr of 16 bytes"),
  row("transfers", "fallocate", "fallocate of 64 KiB, and a hole again"),
  row("transfers", "statx", "statx, depth 1"),

  row("pipes", "bulk", "pipe, 64 KiB writes", 3900, 3100, 3300, { unit: "MiB/s" }),
  row("pipes", "roundTrip", "pipe, 1-byte round trip of two processes", 1040, 1190, 2600),
  row("pipes", "buffered", "1-byte pipe write with 30,000 buffered", 20, 50_700, 400),
  row("pipes", "line", "pty, canonical 64-byte line with echo", 3000, 30_500, 5000),

  row("sockets", "connect", "tcp, connect, accept and close", 530, 2760, 1400),
  row("sockets", "tcpRoundTrip", "tcp, 1-byte round trip of two processes", 1050, 2800, 2600),
  row("sockets", "tcpBulk", "tcp, 64 KiB writes", 3480, 980, 2500, { unit: "MiB/s" }),
  row("sockets", "unixRoundTrip", "unix, 1-byte round trip of two processes"),
  row("sockets", "unixBulk", "unix, 64 KiB writes", undefined, undefined, undefined, { unit: "MiB/s" }),
  row("sockets", "datagram", "udp, 512 bytes sent and received", 550, 1150, 900),
  row("readiness", "epoll", "epoll_wait, 10 ready of 10,000"),
  row("readiness", "eventfd", "eventfd, round trip of two processes"),
  row("readiness", "timerfd", "timerfd, set"),

  row("processes", "spawn", "spawn and wait, a trivial program", 1700, 18_300, 8000),
  row("processes", "spawnTimers", "the same with 100,000 timers alive", 1700, 2_790_000, 8000),
  row("processes", "kill", "kill, of 5,000", 800, 16_200, 3000),
  row("processes", "wait", "wait, of 5,000", 1000, 20_900, 3000),
  row("processes", "fanIn", "waitid of any of 5,000", 1000, undefined, 3000),
  row("processes", "signal", "a signal to oneself, with its handler"),
  row("processes", "timer", "timer set and cancelled, 100,000 alive", undefined, 430, 400),
  row("processes", "boot", "boot", 8000, 490_000, 250_000),

  row("memory", "idleKernel", "an idle kernel", 7680, undefined, 16_384, { unit: "bytes" }),
  row("memory", "emptyFile", "an empty file", 141, undefined, 250, { unit: "bytes" }),
  row("memory", "smallFile", "a file of 1 KiB", 1347, undefined, 1300, { unit: "bytes" }),
  row("memory", "process", "a live process", 167, undefined, 2048, { unit: "bytes" }),

  row("shell", "echo", "shell: `echo hi | wc -c`", undefined, undefined, 250_000),
  row("shell", "filter", "shell: `seq 1 100000 | grep 7 | wc -l`", undefined, undefined, 40_000_000),
  row("shell", "awk", "shell: `seq 1 100000 | awk '{ s += $1 } END …'`"),
  row("shell", "loop", "shell: a loop of 1,000 steps", undefined, undefined, 12_000_000),

  row("host", "lag", "host timer lag, p99, while a guest spins", 9_000_000, undefined, 20_000_000)
]

export const subjects = ["limit", "effix", "secure-exec", "memfs", "zenfs", "just-bash", "linux"]

/** Bytes are the same on every machine. */
export const scales = (row) => row.unit !== "bytes"
