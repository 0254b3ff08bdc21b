/** Processes: spawning, replacing, ending, waiting. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { O_CLOEXEC, O_CREAT, O_RDONLY, O_WRONLY } from "../src/abi/OpenFlags.js"
import { SIG_BLOCK, SIG_SETMASK } from "../src/abi/SignalFlags.js"
import { SIGHUP, SIGKILL, SIGTERM, SIGUSR1, SIGUSR2 } from "../src/abi/Signals.js"
import { installStub } from "../src/kernel/boot.js"
import * as SignalSet from "../src/SignalSet.js"
import type { Program, SystemCalls } from "../src/Sys.js"
import * as Machine from "./interruption/machine.js"
import { errnoOf, idle, inProcess, program, under } from "./interruption/run.js"

/** Puts a program into /bin. */
const install = (machine: Machine.Machine, name: string, main: Program) =>
  Effect.gen(function*() {
    const { init, programs, rooms: { vfs } } = machine
    yield* Effect.ignore(vfs.mkdir(init, vfs.root, "/bin", 0o755))
    yield* programs.register(name, () => main)
    yield* installStub(vfs, init, name)
  })

const exits = (code: number): Program => Effect.succeed(code)
const sleeps = program((sys) => sys.nanosleep(1e12))
const exited = (code: number) => ({ _tag: "Exited", code })
const killed = (signal: number) => ({ _tag: "Signaled", signal, coreDumped: false })

describe("spawn", () => {
  it.effect("a child has copies: what it changes is its own", () =>
    under(10, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* sys.mkdir("/d")
          const fd = yield* sys.open("/f", O_CREAT | O_WRONLY)
          const pid = yield* sys.spawn(program((own) =>
            Effect.gen(function*() {
              yield* own.chdir("/d")
              yield* own.umask(0o777)
              yield* own.close(fd)
              yield* own.sigprocmask(SIG_SETMASK, SignalSet.full)
            })
          ))
          expect(yield* sys.wait(pid)).toEqual({ pid, status: exited(0) })
          expect([yield* sys.getcwd(), yield* sys.umask(0o22), yield* sys.sigprocmask(SIG_BLOCK, 0n)]).toEqual([
            "/",
            0o22,
            0n
          ])
          expect(yield* sys.write(fd, Uint8Array.of(1))).toBe(1)
        }))))

  it.effect("attributes: arguments, environment, mask, group, session, defaults", () =>
    under(10, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* sys.sigaction(SIGUSR1, { disposition: "ignore" })
          yield* sys.sigaction(SIGUSR2, { disposition: "ignore" })
          yield* sys.sigaction(SIGTERM, { disposition: () => Effect.void })
          const seen: Array<unknown> = []
          const child = program((own) =>
            Effect.gen(function*() {
              seen.push(yield* own.argv(), yield* own.environ(), yield* own.sigprocmask(SIG_BLOCK, 0n))
              for (const signal of [SIGUSR1, SIGUSR2, SIGTERM]) seen.push((yield* own.sigaction(signal)).disposition)
              seen.push(
                (yield* own.getpgid()) === (yield* own.getpid()),
                (yield* own.getsid()) === (yield* own.getpid())
              )
            })
          )
          const mask = SignalSet.of(SIGHUP)
          yield* sys.spawn(child, {
            argv: ["name", "x"],
            env: { A: "1" },
            signalMask: mask | SignalSet.of(SIGKILL),
            signalDefault: SignalSet.of(SIGUSR2),
            processGroup: 0
          })
          yield* sys.wait()
          expect(seen).toEqual([["name", "x"], { A: "1" }, mask, "ignore", "default", "default", true, false])
          yield* sys.spawn(child, { session: true })
          yield* sys.wait()
          expect(seen.slice(-2)).toEqual([true, true])
        }))))

  it.effect("file actions happen in their order, in the child alone", () =>
    under(10, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* sys.mkdir("/d")
          yield* sys.open("/0", O_CREAT | O_RDONLY)
          const seen: Array<unknown> = []
          yield* sys.spawn(
            program((own) =>
              Effect.gen(function*() {
                seen.push(yield* own.getcwd(), yield* errnoOf(own.fstat(0)), (yield* own.stat("/d/new")).size)
                yield* own.write(5, Uint8Array.of(1, 2, 3))
                seen.push((yield* own.stat("new")).size)
              })
            ),
            {
              actions: [
                { _tag: "Chdir", path: "/d" },
                { _tag: "Open", fd: 4, path: "new", flags: O_CREAT | O_WRONLY, mode: 0o600 },
                { _tag: "Dup2", from: 4, to: 5 },
                { _tag: "Close", fd: 0 },
                { _tag: "Close", fd: 4 }
              ]
            }
          )
          yield* sys.wait()
          expect(seen).toEqual(["/d", "EBADF", 0, 3])
          expect([yield* errnoOf(sys.fstat(0)), yield* errnoOf(sys.fstat(5)), yield* sys.getcwd()]).toEqual([
            "success",
            "EBADF",
            "/"
          ])
        }))))

  it.effect("an action that fails fails the call, and leaves no child and no descriptor", () =>
    under(10, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const [reader, writer] = yield* sys.pipe()
          const failing = [
            [{ _tag: "Open", fd: 4, path: "/none", flags: O_RDONLY }, "ENOENT"],
            [{ _tag: "Dup2", from: 99, to: 5 }, "EBADF"],
            [{ _tag: "Dup2", from: reader, to: 1 << 20 }, "EBADF"],
            [{ _tag: "Chdir", path: "/none" }, "ENOENT"],
            [{ _tag: "Fchdir", fd: 99 }, "EBADF"],
            [{ _tag: "Foreground", fd: reader }, "ENOTTY"]
          ] as const
          for (const [action, errno] of failing) {
            expect(yield* errnoOf(sys.spawn(sleeps, { actions: [{ _tag: "Dup2", from: writer, to: 9 }, action] })))
              .toBe(errno)
          }
          expect(yield* errnoOf(sys.wait())).toBe("ECHILD")
          yield* sys.close(writer)
          // Nobody else holds the writing end.
          expect(yield* sys.read(reader, new Uint8Array(1))).toBe(0)
        }))))

  it.effect("a path runs the program in the file, without descriptors that close on exec", () =>
    under(10, (machine) =>
      Effect.scoped(Effect.gen(function*() {
        const seen: Array<unknown> = []
        yield* install(
          machine,
          "tool",
          program((own) =>
            Effect.gen(function*() {
              seen.push(yield* own.argv(), yield* errnoOf(own.fstat(0)), yield* errnoOf(own.fstat(1)))
              return 300
            })
          )
        )
        yield* inProcess(machine, (sys) =>
          Effect.gen(function*() {
            yield* sys.open("/f", O_CREAT | O_RDONLY)
            yield* sys.open("/f", O_CREAT | O_RDONLY | O_CLOEXEC)
            const pid = yield* sys.spawn("/bin/tool", { argv: ["tool", "1"] })
            expect(yield* sys.wait(pid)).toEqual({ pid, status: exited(300 & 0xff) })
            expect(seen).toEqual([["tool", "1"], "success", "EBADF"])
            expect(yield* errnoOf(sys.spawn("/bin/none"))).toBe("ENOENT")
            expect(yield* errnoOf(sys.spawn("/bin"))).toBe("EACCES")
            expect(yield* errnoOf(sys.spawn("/f"))).toBe("EACCES")
            yield* sys.chmod("/f", 0o755)
            expect(yield* errnoOf(sys.spawn("/f"))).toBe("ENOEXEC")
            expect(yield* errnoOf(sys.wait())).toBe("ECHILD")
          }))
      }))))

  it.effect("a full table answers EAGAIN, and a full descriptor table EMFILE", () =>
    under(5, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          for (let i = 0; i < 2; i++) yield* sys.spawn(exits(0))
          expect(yield* errnoOf(sys.spawn(exits(0)))).toBe("EAGAIN")
          // A zombie counts until it is waited for.
          yield* idle
          expect(yield* errnoOf(sys.spawn(exits(0)))).toBe("EAGAIN")
          yield* sys.wait()
          expect(yield* errnoOf(sys.spawn(exits(0)))).toBe("success")
          const opened = yield* Effect.forEach(Array.from({ length: 9 }), () => errnoOf(sys.open("/", O_RDONLY)))
          expect(opened).toEqual([...Array.from({ length: 8 }, () => "success"), "EMFILE"])
          expect(yield* errnoOf(sys.pipe())).toBe("EMFILE")
        })), { limits: { processesMax: 4, openFilesMax: 8 } }))
})

describe("exec", () => {
  it.effect("keeps pid, mask, directory and what is ignored; resets what is caught; closes what closes on exec", () =>
    under(20, (machine) =>
      Effect.scoped(Effect.gen(function*() {
        const seen: Array<unknown> = []
        const look = (sys: SystemCalls) =>
          Effect.gen(function*() {
            seen.push([
              yield* sys.getpid(),
              yield* sys.getcwd(),
              yield* sys.sigprocmask(SIG_BLOCK, 0n),
              (yield* sys.sigaction(SIGUSR1)).disposition,
              typeof (yield* sys.sigaction(SIGUSR2)).disposition === "function",
              yield* errnoOf(sys.fstat(0)),
              yield* errnoOf(sys.fstat(1))
            ])
          })
        yield* install(machine, "next", program((sys) => Effect.as(look(sys), 5)))
        const process = machine.start(program((sys) =>
          Effect.gen(function*() {
            yield* sys.mkdir("/d")
            yield* sys.chdir("/d")
            yield* sys.open("/f", O_CREAT | O_RDONLY)
            yield* sys.open("/f", O_CREAT | O_RDONLY | O_CLOEXEC)
            yield* sys.sigaction(SIGUSR1, { disposition: "ignore" })
            yield* sys.sigaction(SIGUSR2, { disposition: () => Effect.void })
            yield* sys.sigprocmask(SIG_SETMASK, SignalSet.of(SIGHUP))
            yield* look(sys)
            return yield* sys.exec("/bin/next")
          })
        ))
        expect(yield* Machine.awaitEnd(process)).toEqual(exited(5))
        const mask = SignalSet.of(SIGHUP)
        expect(seen).toEqual([
          [process.pid, "/d", mask, "ignore", true, "success", "success"],
          [process.pid, "/d", mask, "ignore", false, "success", "EBADF"]
        ])
      }))))

  it.effect("the old image reaches nothing any more, its threads and finalizers included", () =>
    under(50, (machine) =>
      Effect.scoped(Effect.gen(function*() {
        const late: Array<unknown> = []
        yield* install(machine, "next", program((sys) => sys.nanosleep(50e6)))
        const process = machine.start(program((sys) =>
          Effect.gen(function*() {
            yield* Effect.forkDaemon(Effect.zipRight(Effect.sleep(10), Effect.exit(sys.mkdir("/thread"))))
            return yield* Effect.ensuring(
              sys.exec("/bin/next"),
              Effect.exit(sys.mkdir("/finalizer")).pipe(
                Effect.tap((exit) => Effect.sync(() => void late.push(exit._tag)))
              )
            )
          })
        ))
        expect(yield* Machine.awaitEnd(process)).toEqual(exited(0))
        const { init, rooms: { vfs } } = machine
        for (const path of ["/thread", "/finalizer"]) {
          expect(yield* errnoOf(vfs.stat(init, vfs.root, path, true))).toBe("ENOENT")
        }
        expect(late.includes("Success")).toBe(false)
      }))))

  it.effect("one that fails changes nothing", () =>
    under(10, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* sys.open("/f", O_CREAT | O_RDONLY | O_CLOEXEC)
          yield* sys.sigaction(SIGUSR1, { disposition: () => Effect.void })
          expect(yield* errnoOf(sys.exec("/none"))).toBe("ENOENT")
          expect(yield* errnoOf(sys.fstat(0))).toBe("success")
          expect(typeof (yield* sys.sigaction(SIGUSR1)).disposition).toBe("function")
        }))))

  it.effect("a signal that waited for its handler does now what it does by default", () =>
    under(50, (machine) =>
      Effect.scoped(Effect.gen(function*() {
        yield* install(machine, "next", sleeps)
        const process = machine.start(program((sys) =>
          Effect.gen(function*() {
            yield* sys.sigaction(SIGUSR2, { disposition: () => Effect.void })
            yield* sys.sigaction(SIGUSR1, {
              mask: SignalSet.of(SIGUSR2),
              disposition: () => Effect.orDie(Effect.zipRight(sys.kill(process.pid, SIGUSR2), sys.exec("/bin/next")))
            })
            yield* sys.kill(process.pid, SIGUSR1)
            return 0
          })
        ))
        yield* idle
        // It is blocked still, as the mask of the handler is the mask of the new image.
        expect([process.name, process.signals.blocked & SignalSet.of(SIGUSR2), process.state]).toEqual([
          "next",
          SignalSet.of(SIGUSR2),
          "running"
        ])
        machine.rooms.signals.setMask(process, 0n)
        expect(process.status).toEqual(killed(SIGUSR2))
        yield* idle
      }))))
})
