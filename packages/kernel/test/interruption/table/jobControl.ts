/** A terminal that is its process's own: it hangs up, and is not to be used from the background. */
import * as Effect from "effect/Effect"
import { SIGCONT } from "../../../src/abi/Signals.js"
import * as T from "../../../src/abi/Termios.js"
import type { Description } from "../../../src/Description.js"
import type { Process } from "../../../src/ProcessTable.js"
import type { Pair } from "../../../src/pty/pair.js"
import * as Machine from "../machine.js"
import { bytes, type Call, does, FIRST, type Row } from "./row.js"
import { LINE, terminalOf } from "./terminals.js"

/** On the terminal of its session: it may hang up. */
const onOwn = (
  name: string,
  call: Call,
  prepare: (pair: Pair, slave: Description, init: Process) => void,
  grant: (master: Description, init: Process) => void
): Row => ({
  name,
  calls: ["read"],
  signals: "restarts",
  alone: true,
  onTerminal: true,
  errnos: ["EIO"],
  // Its leader is its parent.
  without: ["an orphan"],
  set: (world) => {
    const { init } = world
    const { end, master, pair, queues, slave } = terminalOf(world)
    prepare(pair, slave, init)
    return {
      fds: [slave],
      master,
      call,
      prepare: (victim, parent) => {
        pair.control(parent ?? victim)
        pair.foreground = victim.group
      },
      grant: does(() => {
        if (!pair.masterClosed) grant(master, init)
      }),
      queues,
      end
    }
  }
})

/** Stops, and starts again once it is in the foreground. */
const fromBackground = (
  name: string,
  calls: Row["calls"],
  call: Call,
  errnos: ReadonlyArray<string> = ["EIO"]
): Row => ({
  name: `${name} from the background`,
  calls,
  signals: "restarts",
  alone: true,
  repeats: true,
  onTerminal: true,
  stopsItself: true,
  errnos,
  // Orphans are not stopped, and neither is who leads the session.
  without: ["an orphan", "the end of the host's scope", "a hang-up", "the end of the session's leader"],
  set: (world) => {
    const { machine } = world
    const { end, master, pair, queues, slave } = terminalOf(world)
    let victim: Process | undefined
    const { termios } = pair.line.settings
    pair.configure({ ...termios, lflag: termios.lflag | T.TOSTOP }, true)
    Machine.ready(master.write(LINE, world.init))
    return {
      fds: [slave],
      call,
      prepare: (process, parent) => {
        victim = process
        if (parent !== undefined) pair.control(parent)
      },
      grant: does(() => {
        if (victim === undefined) return
        pair.foreground = victim.group
        machine.send(victim, SIGCONT)
      }),
      queues,
      end
    }
  }
})

export const jobControl: ReadonlyArray<Row> = [
  onOwn(
    "read of its own terminal",
    (sys) => sys.read(FIRST, bytes(9)),
    () => {},
    (master, init) => void Machine.ready(master.write(LINE, init))
  ),
  fromBackground("read", ["read"], (sys) => sys.read(FIRST, bytes(9))),
  fromBackground("write", ["write"], (sys) => sys.write(FIRST, bytes(9, 120))),
  fromBackground(
    "tcsetattr",
    ["tcsetattr"],
    (sys) => Effect.flatMap(sys.tcgetattr(FIRST), (termios) => sys.tcsetattr(FIRST, T.TCSADRAIN, termios))
  ),
  fromBackground("tcdrain", ["tcdrain"], (sys) => sys.tcdrain(FIRST)),
  fromBackground("tcflush", ["tcflush"], (sys) => sys.tcflush(FIRST, T.TCOFLUSH)),
  fromBackground("tcflow", ["tcflow"], (sys) => sys.tcflow(FIRST, T.TCOON)),
  fromBackground("tcsendbreak", ["tcsendbreak"], (sys) => sys.tcsendbreak(FIRST)),
  fromBackground(
    "tcsetpgrp",
    ["tcsetpgrp"],
    (sys) => Effect.flatMap(sys.getpgid(), (group) => sys.tcsetpgrp(FIRST, group)),
    [
      "EIO",
      "ENOTTY"
    ]
  )
]
