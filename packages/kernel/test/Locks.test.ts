/** Locks of files, as processes take them: whole files with flock(2), ranges of bytes with fcntl(2). */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  F_GETLK,
  F_OFD_GETLK,
  F_OFD_SETLK,
  F_OFD_SETLKW,
  F_RDLCK,
  F_SETLK,
  F_SETLKW,
  F_TEST,
  F_TLOCK,
  F_UNLCK,
  F_WRLCK,
  LOCK_EX,
  LOCK_NB,
  LOCK_SH,
  LOCK_UN,
  SEEK_END
} from "../src/abi/Fcntl.js"
import { O_CREAT, O_RDONLY, O_RDWR } from "../src/abi/OpenFlags.js"
import { SIGKILL } from "../src/abi/Signals.js"
import { drop } from "../src/Description.js"
import type { Any } from "../src/Errno.js"
import { stub } from "../src/Programs.js"
import type { SystemCalls } from "../src/Sys.js"
import * as Machine from "./interruption/machine.js"
import { errnoOf, idle, inProcess, program, under } from "./interruption/run.js"
import { inProcess as inKernel, read as readText } from "./support/run.js"

const openFile = (sys: SystemCalls, flags = O_RDWR | O_CREAT) => sys.open("/file", flags)

/** Runs `body` in a child and waits for its end. */
const inChild = (sys: SystemCalls, body: (sys: SystemCalls) => Effect.Effect<unknown, Any>) =>
  Effect.gen(function*() {
    yield* sys.spawn(program(body))
    const waited = yield* sys.wait()
    expect(waited?.status).toEqual({ _tag: "Exited", code: 0 })
  })

const write = { type: F_WRLCK, start: 0, length: 10 }
const read = { type: F_RDLCK, start: 0, length: 10 }

describe("flock", () => {
  it.effect("shares among readers, and keeps writers out", () =>
    under(2, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const [one, two] = [yield* openFile(sys), yield* openFile(sys)]
          yield* sys.flock(one, LOCK_SH)
          yield* sys.flock(two, LOCK_SH)
          expect(yield* errnoOf(sys.flock(one, LOCK_EX | LOCK_NB))).toBe("EAGAIN")
          // The attempt has cost it the lock that it had.
          yield* sys.flock(two, LOCK_EX | LOCK_NB)
          expect(yield* errnoOf(sys.flock(one, LOCK_SH | LOCK_NB))).toBe("EAGAIN")
        }))))

  it.effect("belongs to the description: duplicates and children share it, and the last close ends it", () =>
    under(2, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const fd = yield* openFile(sys)
          const copy = yield* sys.dup(fd)
          yield* sys.flock(fd, LOCK_EX)
          yield* sys.flock(copy, LOCK_EX)
          yield* sys.close(fd)
          const other = yield* openFile(sys)
          expect(yield* errnoOf(sys.flock(other, LOCK_SH | LOCK_NB))).toBe("EAGAIN")
          // A child gives back what its parent took.
          yield* inChild(sys, (child) => child.flock(copy, LOCK_UN))
          yield* sys.flock(other, LOCK_EX | LOCK_NB)
          yield* sys.close(other)
          yield* sys.flock(copy, LOCK_EX | LOCK_NB)
        }))))

  it.effect("is asked for in order, and readers go on together", () =>
    under(20, (machine) =>
      Effect.gen(function*() {
        const order: Array<string> = []
        const waiter = (name: string, how: number) =>
          program((sys) =>
            Effect.gen(function*() {
              const fd = yield* openFile(sys)
              yield* sys.flock(fd, how)
              order.push(name)
              if (how === LOCK_EX) {
                yield* sys.nanosleep(1000)
                yield* sys.flock(fd, LOCK_UN)
              } else yield* sys.nanosleep(5_000_000)
            })
          )
        const holder = machine.start(program((sys) =>
          Effect.gen(function*() {
            yield* sys.flock(yield* openFile(sys), LOCK_EX)
            yield* sys.nanosleep(10_000_000)
          })
        ))
        yield* idle
        const waiting = []
        for (
          const [name, how] of [["w1", LOCK_EX], ["r1", LOCK_SH], ["w2", LOCK_EX], ["r2", LOCK_SH]] as const
        ) {
          waiting.push(machine.start(waiter(name, how)))
          yield* idle
        }
        for (const each of [holder, ...waiting]) yield* Machine.awaitEnd(each)
        expect([order[0], order.slice(1, 3).sort(), order[3]]).toEqual(["w1", ["r1", "r2"], "w2"])
      })))

  it.effect("lets whoever waits go first, before whoever had the lock takes it again", () =>
    under(20, (machine) =>
      Effect.gen(function*() {
        const order: Array<string> = []
        const greedy = machine.start(program((sys) =>
          Effect.gen(function*() {
            const fd = yield* openFile(sys)
            yield* sys.flock(fd, LOCK_EX)
            yield* sys.nanosleep(10_000_000)
            yield* sys.flock(fd, LOCK_UN)
            yield* sys.flock(fd, LOCK_EX)
            order.push("greedy")
          })
        ))
        yield* idle
        const patient = machine.start(program((sys) =>
          Effect.flatMap(openFile(sys), (fd) => Effect.map(sys.flock(fd, LOCK_EX), () => void order.push("patient")))
        ))
        yield* Machine.awaitEnd(greedy)
        yield* Machine.awaitEnd(patient)
        expect(order).toEqual(["patient", "greedy"])
      })))

  it.effect("answers EINVAL and EBADF", () =>
    under(1, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const fd = yield* openFile(sys)
          expect(yield* errnoOf(sys.flock(fd, 0))).toBe("EINVAL")
          expect(yield* errnoOf(sys.flock(fd, LOCK_SH | LOCK_EX))).toBe("EINVAL")
          expect(yield* errnoOf(sys.flock(77, LOCK_SH))).toBe("EBADF")
        }))))
})

describe("record locks", () => {
  it.effect("are the process's, by ranges that split and merge", () =>
    under(2, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const fd = yield* openFile(sys)
          yield* sys.fcntlLock(fd, F_SETLK, { type: F_WRLCK, start: 0, length: 100 })
          yield* sys.fcntlLock(fd, F_SETLK, { type: F_UNLCK, start: 40, length: 20 })
          yield* sys.fcntlLock(fd, F_SETLK, { type: F_RDLCK, start: 90, length: 0 })
          yield* inChild(sys, (child) =>
            Effect.gen(function*() {
              const found = (start: number) =>
                Effect.map(
                  child.fcntlLock(fd, F_GETLK, { type: F_WRLCK, start, length: 1 }),
                  ({ length, start: at, type }) => type === F_UNLCK ? "free" : `${type} ${at}+${length}`
                )
              expect(yield* found(0)).toBe(`${F_WRLCK} 0+40`)
              expect(yield* found(45)).toBe("free")
              expect(yield* found(60)).toBe(`${F_WRLCK} 60+30`)
              expect(yield* found(1e9)).toBe(`${F_RDLCK} 90+0`)
              const { pid } = yield* child.fcntlLock(fd, F_GETLK, { type: F_RDLCK })
              expect(pid).toBe(yield* child.getppid())
            }))
        }))))

  it.effect("go when the process closes any descriptor of the file, and when it ends", () =>
    under(2, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const fd = yield* openFile(sys)
          yield* sys.fcntlLock(fd, F_SETLK, write)
          yield* sys.close(yield* openFile(sys, O_RDONLY))
          yield* inChild(sys, (child) => child.fcntlLock(fd, F_SETLK, write))
          yield* sys.fcntlLock(fd, F_SETLK, write)
        }))))

  it.effect("are neither inherited nor lost when what is inherited is closed elsewhere", () =>
    under(2, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const fd = yield* openFile(sys)
          yield* sys.fcntlLock(fd, F_SETLK, write)
          yield* inChild(sys, (child) =>
            Effect.gen(function*() {
              expect(yield* errnoOf(child.fcntlLock(fd, F_SETLK, read))).toBe("EAGAIN")
              yield* child.close(fd)
            }))
          yield* inChild(
            sys,
            (child) => Effect.map(errnoOf(child.fcntlLock(fd, F_SETLK, read)), (errno) => expect(errno).toBe("EAGAIN"))
          )
        }))))

  it.effect("of two processes that would wait for each other: the second is told EDEADLK", () =>
    under(20, (machine) =>
      Effect.gen(function*() {
        const answers: Array<string> = []
        const party = (mine: number, theirs: number, first: number) =>
          program((sys) =>
            Effect.gen(function*() {
              const fd = yield* openFile(sys)
              yield* sys.fcntlLock(fd, F_SETLKW, { type: F_WRLCK, start: mine, length: 1 })
              yield* sys.nanosleep(first)
              answers.push(yield* errnoOf(sys.fcntlLock(fd, F_SETLKW, { type: F_WRLCK, start: theirs, length: 1 })))
            })
          )
        const both = [machine.start(party(0, 1, 1_000_000)), machine.start(party(1, 0, 3_000_000))]
        for (const each of both) yield* Machine.awaitEnd(each)
        expect(answers).toEqual(["EDEADLK", "success"])
      })))

  it.effect("are in nobody's way where they were woken and will have to wait again", () =>
    under(20, (machine) =>
      Effect.gen(function*() {
        const answers: Array<string> = []
        const holder = machine.start(program((sys) =>
          Effect.gen(function*() {
            const fd = yield* openFile(sys)
            yield* sys.fcntlLock(fd, F_SETLK, { type: F_WRLCK, start: 0, length: 0 })
            yield* sys.nanosleep(10_000_000)
            // Half of what the other waits for is free then.
            yield* sys.fcntlLock(fd, F_SETLK, { type: F_UNLCK, start: 0, length: 6 })
            for (const pause of [0, 10_000_000]) {
              yield* sys.nanosleep(pause)
              for (const how of [F_SETLK, F_SETLKW]) {
                answers.push(yield* errnoOf(sys.fcntlLock(fd, how, { type: F_WRLCK, start: 6, length: 7 })))
              }
            }
          })
        ))
        yield* idle
        const waiting = machine.start(program((sys) =>
          Effect.flatMap(
            openFile(sys),
            (fd) => sys.fcntlLock(fd, F_SETLKW, { type: F_WRLCK, start: 4, length: 8 })
          )
        ))
        for (const each of [holder, waiting]) yield* Machine.awaitEnd(each)
        expect(answers).toEqual(["success", "success", "success", "success"])
      })))

  it.effect("of a description outlive other descriptors, and have no process", () =>
    under(2, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const [one, two] = [yield* openFile(sys), yield* openFile(sys)]
          yield* sys.fcntlLock(one, F_OFD_SETLK, write)
          yield* sys.close(yield* openFile(sys))
          expect(yield* errnoOf(sys.fcntlLock(two, F_OFD_SETLK, read))).toBe("EAGAIN")
          expect((yield* sys.fcntlLock(two, F_OFD_GETLK, read)).pid).toBe(-1)
          expect(yield* errnoOf(sys.fcntlLock(two, F_OFD_SETLK, { ...read, pid: 1 }))).toBe("EINVAL")
          yield* sys.close(one)
          yield* sys.fcntlLock(two, F_OFD_SETLKW, write)
        }))))

  it.effect("look at the access mode, at whence and at what does not fit", () =>
    under(1, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* sys.close(yield* openFile(sys))
          const reader = yield* openFile(sys, O_RDONLY)
          const fd = yield* openFile(sys)
          expect(yield* errnoOf(sys.fcntlLock(reader, F_SETLK, write))).toBe("EBADF")
          expect(yield* errnoOf(sys.fcntlLock(fd, F_SETLK, { type: 7 }))).toBe("EINVAL")
          expect(yield* errnoOf(sys.fcntlLock(fd, F_SETLK, { ...write, whence: 9 }))).toBe("EINVAL")
          expect(yield* errnoOf(sys.fcntlLock(fd, F_SETLK, { ...write, start: -1 }))).toBe("EINVAL")
          expect(yield* errnoOf(sys.fcntlLock(fd, F_SETLK, { type: F_WRLCK, start: 5, length: -6 }))).toBe("EINVAL")
          const most = Number.MAX_SAFE_INTEGER
          expect(yield* errnoOf(sys.fcntlLock(fd, F_SETLK, { type: F_WRLCK, start: most, length: 2 }))).toBe(
            "EOVERFLOW"
          )
          yield* sys.write(fd, new Uint8Array(20))
          yield* sys.fcntlLock(fd, F_SETLK, { type: F_WRLCK, whence: SEEK_END, start: -5, length: -5 })
          yield* inChild(
            sys,
            (child) => Effect.map(child.fcntlLock(fd, F_GETLK, read), ({ type }) => expect(type).toBe(F_UNLCK))
          )
          yield* inChild(
            sys,
            (child) =>
              Effect.map(
                child.fcntlLock(fd, F_GETLK, { type: F_RDLCK }),
                ({ length, start }) => expect([start, length]).toEqual([10, 5])
              )
          )
        }))))

  it.effect("answer ENOLCK where there are too many, and change nothing", () =>
    under(1, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const fd = yield* openFile(sys)
          yield* sys.fcntlLock(fd, F_SETLK, { type: F_WRLCK, start: 0, length: 10 })
          yield* sys.fcntlLock(fd, F_SETLK, { type: F_WRLCK, start: 20, length: 10 })
          expect(yield* errnoOf(sys.fcntlLock(fd, F_SETLK, { type: F_WRLCK, start: 40, length: 10 }))).toBe("ENOLCK")
          expect(yield* errnoOf(sys.fcntlLock(fd, F_SETLK, { type: F_UNLCK, start: 2, length: 2 }))).toBe("ENOLCK")
          // What merges takes no more than there is.
          yield* sys.fcntlLock(fd, F_SETLK, { type: F_WRLCK, start: 30, length: 10 })
          expect(yield* errnoOf(sys.flock(fd, LOCK_EX))).toBe("ENOLCK")
        })), { limits: { locksMax: 2 } }))

  it.effect("are gone before anybody is told that their process ended", () =>
    under(20, (machine) =>
      Effect.gen(function*() {
        const holder = machine.start(program((sys) =>
          Effect.gen(function*() {
            yield* sys.fcntlLock(yield* openFile(sys), F_SETLK, write)
            yield* sys.nanosleep(1e12)
          })
        ))
        yield* idle
        machine.send(holder, SIGKILL)
        yield* inProcess(machine, (sys) => Effect.flatMap(openFile(sys), (fd) => sys.fcntlLock(fd, F_SETLK, write)))
      })))

  it.effect("are kept over exec, and lockf tests them", () =>
    under(1, (machine) =>
      Effect.gen(function*() {
        let seen = ""
        yield* machine.programs.register("next", () =>
          program((sys) =>
            Effect.gen(function*() {
              yield* sys.lockf(3, F_TEST, 5)
              yield* inChild(sys, (child) =>
                Effect.map(errnoOf(child.lockf(3, F_TEST, 5)), (errno) => void (seen = errno)))
            })
          ))
        const { init, rooms: { vfs } } = machine
        const file = yield* vfs.open(init, vfs.root, "/next", O_RDWR | O_CREAT, 0o755)
        file.references++
        yield* file.write(new TextEncoder().encode(stub("next")), init)
        // What is open for writing does not run.
        yield* drop(file)
        const process = machine.start(program((sys) =>
          Effect.gen(function*() {
            yield* sys.dup2(yield* openFile(sys), 3)
            yield* sys.lockf(3, F_TLOCK, 5)
            return yield* sys.exec("/next")
          })
        ))
        yield* Machine.awaitEnd(process)
        expect(seen).toBe("EACCES")
      }).pipe(Effect.scoped)))
})

describe("/proc/locks", () => {
  it.live("shows who holds what, and who waits behind whom", () =>
    inKernel((sys) =>
      Effect.gen(function*() {
        const fd = yield* sys.open("/tmp/file", O_RDWR | O_CREAT)
        const { ino } = yield* sys.fstat(fd)
        yield* sys.flock(fd, LOCK_EX)
        yield* sys.fcntlLock(fd, F_SETLK, write)
        const child = yield* sys.spawn(
          program((own) => Effect.flatMap(own.open("/tmp/file", O_RDWR), (again) => own.flock(again, LOCK_SH)))
        )
        yield* sys.nanosleep(1e6)
        const pid = yield* sys.getpid()
        const text = (path: string) => Effect.flatMap(sys.open(path, O_RDONLY), (proc) => readText(sys, proc))
        expect(yield* text("/proc/locks")).toBe(
          `1: POSIX  ADVISORY  WRITE ${pid} 00:01:${ino} 0 9\n2: FLOCK  ADVISORY  WRITE ${pid} 00:01:${ino} 0 EOF\n` +
            `2: -> FLOCK  ADVISORY  READ ${child} 00:01:${ino} 0 EOF\n`
        )
        expect(yield* text(`/proc/self/fdinfo/${fd}`)).toContain(
          `lock:\t1: FLOCK  ADVISORY  WRITE ${pid} 00:01:${ino} 0 EOF\n`
        )
        yield* sys.kill(child, SIGKILL)
      })
    ))
})

describe("a thousand who wait for one lock", () => {
  it.effect("cost a wake-up each", () =>
    under(1, (machine) =>
      Effect.gen(function*() {
        const order: Array<number> = []
        const holder = machine.start(program((sys) =>
          Effect.gen(function*() {
            yield* sys.flock(yield* openFile(sys), LOCK_EX)
            yield* sys.nanosleep(1e9)
          })
        ))
        yield* idle
        const waiting = Array.from({ length: 1000 }, (_, number) =>
          machine.start(program((sys) =>
            Effect.gen(function*() {
              const fd = yield* openFile(sys)
              yield* sys.flock(fd, LOCK_EX)
              order.push(number)
              yield* sys.flock(fd, LOCK_UN)
            })
          )))
        yield* idle
        const before = machine.rooms.locks.list()
        expect(before.length).toBe(1001)
        machine.send(holder, SIGKILL)
        for (const each of waiting) yield* Machine.awaitEnd(each)
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, number) => number))
        expect(machine.rooms.locks.list()).toEqual([])
      })))
})
