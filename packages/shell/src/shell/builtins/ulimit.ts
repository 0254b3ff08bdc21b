/**
 * `ulimit`.
 *
 * @see ulimit(1p)
 */
import * as Resources from "@effix/kernel/abi/Resources"
import * as Errno from "@effix/kernel/Errno"
import { print } from "../run/report.js"
import { call } from "../state/Shell.js"
import { type Builtin, complain, flags, misuse } from "./Builtin.js"

interface Resource {
  readonly number: number
  readonly unit: number
  readonly name: string
  /** The unit and the option, as they stand in the list. */
  readonly hint: string
}

const resource = (number: number, unit: number, name: string, hint: string): Resource => ({ number, unit, name, hint })

const resources: Readonly<Record<string, Resource>> = {
  R: resource(Resources.RLIMIT_RTTIME, 1, "real-time non-blocking time", "(microseconds, -R)"),
  c: resource(Resources.RLIMIT_CORE, 1024, "core file size", "(blocks, -c)"),
  d: resource(Resources.RLIMIT_DATA, 1024, "data seg size", "(kbytes, -d)"),
  e: resource(Resources.RLIMIT_NICE, 1, "scheduling priority", "(-e)"),
  f: resource(Resources.RLIMIT_FSIZE, 1024, "file size", "(blocks, -f)"),
  i: resource(Resources.RLIMIT_SIGPENDING, 1, "pending signals", "(-i)"),
  l: resource(Resources.RLIMIT_MEMLOCK, 1024, "max locked memory", "(kbytes, -l)"),
  m: resource(Resources.RLIMIT_RSS, 1024, "max memory size", "(kbytes, -m)"),
  n: resource(Resources.RLIMIT_NOFILE, 1, "open files", "(-n)"),
  q: resource(Resources.RLIMIT_MSGQUEUE, 1, "POSIX message queues", "(bytes, -q)"),
  r: resource(Resources.RLIMIT_RTPRIO, 1, "real-time priority", "(-r)"),
  s: resource(Resources.RLIMIT_STACK, 1024, "stack size", "(kbytes, -s)"),
  t: resource(Resources.RLIMIT_CPU, 1, "cpu time", "(seconds, -t)"),
  u: resource(Resources.RLIMIT_NPROC, 1, "max user processes", "(-u)"),
  v: resource(Resources.RLIMIT_AS, 1024, "virtual memory", "(kbytes, -v)"),
  x: resource(Resources.RLIMIT_LOCKS, 1, "file locks", "(-x)")
}

export const ulimit: Builtin = function*(shell, argv) {
  const given = flags(argv, "SHaRcdefilmnpqrstuvx")
  if (typeof given === "string") return yield* misuse(shell, "ulimit", given)
  const { letters, rest: [text] } = given
  const hard = letters.includes("H")
  const soft = letters.includes("S")
  const unitOf = ({ number, unit }: Resource): number =>
    shell.options.posix && (number === Resources.RLIMIT_CORE || number === Resources.RLIMIT_FSIZE) ? 512 : unit
  const show = (value: number, resource: Resource): string =>
    Number.isFinite(value) ? String(Math.floor(value / unitOf(resource))) : "unlimited"
  const chosen = letters.includes("a")
    ? Object.keys(resources)
    : letters.filter((letter) => letter !== "S" && letter !== "H")
  if (chosen.length === 0) chosen.push("f")
  if (text === undefined || letters.includes("a")) {
    let shown = ""
    for (const letter of chosen) {
      const resource = resources[letter]
      if (resource === undefined) return yield* complain(shell, "ulimit", `-${letter}: this kernel has no such limit`)
      const limit = yield* call(shell.sys.getrlimit(resource.number))
      if (Errno.isErrno(limit)) continue
      const value = show(hard && !soft ? limit.hard : limit.soft, resource)
      shown += chosen.length > 1 ? `${resource.name.padEnd(27)}${resource.hint.padStart(20)} ${value}\n` : `${value}\n`
    }
    return yield* print(shell, "ulimit", shown)
  }
  const resource = resources[chosen[chosen.length - 1]!]
  if (resource === undefined) return yield* complain(shell, "ulimit", `-${chosen[0]!}: this kernel has no such limit`)
  const before = yield* call(shell.sys.getrlimit(resource.number))
  if (Errno.isErrno(before)) return 1
  const value = text === "unlimited"
    ? Number.POSITIVE_INFINITY
    : text === "hard"
    ? before.hard
    : text === "soft"
    ? before.soft
    : /^[0-9]+$/.test(text)
    ? Number(text) * unitOf(resource)
    : undefined
  if (value === undefined) return yield* complain(shell, "ulimit", `${text}: invalid number`)
  // Without a letter that says which, both are set.
  const both = hard === soft
  const failed = yield* call(shell.sys.setrlimit(resource.number, {
    soft: both || soft ? value : before.soft,
    hard: both || hard ? value : before.hard
  }))
  if (!Errno.isErrno(failed)) return 0
  return yield* complain(shell, "ulimit", `${resource.name}: cannot modify limit: ${Errno.text(failed._tag)}`)
}
