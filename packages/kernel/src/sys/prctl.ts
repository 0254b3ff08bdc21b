/**
 * What a process says about itself.
 *
 * @see prctl(2)
 */
import * as Exit from "effect/Exit"
import * as Prctl from "../abi/Prctl.js"
import { SIGRTMAX } from "../abi/Signals.js"
import * as Bytes from "../Bytes.js"
import * as Errno from "../Errno.js"
import { type Process, uncommonOf } from "../ProcessTable.js"
import * as Capabilities from "./capabilities.js"

const NAME_BYTES = 15

/** As many whole bytes of a name as /proc shows. */
const shortened = (name: string): string => Bytes.decode(Bytes.encode(name.split("\0", 1)[0]!).subarray(0, NAME_BYTES))

export const prctl = (
  self: Process,
  option: number,
  argument: number | string,
  capability: number
): Exit.Exit<number | string, Errno.Errno<"EINVAL" | "EPERM">> => {
  switch (option) {
    case Prctl.PR_SET_NAME:
      self.name = shortened(`${argument}`)
      return Exit.succeed(0)
    case Prctl.PR_GET_NAME:
      return Exit.succeed(self.name)
  }
  if (typeof argument !== "number") return Errno.fail("EINVAL", { syscall: "prctl" })
  switch (option) {
    case Prctl.PR_GET_PDEATHSIG:
      return Exit.succeed(self.uncommon?.parentDeathSignal ?? 0)
    case Prctl.PR_GET_CHILD_SUBREAPER:
      return Exit.succeed(Number(self.uncommon?.isSubreaper ?? false))
    case Prctl.PR_SET_PDEATHSIG:
      if (!Number.isInteger(argument) || argument < 0 || argument > SIGRTMAX) {
        return Errno.fail("EINVAL", { syscall: "prctl" })
      }
      uncommonOf(self).parentDeathSignal = argument
      return Exit.succeed(0)
    case Prctl.PR_SET_CHILD_SUBREAPER:
      uncommonOf(self).isSubreaper = argument !== 0
      return Exit.succeed(0)
    case Prctl.PR_GET_DUMPABLE:
      return Exit.succeed(self.uncommon?.dumpable ?? 1)
    case Prctl.PR_SET_DUMPABLE:
      if (argument !== 0 && argument !== 1) return Errno.fail("EINVAL", { syscall: "prctl" })
      uncommonOf(self).dumpable = argument
      return Exit.succeed(0)
    case Prctl.PR_GET_TIMERSLACK:
      return Exit.succeed(uncommonOf(self).timerSlack)
    case Prctl.PR_SET_TIMERSLACK: {
      const uncommon = uncommonOf(self)
      uncommon.timerSlack = argument > 0 ? argument : uncommon.timerSlackDefault
      return Exit.succeed(0)
    }
    case Prctl.PR_GET_THP_DISABLE:
      if (argument !== 0) return Errno.fail("EINVAL", { syscall: "prctl" })
      return Exit.succeed(Number(self.uncommon?.hugePagesDisabled ?? false))
    case Prctl.PR_SET_THP_DISABLE:
      uncommonOf(self).hugePagesDisabled = argument !== 0
      return Exit.succeed(0)
    default:
      return Capabilities.prctl(self, option, argument, capability)
  }
}
