/** The table names every call: one that is added stands among those that wait, or is shown never to. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { IN_CREATE } from "../../../src/abi/InotifyFlags.js"
import { O_CREAT, O_NOCTTY, O_RDWR } from "../../../src/abi/OpenFlags.js"
import { AF_UNIX, SOCK_STREAM } from "../../../src/abi/Socket.js"
import type { Description } from "../../../src/Description.js"
import { isReady } from "../../../src/internal/step.js"
import type { Process } from "../../../src/ProcessTable.js"
import { Sys, type SystemCalls } from "../../../src/Sys.js"
import { Call } from "../../../src/sys/Call.js"
import { ProcessSys } from "../../../src/sys/ProcessSys.js"
import * as Machine from "../machine.js"
import { slow } from "./files.js"
import { on, prompt } from "./prompt.js"
import { hold } from "./row.js"
import { rows } from "./rows.js"

/** How calls are entered, and what they have in common. */
const inner = ["constructor", "whole", "call", "callThenAttend", "action", "provided"]

const everyCall = (): ReadonlyArray<string> => {
  const names = new Set<string>()
  for (
    let each: object = ProcessSys.prototype;
    each !== Object.prototype;
    each = Object.getPrototypeOf(each) as object
  ) {
    for (const name of Object.getOwnPropertyNames(each)) if (!inner.includes(name)) names.add(name)
  }
  return Array.from(names).sort()
}

const waiting = new Set<string>(rows.flatMap(({ calls }) => calls))

/** One of everything that a descriptor can stand for, over something slow. */
const everything = (machine: Machine.Machine, owner: Process) =>
  Effect.gen(function*() {
    const { events, polls, sockets, vfs, watches } = machine.rooms
    const { init } = machine
    const { reader, writer } = machine.pipe()
    const { master, path } = Machine.ready(machine.ptys.open(0))
    const inode = Machine.ready(machine.ptys.files.lookup(machine.ptys.files.root, path.slice("/dev/pts/".length)))
    const instance = hold(Machine.ready(watches.create(0, 0)))
    Machine.ready(watches.add(instance, vfs.root.dentry.inode, vfs.root.mount, IN_CREATE))
    const made: Record<keyof typeof on, Description> = {
      reader,
      writer,
      socket: Machine.ready(sockets.pair(AF_UNIX, SOCK_STREAM, 0, 0, init))[0],
      slave: Machine.ready(machine.ptys.openSlave(inode, O_RDWR | O_NOCTTY, init)),
      master,
      epoll: polls.create(init),
      timer: events.timer("monotonic", 0),
      watches: instance,
      process: events.process(owner, 0),
      file: yield* vfs.open(init, vfs.root, "/file", O_RDWR | O_CREAT, 0o644)
    }
    return made
  })

const tagOf = (answer: Effect.Effect<unknown, unknown> | undefined): unknown =>
  answer !== undefined && isReady(answer) && answer._tag === "Failure" && answer.cause._tag === "Fail"
    ? (answer.cause.error as { readonly _tag: string })._tag
    : undefined

describe("the table of calls", () => {
  it("has every call among those that wait, or among those that never do, and none among both", () => {
    const never = Object.keys(prompt)
    assert.deepStrictEqual([...waiting, ...never].sort(), everyCall())
  })

  for (const [name, make] of Object.entries<(sys: SystemCalls) => Effect.Effect<unknown, unknown>>(prompt)) {
    it.effect(`${name} answers at once`, () =>
      Effect.gen(function*() {
        const machine = yield* Machine.make(slow())
        let answer: Effect.Effect<unknown, unknown> | undefined
        let given = false
        const process = machine.start(Effect.flatMap(Sys, (sys) =>
          Effect.gen(function*() {
            while (!given) yield* Effect.yieldNow()
            yield* Effect.ignore(sys.timerCreate("monotonic"))
            const call = make(sys)
            assert.instanceOf(call, Call)
            answer = (call as Call<unknown, unknown>).commit()
            return 0
          })))
        const fds = yield* everything(machine, process)
        for (const [what, fd] of Object.entries(on)) process.fds.place(fd, fds[what as keyof typeof on], false)
        given = true
        yield* Machine.awaitEnd(process)
        assert.isDefined(answer)
        assert.isTrue(isReady(answer!), "the answer is not there yet")
        assert.notStrictEqual(tagOf(answer), "EBADF", "it was made on nothing")
        machine.shutDown()
      }))
  }
})
