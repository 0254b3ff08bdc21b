/** Counters, timers and watches that are read. */
import * as Effect from "effect/Effect"
import { EFD_SEMAPHORE } from "../../../src/abi/EventFlags.js"
import { IN_CREATE } from "../../../src/abi/InotifyFlags.js"
import { POLLIN } from "../../../src/abi/PollEvents.js"
import * as Machine from "../machine.js"
import { bytes, does, FIRST, hold, isReadable, isWritable, letGo, type Row } from "./row.js"

const number = (value: bigint): Uint8Array => {
  const eight = new Uint8Array(8)
  new DataView(eight.buffer).setBigUint64(0, value, true)
  return eight
}

const LAST = 2n ** 64n - 2n

const semaphore: Row = {
  name: "read of a counter",
  calls: ["read"],
  signals: "restarts",
  set: ({ init, machine }) => {
    const counter = hold(machine.rooms.events.counter(0, EFD_SEMAPHORE))
    return {
      fds: [counter],
      call: (sys) => sys.read(FIRST, bytes(8)),
      grant: does(() => Machine.ready(counter.write(number(1n), init))),
      there: () => isReadable(counter),
      left: () => {
        let count = 0
        for (; (counter.poll() & POLLIN) !== 0; count++) Machine.ready(counter.read(bytes(8), init))
        return count
      },
      queues: () => counter.pollQueues,
      end: letGo(counter)
    }
  }
}

const fullCounter: Row = {
  name: "write to a full counter",
  calls: ["write"],
  signals: "restarts",
  set: ({ init, machine }) => {
    const counter = hold(machine.rooms.events.counter(0, 0))
    Machine.ready(counter.write(number(LAST), init))
    return {
      fds: [counter],
      call: (sys) => sys.write(FIRST, number(LAST)),
      grant: does(() => Machine.ready(counter.read(bytes(8), init))),
      there: () => isWritable(counter),
      queues: () => counter.pollQueues,
      end: letGo(counter)
    }
  }
}

const timer: Row = {
  name: "read of a timer",
  calls: ["read"],
  signals: "restarts",
  repeats: true,
  set: ({ machine }) => {
    const timer = hold(machine.rooms.events.timer("monotonic", 0))
    return {
      fds: [timer],
      call: (sys) => sys.read(FIRST, bytes(8)),
      grant: does(() => timer.set({ value: 1_000n, interval: 0n }, 0)),
      queues: () => timer.pollQueues,
      end: letGo(timer)
    }
  }
}

const inotify: Row = {
  name: "read of watches",
  calls: ["read"],
  signals: "restarts",
  set: ({ init, machine }) => {
    const { vfs, watches } = machine.rooms
    const instance = hold(Machine.ready(watches.create(0, 0)))
    Machine.ready(watches.add(instance, vfs.root.dentry.inode, vfs.root.mount, IN_CREATE))
    let made = 0
    return {
      fds: [instance],
      // Room for one event alone.
      call: (sys) => sys.read(FIRST, bytes(40)),
      grant: Effect.suspend(() => Effect.orDie(vfs.mkdir(init, vfs.root, `/made-${made++}`, 0o755))),
      there: () => isReadable(instance),
      left: () => {
        let count = 0
        for (; (instance.poll() & POLLIN) !== 0; count++) Machine.ready(instance.read(bytes(40), init))
        return count
      },
      queues: () => instance.pollQueues,
      end: letGo(instance)
    }
  },
  // The programs that it makes are watched as well.
  without: ["after exec", "exec in another thread"]
}

export const events: ReadonlyArray<Row> = [semaphore, fullCounter, timer, inotify]
