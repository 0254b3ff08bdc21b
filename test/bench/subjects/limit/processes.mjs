import { measure } from "../../Meter.mjs"
import * as Sizes from "../sizes.mjs"
import { Kernel } from "./kernel.mjs"

/** A record, a copy of the descriptors, and a promise of the end. */
class Process {
  children = new Set()
  status = undefined
  #ended
  ended = new Promise((resolve) => {
    this.#ended = resolve
  })

  constructor(table, pid, parent) {
    this.table = table
    this.pid = pid
    this.parent = parent
    this.descriptors = parent === undefined ? [] : parent.descriptors.slice()
    table.set(pid, this)
    parent?.children.add(this)
  }

  end(status) {
    this.status = status
    this.descriptors = undefined
    this.#ended()
  }

  async wait(child) {
    if (child.status === undefined) await child.ended
    this.children.delete(child)
    this.table.delete(child.pid)
    return child.status
  }
}

const spawnAndWait = () => {
  const table = new Map()
  const init = new Process(table, 1, undefined)
  let lastPid = 1
  const run = async (child, program) => {
    await undefined
    child.end(await program())
  }
  const program = async () => 0
  return measure(async (count) => {
    for (let i = 0; i < count; i++) {
      const child = new Process(table, ++lastPid, init)
      void run(child, program)
      await init.wait(child)
    }
  })
}

export const spawn = spawnAndWait

const many = (killed) => {
  const table = new Map()
  const init = new Process(table, 1, undefined)
  let lastPid = 1
  const children = []
  for (let i = 0; i < Sizes.processesKilled; i++) {
    const child = new Process(table, ++lastPid, init)
    child.asleep = new Promise((resolve) => {
      child.wake = resolve
    }).then(() => child.end(9))
    children.push(child)
    if (killed) child.wake()
  }
  return { init, children }
}

export const kill = () => {
  let children
  return measure(async (count) => {
    for (let i = 0; i < count; i++) children[i].wake()
    await children[count - 1].ended
  }, {
    count: Sizes.processesKilled,
    batches: Sizes.batchesKilled,
    prepare: () => void ({ children } = many(false))
  })
}

export const wait = () => {
  let init
  let children
  return measure(async (count) => {
    for (let i = 0; i < count; i++) await init.wait(children[i])
  }, {
    count: Sizes.processesKilled,
    batches: Sizes.batchesKilled,
    prepare: async () => {
      ;({ children, init } = many(true))
      await children.at(-1).ended
    }
  })
}

/** What a program without a kernel does: a timer of the host each time. */
export const timer = () => {
  const never = () => {}
  for (let i = 0; i < Sizes.timersAlive; i++) setTimeout(never, 1e6 + i).unref()
  return measure((count) => {
    for (let i = 0; i < count; i++) clearTimeout(setTimeout(never, 1e6 + i % 1000))
  })
}

export const bootOnce = () => {
  const kernel = new Kernel()
  const directories = [
    "bin",
    "dev",
    "etc",
    "home",
    "mnt",
    "opt",
    "proc",
    "root",
    "run",
    "sbin",
    "srv",
    "tmp",
    "usr",
    "var"
  ]
  for (const name of directories) kernel.mkdir(`/${name}`)
  for (const name of ["lib", "local", "local/bin", "share"]) kernel.mkdir(`/usr/${name}`)
  for (const name of ["log", "tmp"]) kernel.mkdir(`/var/${name}`)
  const text = new TextEncoder()
  for (const name of ["passwd", "group", "hostname", "hosts"]) {
    kernel.create(`/etc/${name}`).writeExact(text.encode("root:x:0:0:root:/root:/bin/sh\n"))
  }
  return { kernel, init: new Process(new Map(), 1, undefined) }
}

export const boot = () => {
  const last = []
  return measure((count) => {
    for (let i = 0; i < count; i++) last[i % 8] = bootOnce()
  })
}
