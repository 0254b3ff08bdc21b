/**
 * Calls that lock and watch files, as `perform` has the others.
 */
import { Bytes, type Errno, Fcntl, type Sys } from "@effix/kernel"
import * as Effect from "effect/Effect"
import { held } from "./held.js"
import type { Answer } from "./perform.js"
import { escape, type Step } from "./program.js"
import type { Said } from "./said.js"

const done = <E extends Errno.Any>(call: Effect.Effect<unknown, E>): Answer => Effect.as(call, "0")

/** What was read from an inotify instance. */
const events = (said: Said, bytes: Uint8Array): string => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let text = `${bytes.length}`
  for (let at = 0; at < bytes.length;) {
    // Read from something else.
    if (at + 16 > bytes.length || at + 16 + view.getUint32(at + 12, true) > bytes.length) return `${text} no event`
    const length = view.getUint32(at + 12, true)
    const name = bytes.subarray(at + 16, at + 16 + length)
    const end = name.indexOf(0)
    const mask = view.getUint32(at + 4, true).toString(16)
    text += ` ${view.getInt32(at, true)}:${mask}:${said.cookie(view.getUint32(at + 8, true))}:${length}:`
    text += escape(Bytes.decode(end === -1 ? name : name.subarray(0, end)))
    at += 16 + length
  }
  return text
}

/** A process by what it is here: the caller itself, nobody, or an actor. */
const processOf = (sys: Sys.SystemCalls, said: Said, who: number): Effect.Effect<number> =>
  who < 0 ? sys.getpid() : Effect.succeed(said.pid(who))

const ownerOf = (sys: Sys.SystemCalls, said: Said, pid: number): Effect.Effect<string> =>
  Effect.map(sys.getpid(), (self) => ` ${pid === self ? "self" : said.process(pid)}`)

/** Every signal that waits. */
const signals = (sys: Sys.SystemCalls): Effect.Effect<string, Errno.Any> =>
  Effect.matchEffect(sys.sigtimedwait(held, 0), {
    onFailure: (error) => error._tag === "EAGAIN" ? Effect.succeed("") : Effect.fail(error),
    onSuccess: ({ code, io, signal }) => {
      const told = ` ${signal}:${code}${io === undefined ? "" : `:${io.fd}:${io.band.toString(16)}`}`
      return Effect.map(signals(sys), (more) => told + more)
    }
  })

/** `undefined` for any other call. */
export const performLock = (sys: Sys.SystemCalls, said: Said, [call, ...args]: Step): Answer | undefined => {
  const n = (i: number): number => args[i] as number
  switch (call) {
    case "flock":
      return done(sys.flock(n(0), n(1)))
    case "lock": {
      const lock = { type: n(2), whence: n(3), start: n(4), length: n(5), pid: n(6) }
      const asked = sys.fcntlLock(n(0), n(1), lock)
      return n(1) !== Fcntl.F_GETLK && n(1) !== Fcntl.F_OFD_GETLK ? done(asked) : Effect.map(
        asked,
        ({ length, pid = 0, start, type, whence }) => `${type} ${whence} ${start} ${length} ${said.process(pid)}`
      )
    }
    case "setown":
      return Effect.map(
        Effect.flatMap(processOf(sys, said, n(1)), (pid) => sys.fcntl(n(0), Fcntl.F_SETOWN, pid)),
        String
      )
    case "setown_ex":
      return done(
        Effect.flatMap(
          processOf(sys, said, n(2)),
          (pid) => sys.fcntlOwner(n(0), Fcntl.F_SETOWN_EX, { type: n(1), pid })
        )
      )
    case "getown":
      return Effect.flatMap(sys.fcntl(n(0), Fcntl.F_GETOWN), (pid) => ownerOf(sys, said, pid))
    case "getown_ex":
      return Effect.flatMap(
        sys.fcntlOwner(n(0), Fcntl.F_GETOWN_EX),
        ({ pid, type }) => Effect.map(ownerOf(sys, said, pid), (owner) => `${type}${owner}`)
      )
    case "owner_uids":
      return Effect.map(sys.fcntlOwnerUids(n(0)), (ids) => ids.join(" "))
    case "hint":
      return Effect.map(sys.fcntl(n(0), n(1), n(2)), String)
    case "signals":
      return signals(sys)
    case "lockf":
      return done(sys.lockf(n(0), n(1), n(2)))
    case "inotify_init":
      return Effect.map(sys.inotifyInit(n(0)), String)
    case "inotify_add":
      return Effect.map(sys.inotifyAddWatch(n(0), args[1] as string, n(2)), String)
    case "inotify_rm":
      return done(sys.inotifyRmWatch(n(0), n(1)))
    case "events": {
      const into = new Uint8Array(n(1))
      return Effect.map(sys.read(n(0), into), (count) => events(said, into.subarray(0, count)))
    }
    default:
      return undefined
  }
}
