/** Leases, directories and descriptors that tell of themselves by signals, beyond what plays compare with Linux. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fcntl from "../src/abi/Fcntl.js"
import { O_ASYNC, O_CREAT, O_NOCTTY, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } from "../src/abi/OpenFlags.js"
import { POLLERR, POLLHUP, POLLIN, POLLRDNORM } from "../src/abi/PollEvents.js"
import * as Codes from "../src/abi/SignalCodes.js"
import { SIGIO, SIGRTMIN } from "../src/abi/Signals.js"
import { AF_UNIX, SOCK_STREAM } from "../src/abi/Socket.js"
import * as Bytes from "../src/Bytes.js"
import type { SignalInfo } from "../src/ProcessTable.js"
import * as SignalSet from "../src/SignalSet.js"
import type { SystemCalls } from "../src/Sys.js"
import * as Machine from "./interruption/machine.js"
import { errnoOf, idle, inProcess, program, under } from "./interruption/run.js"
import * as Support from "./support/run.js"

const told = SignalSet.of(SIGIO, SIGRTMIN)

const blocking = (sys: SystemCalls) => sys.sigprocmask(0, told)

/** The signals that wait, each with its code, its descriptor and its events. */
const signals = (sys: SystemCalls): Effect.Effect<ReadonlyArray<unknown>> =>
  Effect.matchEffect(sys.sigtimedwait(told, 0), {
    onFailure: () => Effect.succeed([]),
    onSuccess: ({ code, io, signal }: SignalInfo) =>
      Effect.map(signals(sys), (more) => [io === undefined ? [signal, code] : [signal, code, io.fd, io.band], ...more])
  })

const lease = (sys: SystemCalls, type: number, flags = O_RDONLY) =>
  Effect.gen(function*() {
    yield* Effect.flatMap(sys.open("/file", O_CREAT | O_WRONLY), (fd) => sys.close(fd))
    const fd = yield* sys.open("/file", flags)
    yield* sys.fcntl(fd, Fcntl.F_SETLEASE, type)
    return fd
  })

const writeFile = (sys: SystemCalls, path: string, text: string) =>
  Effect.flatMap(
    sys.open(path, O_WRONLY),
    (fd) =>
      Effect.zipRight(Effect.ensuring(sys.write(fd, Bytes.encode(text)), Effect.orDie(sys.close(fd))), Effect.void)
  )

const readFile = (sys: SystemCalls, path: string) =>
  Effect.flatMap(sys.open(path, O_RDONLY), (fd) => Effect.zipLeft(Support.read(sys, fd), sys.close(fd)))

describe("a lease", () => {
  it.effect("is taken away from who does not give it up in time, and whoever waits goes on", () =>
    under(2, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* blocking(sys)
          const fd = yield* lease(sys, Fcntl.F_WRLCK)
          const reader = yield* sys.spawn(program((own) => own.open("/file", O_RDONLY)))
          yield* Effect.sleep("44 seconds")
          expect(yield* sys.fcntl(fd, Fcntl.F_GETLEASE)).toBe(Fcntl.F_RDLCK)
          expect(yield* sys.wait4(reader, 1)).toBe(undefined)
          yield* Effect.sleep("2 seconds")
          expect(yield* sys.wait4(reader)).toMatchObject({ pid: reader })
          expect(yield* sys.fcntl(fd, Fcntl.F_GETLEASE)).toBe(Fcntl.F_RDLCK)
          // It is one for reading by now: the next one is told of.
          expect(yield* errnoOf(sys.open("/file", O_WRONLY | O_NONBLOCK))).toBe("EAGAIN")
          yield* Effect.sleep("46 seconds")
          expect(yield* sys.fcntl(fd, Fcntl.F_GETLEASE)).toBe(Fcntl.F_UNLCK)
        }))))

  it.effect("goes with its holder, who is killed by the signal that he has not set", () =>
    under(2, (machine) =>
      Effect.gen(function*() {
        const holder = machine.start(program((sys) => Effect.zipRight(lease(sys, Fcntl.F_WRLCK), sys.pause())))
        yield* idle
        yield* inProcess(machine, (sys) => Effect.flatMap(sys.open("/file", O_RDWR), (fd) => sys.close(fd)))
        expect(yield* Machine.awaitEnd(holder)).toMatchObject({ _tag: "Signaled", signal: SIGIO })
      })))

  it.effect("keeps its file for whoever waits, though it has lost its name", () =>
    under(2, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* blocking(sys)
          const fd = yield* lease(sys, Fcntl.F_WRLCK, O_RDWR)
          yield* sys.write(fd, Bytes.encode("kept"))
          let text = ""
          const reader = yield* sys.spawn(program((own) =>
            Effect.gen(function*() {
              text = yield* readFile(own, "/file")
            })
          ))
          yield* idle
          yield* sys.unlink("/file")
          yield* sys.close(fd)
          yield* sys.wait4(reader)
          expect(text).toBe("kept")
        }))))

  it.live("is told in /proc/locks, with who waits for it to go; its time and leases at all can be set", () =>
    Support.inProcess((sys) =>
      Effect.gen(function*() {
        yield* blocking(sys)
        const fd = yield* lease(sys, Fcntl.F_WRLCK)
        const self = yield* sys.getpid()
        expect(yield* readFile(sys, "/proc/locks")).toMatch(
          new RegExp(`^1: LEASE  ACTIVE    WRITE ${self} .* 0 EOF\n$`)
        )
        yield* writeFile(sys, "/proc/sys/fs/lease-break-time", "1\n")
        const reader = yield* sys.spawn(program((own) => own.open("/file", O_RDONLY)))
        yield* Effect.sleep(50)
        expect((yield* readFile(sys, "/proc/locks")).split("\n").slice(0, 2).map((line) => line.replace(/ \d+ .*/, "")))
          .toEqual(["1: LEASE  BREAKING  READ", "1: -> LEASE  BREAKER   READ"])
        yield* sys.wait4(reader)
        yield* sys.fcntl(fd, Fcntl.F_SETLEASE, Fcntl.F_UNLCK)
        yield* writeFile(sys, "/proc/sys/fs/leases-enable", "0")
        expect(yield* errnoOf(sys.fcntl(fd, Fcntl.F_SETLEASE, Fcntl.F_RDLCK))).toBe("EINVAL")
        expect(yield* errnoOf(writeFile(sys, "/proc/sys/fs/leases-enable", "many"))).toBe("EINVAL")
        expect(yield* readFile(sys, "/proc/sys/fs/leases-enable")).toBe("0\n")
      })
    ))
})

describe("O_ASYNC", () => {
  it.effect("tells of what comes through a socket, and that the other side is gone", () =>
    under(2, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* blocking(sys)
          const [mine, other] = yield* sys.socketpair(AF_UNIX, SOCK_STREAM)
          yield* sys.fcntl(mine, Fcntl.F_SETOWN, yield* sys.getpid())
          yield* sys.fcntl(mine, Fcntl.F_SETSIG, SIGRTMIN)
          yield* sys.fcntl(mine, Fcntl.F_SETFL, O_ASYNC)
          yield* sys.write(other, new Uint8Array(1))
          expect(yield* signals(sys)).toEqual([[SIGRTMIN, Codes.POLL_IN, mine, POLLIN | POLLRDNORM]])
          yield* sys.close(other)
          expect(yield* signals(sys)).toEqual([[SIGRTMIN, Codes.POLL_HUP, mine, POLLHUP | POLLERR]])
          yield* sys.fcntl(mine, Fcntl.F_SETSIG, 0)
        }))))

  it.live("of a terminal tells its foreground group", () =>
    Support.inProcess((sys) =>
      Effect.gen(function*() {
        yield* blocking(sys)
        const master = yield* sys.open("/dev/ptmx", O_RDWR | O_NOCTTY)

        const slave = yield* sys.open("/dev/pts/0", O_RDWR)
        yield* sys.fcntl(slave, Fcntl.F_SETFL, O_ASYNC)
        expect(yield* sys.fcntl(slave, Fcntl.F_GETOWN)).toBe(-(yield* sys.getpid()))
        yield* sys.write(master, Bytes.encode("half"))
        expect(yield* signals(sys)).toEqual([])
        yield* sys.write(master, Bytes.encode(" a line\n"))
        expect(yield* signals(sys)).toEqual([[SIGIO, Codes.SI_KERNEL]])
      })
    ))

  it.effect("asks who has set the owner, and not who writes", () =>
    under(2, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* blocking(sys)
          const [reader, writer] = yield* sys.pipe()
          yield* sys.fcntl(reader, Fcntl.F_SETFL, O_ASYNC)
          const self = yield* sys.getpid()
          const child = yield* sys.spawn(
            program((own) => Effect.zipRight(own.setresuid(7, 7, 7), own.fcntl(reader, Fcntl.F_SETOWN, self)))
          )
          yield* sys.wait4(child)
          expect(yield* sys.fcntlOwnerUids(reader)).toEqual([7, 7])
          yield* sys.write(writer, new Uint8Array(1))
          expect(yield* signals(sys)).toEqual([])
          yield* sys.fcntlOwner(reader, Fcntl.F_SETOWN_EX, { type: Fcntl.F_OWNER_PGRP, pid: yield* sys.getpgid() })
          yield* sys.write(writer, new Uint8Array(1))
          expect(yield* signals(sys)).toEqual([[SIGIO, Codes.SI_KERNEL]])
        }))))
})
