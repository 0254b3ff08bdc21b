/** The room: nodes, numbers, limits and devices. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { makedev, S_IFCHR } from "../src/abi/FileMode.js"
import { O_NONBLOCK, O_RDWR } from "../src/abi/OpenFlags.js"
import { SIGCONT, SIGHUP } from "../src/abi/Signals.js"
import * as Credentials from "../src/Credentials.js"
import * as Devices from "../src/Devices.js"
import * as Host from "../src/Host.js"
import { Inode } from "../src/Inode.js"
import * as KernelConfig from "../src/KernelConfig.js"
import * as Ptys from "../src/Ptys.js"
import * as Signals from "../src/Signals.js"
import * as Terminal from "../src/sys/terminal.js"
import * as Timers from "../src/Timers.js"
import { answerOf, bytes, Machine, text, valueOf } from "./pty/machine.js"

class Node extends Inode {
  constructor(private readonly device: number) {
    super(9, { mode: S_IFCHR | 0o666, uid: 0, gid: 0, rdev: device, now: 0n })
  }

  override get rdev(): number {
    return this.device
  }
}

const tty = new Node(makedev(5, 0))
const ptmx = new Node(makedev(5, 2))

describe("Ptys", () => {
  it("opening ptmx makes a pair, whose slave belongs to the opener", () => {
    const machine = new Machine()
    const process = machine.process()
    const master = valueOf(machine.devices.open(ptmx, O_RDWR, process))
    const { files } = machine.ptys
    const node = valueOf(files.lookup(files.root, "0"))
    expect([node.mode, node.uid, node.gid, node.rdev]).toEqual([S_IFCHR | 0o620, 1000, 5, makedev(136, 0)])
    const slave = valueOf(machine.devices.open(node, O_RDWR, process))
    expect([master.label, slave.label]).toEqual(["/dev/ptmx", "/dev/pts/0"])
    expect([master.inode.rdev, slave.inode.rdev]).toEqual([makedev(5, 2), makedev(136, 0)])
    expect(master.terminal).toBe(slave.terminal)
    valueOf(slave.write(bytes("hi"), process))
    const into = new Uint8Array(9)
    expect(text(into, valueOf(master.read(into, process)))).toBe("hi")
  })

  it("a locked slave cannot be opened, and one that is exclusive only by CAP_SYS_ADMIN", () => {
    const machine = new Machine()
    const process = machine.process()
    const master = valueOf(machine.devices.open(ptmx, O_RDWR, process))
    process.fds.place(3, master, false)
    const { files } = machine.ptys
    const node = valueOf(files.lookup(files.root, "0"))
    const open = () => answerOf(machine.devices.open(node, O_RDWR, process))
    expect(valueOf(Terminal.getTerminalNumber(process, 3))).toBe(0)
    valueOf(Terminal.setTerminalLock(process, 3, true))
    expect([valueOf(Terminal.getTerminalLock(process, 3)), open()]).toEqual([true, "EIO"])
    valueOf(Terminal.setTerminalLock(process, 3, false))
    process.fds.place(4, valueOf(machine.devices.open(node, O_RDWR, process)), false)
    expect(answerOf(Terminal.setTerminalLock(process, 4, true))).toBe("ENOTTY")
    valueOf(Terminal.setExclusive(process, 4, true))
    expect([valueOf(Terminal.getExclusive(process, 4)), open()]).toEqual([true, "EBUSY"])
    process.credentials = Credentials.root
    expect(typeof open()).toBe("object")
  })

  it("a leader gives its terminal up; others cannot, as the terminal is the session's", () => {
    const machine = new Machine()
    const leader = machine.process()
    const member = machine.process(leader)
    const { slave } = machine.terminal(leader)
    const got = machine.catching(leader, [SIGHUP, SIGCONT])
    leader.fds.place(3, slave, false)
    member.fds.place(3, slave, false)
    expect(answerOf(Terminal.giveUpControllingTerminal(member, 3))).toBe("EPERM")
    valueOf(Terminal.giveUpControllingTerminal(leader, 3))
    expect(leader.session.terminal).toBe(undefined)
    expect(answerOf(Terminal.giveUpControllingTerminal(leader, 3))).toBe("ENOTTY")
    Effect.runSync(machine.signals.attend(leader, true))
    expect([...got].sort((a, b) => a - b)).toEqual([SIGHUP, SIGCONT])
  })

  it("opens for the host, and takes O_NONBLOCK", () => {
    const machine = new Machine()
    const { master, path } = valueOf(machine.ptys.open(7, O_NONBLOCK))
    expect([path, master.nonBlocking, master.readable, master.writable]).toEqual(["/dev/pts/0", true, true, true])
  })

  it("a full table answers ENOSPC; numbers are used again, the lowest first", () => {
    const machine = new Machine({ terminalsMax: 2 })
    const process = machine.process()
    const first = valueOf(machine.ptys.open(0))
    valueOf(machine.ptys.open(0))
    expect(answerOf(machine.ptys.open(0))).toBe("ENOSPC")
    expect(answerOf(machine.devices.open(ptmx, O_RDWR, process))).toBe("ENOSPC")
    Effect.runSync(first.master.release())
    expect(valueOf(machine.ptys.open(0)).path).toBe("/dev/pts/0")
  })

  it("/dev/tty is the controlling terminal, or ENXIO", () => {
    const machine = new Machine()
    const process = machine.process()
    expect(answerOf(machine.devices.open(tty, O_RDWR, process))).toBe("ENXIO")
    const { master } = machine.terminal(process)
    const controlling = valueOf(machine.devices.open(tty, O_RDWR, process))
    process.fds.insert(controlling, false)
    expect(controlling.label).toBe("/dev/tty")
    expect(controlling.inode.rdev).toBe(makedev(5, 0))
    expect(valueOf(Terminal.ttyname(process, 0))).toBe("/dev/tty")
    expect(valueOf(Terminal.isatty(process, 0))).toBe(true)
    valueOf(controlling.write(bytes("x"), process))
    expect(valueOf(master.available())).toBe(1)
    Effect.runSync(master.release())
    expect(answerOf(machine.devices.open(tty, O_RDWR, process))).toBe("ENXIO")
  })

  it("a node with a terminal's number outside of devpts opens nothing", () => {
    const machine = new Machine()
    const process = machine.process()
    machine.terminal(process)
    expect(answerOf(machine.devices.open(new Node(makedev(136, 0)), O_RDWR, process))).toBe("EIO")
  })

  it("the calls tell what is no terminal from what is no descriptor", () => {
    const machine = new Machine()
    const process = machine.process()
    expect(answerOf(Terminal.tcgetattr(process, 0))).toBe("EBADF")
    expect(answerOf(Terminal.isatty(process, 0))).toBe("EBADF")
    expect(answerOf(Terminal.ttyname(process, 0))).toBe("EBADF")
  })

  it.effect("the layer registers its drivers", () =>
    Effect.gen(function*() {
      const { master } = yield* (yield* Ptys.Ptys).open(0)
      expect(master.terminal?.path).toBe("/dev/pts/0")
      const machine = new Machine()
      const process = machine.process()
      expect((yield* (yield* Devices.Devices).open(ptmx, O_RDWR, process)).terminal?.path).toBe("/dev/pts/1")
    }).pipe(Effect.provide(layers)))
})

const rooms = Layer.mergeAll(Devices.layer, Signals.layer, Timers.layer)
const layers = Ptys.layer.pipe(
  Layer.provideMerge(rooms),
  Layer.provide(KernelConfig.layer()),
  Layer.provide(Host.layer)
)

describe("devpts", () => {
  it("lists ptmx and the terminals, from any cursor on", () => {
    const { ptys } = new Machine()
    for (let n = 0; n < 3; n++) valueOf(ptys.open(0))
    const { files } = ptys
    const all = valueOf(files.list(files.root, 0, 10))
    expect(all.map(({ name }) => name)).toEqual(["ptmx", "0", "1", "2"])
    expect(valueOf(files.list(files.root, all[1]!.cursor, 1)).map(({ name }) => name)).toEqual(["1"])
    expect(valueOf(files.list(files.root, all[3]!.cursor, 10))).toEqual([])
  })

  it("refuses to be changed by hand, but for owner and mode", () => {
    const { ptys } = new Machine()
    valueOf(ptys.open(1))
    const { files } = ptys
    const node = valueOf(files.lookup(files.root, "0"))
    const made = { uid: 0, gid: 0, rdev: 0, now: 1n }
    expect(answerOf(files.create(files.root, "x", { ...made, mode: 0o100644 }))).toBe("EACCES")
    expect(answerOf(files.create(files.root, "x", { ...made, mode: 0o040755 }))).toBe("EPERM")
    expect(answerOf(files.unlink(files.root, "0", node, 1n))).toBe("EPERM")
    expect(answerOf(files.rename(files.root, "0", node, files.root, "9", undefined, false, 1n))).toBe("EPERM")
    valueOf(files.change(node, { mode: 0o600, uid: 2, gid: 3 }))
    expect([node.mode & 0o7777, node.uid, node.gid]).toEqual([0o600, 2, 3])
    expect(valueOf(files.statfs()).type).toBe(0x1cd1)
  })
})
