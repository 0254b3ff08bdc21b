/**
 * Every number of the ABI against the headers of this machine: a C program prints what they say.
 */
import {
  AbiSignals,
  Capabilities,
  ErrnoTable,
  Falloc,
  Fcntl,
  FileMode,
  Limits,
  Memfd,
  Mman,
  MountFlags,
  Netdevice,
  OpenFlags,
  Pathconf,
  PollEvents,
  Prctl,
  Random,
  Resolve,
  Resources,
  SignalCodes,
  SignalFlags,
  Statx,
  Termios,
  TransferFlags,
  WaitStatus,
  Xattr
} from "@effix/kernel"
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { cannotCompile, compile } from "./linux.js"

const reason = cannotCompile()

/** Builds and runs `main` over some headers, and answers what it prints. */
const ask = (headers: ReadonlyArray<string>, main: ReadonlyArray<string>): ReadonlyArray<string> => {
  const directory = mkdtempSync(join(tmpdir(), "effix-abi-"))
  try {
    const source = join(directory, "abi.c")
    const includes = ["<stdio.h>", ...headers].map((header) => `#include ${header}`)
    writeFileSync(
      source,
      ["#define _GNU_SOURCE", ...includes, "int main(void) {", ...main, "return 0; }", ""].join("\n")
    )
    return execFileSync(compile(directory, "abi", [source]), { encoding: "utf8" }).split("\n").filter((line) =>
      line !== ""
    )
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** The constants of a module by name, without those that are ours alone. */
const constants = (module: object, without: ReadonlyArray<string> = []): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(module).filter(([name, value]) =>
      typeof value === "number" && /^_?[A-Z]/.test(name) && !without.includes(name)
    )
  )

const numbers = (headers: ReadonlyArray<string>, names: ReadonlyArray<string>): Readonly<Record<string, number>> =>
  Object.fromEntries(
    ask(headers, names.map((name) => `printf("%s %lld\\n", "${name}", (long long)(${name}));`)).map((line) => {
      const [name = "", value] = line.split(" ")
      return [name, Number(value)]
    })
  )

const agrees = (headers: ReadonlyArray<string>, module: object, without: ReadonlyArray<string> = []): void => {
  const ours = constants(module, without)
  assert.isAbove(Object.keys(ours).length, 0)
  assert.deepStrictEqual(ours, numbers(headers, Object.keys(ours)))
}

describe("the numbers are those of the headers of Linux", () => {
  const same = (name: string, test: () => void) =>
    it(`${name}`, { timeout: 60_000 }, (context) => reason === undefined ? test() : context.skip(reason))

  // The C library hides O_LARGEFILE where every file is a large one; the kernel's own header has it.
  same("open flags", () => agrees(["<linux/fcntl.h>"], OpenFlags, ["O_ASYNC"]))

  same("file types and permissions", () => agrees(["<sys/stat.h>", "<unistd.h>"], FileMode, ["PERMISSIONS"]))

  same("device numbers", () => {
    const devices = [[1, 3], [5, 2], [136, 7], [200, 255]] as const
    const asked = devices.map(([major, minor]) => `printf("%llu\\n", (unsigned long long)makedev(${major}, ${minor}));`)
    assert.deepStrictEqual(
      devices.map(([major, minor]) => String(FileMode.makedev(major, minor))),
      ask(["<sys/sysmacros.h>"], asked)
    )
  })

  same(
    "commands of fcntl, origins of lseek, flags of the at calls, of rename and of flock",
    () =>
      agrees(["<linux/fcntl.h>", "<linux/fs.h>", "<linux/stat.h>", "<linux/close_range.h>", "<unistd.h>"], Fcntl, [
        "AT_STATX_SYNC_TYPE",
        "F_DUPFD_QUERY",
        "F_SEAL_EXEC"
      ])
  )

  same(
    "path limits",
    () =>
      agrees(["<linux/limits.h>", "<linux/uio.h>"], Limits, ["SYMLINKS_MAX", "RW_COUNT_MAX", "OFFSET_MAX", "IOV_MAX"])
  )

  // Those are newer than the headers of many systems.
  const newFlags = ["RWF_NOAPPEND", "RWF_ATOMIC", "RWF_DONTCACHE", "RWF_NOSIGNAL"]

  same("flags of preadv2 and of splice", () => agrees(["<linux/fs.h>", "<fcntl.h>"], TransferFlags, newFlags))

  same("ways of fallocate, flags of sync_file_range", () => agrees(["<linux/falloc.h>", "<linux/fs.h>"], Falloc))

  same(
    "masks and attributes of statx",
    () => agrees(["<linux/stat.h>", "<linux/fcntl.h>"], Statx, ["STATX_MNT_ID_UNIQUE"])
  )

  same("ways of openat2", () => agrees(["<linux/openat2.h>"], Resolve))

  same("flags and sizes of extended attributes", () => agrees(["<sys/xattr.h>", "<linux/limits.h>"], Xattr))

  same("flags of getrandom", () => agrees(["<linux/random.h>"], Random))
  same("flags of mmap", () => agrees(["<sys/mman.h>"], Mman, ["PAGE_SIZE"]))
  same("flags of memfd_create", () => agrees(["<linux/memfd.h>"], Memfd, ["MFD_NOEXEC_SEAL", "MFD_EXEC"]))

  same("names of pathconf", () => agrees(["<unistd.h>"], Pathconf))

  same("capabilities, securebits and the commands of prctl about them", () => {
    const { SECBIT_NO_CAP_AMBIENT_RAISE, SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED, ...others } = Capabilities
    agrees(["<linux/capability.h>", "<linux/securebits.h>"], others)
    assert.deepStrictEqual([SECBIT_NO_CAP_AMBIENT_RAISE, SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED], [0x40, 0x80])
    agrees(["<sys/prctl.h>"], Prctl)
  })

  same(
    "flags of mount, umount, statvfs and unshare",
    () => agrees(["<sys/mount.h>", "<sys/statvfs.h>", "<sched.h>"], MountFlags)
  )

  same(
    "requests to interfaces and their flags",
    () => agrees(["<net/if.h>", "<net/if_arp.h>", "<sys/ioctl.h>"], Netdevice)
  )

  same("poll events", () => agrees(["<poll.h>"], PollEvents))

  same("resources", () => {
    agrees(["<sys/resource.h>"], Resources, ["RLIM_INFINITY"])
    assert.strictEqual(Resources.RLIM_INFINITY, Infinity)
  })

  same("signals", () => agrees(["<signal.h>"], AbiSignals))

  same("codes of siginfo", () => agrees(["<signal.h>"], SignalCodes))

  // SA_RESETHAND is the sign bit of an `int`.
  same("flags of sigaction, ways of sigprocmask", () => {
    const ours = constants(SignalFlags)
    const theirs = numbers(["<signal.h>"], Object.keys(ours))
    for (const [name, value] of Object.entries(ours)) assert.strictEqual(value >>> 0, theirs[name]! >>> 0, name)
  })

  // The C library has room for more control characters than the kernel has.
  same("termios", () => agrees(["<asm/termbits.h>", "<asm/termios.h>"], Termios))

  same("options and status words of wait", () => {
    agrees(["<sys/wait.h>"], WaitStatus)
    const statuses: ReadonlyArray<readonly [WaitStatus.WaitStatus, string]> = [
      [{ _tag: "Exited", code: 7 }, "WIFEXITED(s) && WEXITSTATUS(s) == 7"],
      [{ _tag: "Signaled", signal: 9, coreDumped: false }, "WIFSIGNALED(s) && WTERMSIG(s) == 9 && !WCOREDUMP(s)"],
      [{ _tag: "Signaled", signal: 11, coreDumped: true }, "WIFSIGNALED(s) && WTERMSIG(s) == 11 && WCOREDUMP(s)"],
      [{ _tag: "Stopped", signal: 20 }, "WIFSTOPPED(s) && WSTOPSIG(s) == 20"],
      [{ _tag: "Continued" }, "WIFCONTINUED(s)"]
    ]
    const asked = statuses.map(([status, holds]) =>
      `{ int s = ${WaitStatus.encode(status)}; puts(${holds} ? "yes" : "no"); }`
    )
    assert.deepStrictEqual(ask(["<sys/wait.h>"], asked), statuses.map(() => "yes"))
  })

  same("errnos: all of them, their numbers and their texts", () => {
    const loop =
      `for (int e = 1; e < 4096; e++) if (strerrorname_np(e)) printf("%d %s %s\\n", e, strerrorname_np(e), strerror(e));`
    // An errno with two names has one here.
    const others = new Map([["ENOTSUP", "EOPNOTSUPP"], ["EWOULDBLOCK", "EAGAIN"], ["EDEADLOCK", "EDEADLK"]])
    const theirs = ask(["<errno.h>", "<string.h>"], [loop]).map((line) => {
      const [number = "", name = "", ...text] = line.split(" ")
      return [others.get(name) ?? name, Number(number), text.join(" ")] as const
    })
    const ours = Object.entries(ErrnoTable.errnoTable).map(([name, [number, text]]) => [name, number, text] as const)
    const byNumber = (a: readonly [string, number, string], b: readonly [string, number, string]) => a[1] - b[1]
    assert.deepStrictEqual(ours.sort(byNumber), theirs)
  })

  same("the texts of signals", () => {
    const loop = `for (int s = 1; s < 32; s++) printf("%d %s\\n", s, strsignal(s));`
    const ours = Object.values(AbiSignals.signalTable).map(([number, , text]) => `${number} ${text}`)
    assert.deepStrictEqual(ours, ask(["<string.h>"], [loop]))
  })
})
