/**
 * Starting other programs: the search along PATH, and the statuses that utilities answer for what they started.
 *
 * @see execvp(3)
 */
import { F_OK, S_IFDIR, S_IFMT, X_OK } from "@effix/kernel/abi/FileMode"
import { SIGKILL } from "@effix/kernel/abi/Signals"
import type { WaitStatus } from "@effix/kernel/abi/WaitStatus"
import * as Errno from "@effix/kernel/Errno"
import type { SpawnOptions, SystemCalls } from "@effix/kernel/Sys"
import { attempt, type Steps } from "./Steps.js"

/** Where a shell looks when nobody told it. */
export const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/** All paths that `command` may mean. */
export const candidates = (command: string, path: string | undefined): ReadonlyArray<string> =>
  command.includes("/")
    ? [command]
    : (path ?? defaultPath).split(":").map((directory) => `${directory === "" ? "." : directory}/${command}`)

/** Whether `path` is a file that the caller may execute. */
export function* isExecutable(sys: SystemCalls, path: string): Steps<boolean> {
  const stat = yield* attempt(sys.stat(path))
  if (Errno.isErrno(stat) || (stat.mode & S_IFMT) === S_IFDIR) return false
  return (yield* attempt(sys.access(path, X_OK | F_OK))) === undefined
}

/** What execvp does: tries one path after the other; the answer is what went wrong. */
function* alongPath<A>(
  command: string,
  path: string | undefined,
  start: (path: string) => Steps<A | Errno.Any>
): Steps<A | Errno.Any> {
  let worst: Errno.Any = Errno.make("ENOENT")
  if (command === "") return worst
  for (const candidate of candidates(command, path)) {
    const answer = yield* start(candidate)
    if (!Errno.isErrno(answer)) return answer
    if (answer._tag === "EACCES") worst = answer
    else if (answer._tag !== "ENOENT" && answer._tag !== "ENOTDIR") return answer
  }
  return worst
}

export interface Command {
  readonly argv: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
}

/** Replaces the running program; comes back only with what went wrong. */
export const exec = (sys: SystemCalls, { argv, env }: Command): Steps<Errno.Any> =>
  alongPath(argv[0]!, env["PATH"], function*(path): Steps<Errno.Any> {
    return yield* attempt(sys.exec(path, argv, env))
  })

/** Starts a child; answers its pid, or what went wrong. */
export const spawn = (
  sys: SystemCalls,
  { argv, env }: Command,
  options: SpawnOptions = {}
): Steps<number | Errno.Any> =>
  alongPath<number>(argv[0]!, env["PATH"], function*(path): Steps<number | Errno.Any> {
    return yield* attempt(sys.spawn(path, { ...options, argv, env }))
  })

/** The status for a program that could not be started. */
export const notStarted = (errno: Errno.Any): number => errno._tag === "ENOENT" ? 127 : 126

/** Waits for one child, whatever else happens meanwhile. */
export function* waitFor(sys: SystemCalls, pid: number): Steps<WaitStatus> {
  while (true) {
    const waited = yield* attempt(sys.wait(pid))
    if (Errno.isErrno(waited)) {
      if (waited._tag !== "EINTR") return { _tag: "Signaled", signal: SIGKILL, coreDumped: false }
    } else if (waited !== undefined) return waited.status
  }
}
