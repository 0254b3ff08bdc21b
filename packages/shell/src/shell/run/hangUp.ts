/**
 * What an interactive shell does when its terminal hangs up.
 *
 * @see bash(1) SIGNALS
 */
import { SIG_UNBLOCK } from "@effix/kernel/abi/SignalFlags"
import { SIGCONT, SIGHUP } from "@effix/kernel/abi/Signals"
import * as SignalSet from "@effix/kernel/SignalSet"
import * as Effect from "effect/Effect"
import { stateOf } from "../state/Jobs.js"
import { call, type Shell } from "../state/Shell.js"

/** Hands a hang-up on to all jobs, and dies of it. */
export const hangUp = (shell: Shell): Effect.Effect<void> =>
  Effect.ignore(Effect.gen(function*() {
    const { sys } = shell
    for (const job of shell.jobs.list) {
      if (job.disowned || job.group <= 0) continue
      yield* call(sys.kill(-job.group, SIGHUP))
      if (stateOf(job) === "stopped") yield* call(sys.kill(-job.group, SIGCONT))
    }
    yield* sys.sigaction(SIGHUP, { disposition: "default" })
    yield* sys.sigprocmask(SIG_UNBLOCK, SignalSet.of(SIGHUP))
    yield* sys.kill(shell.self, SIGHUP)
  }))
