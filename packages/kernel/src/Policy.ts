/**
 * A second gate besides permissions: rules that an embedder sets over files, programs and the network.
 *
 * Permissions ask who a process is; a policy asks what this kernel is for. Rules see files as *resolved* inodes, so
 * that no link leads around them, and a refusal says which rule refused and what would have been allowed. Without
 * a policy nothing is asked and nothing is paid.
 *
 * A policy and resource boundary for programs that reach the host only through system calls; not a boundary for
 * JavaScript in your own realm.
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import type { Credentials } from "./Credentials.js"
import type { Stat } from "./Inode.js"
import { Gate, type Rule } from "./policy/Gate.js"

export { Gate } from "./policy/Gate.js"
export type { Rule } from "./policy/Gate.js"

/** Who wants it. */
export interface Subject {
  readonly pid: number
  readonly credentials: Credentials
}

/** Why not, in words for whoever reads the errno. */
export interface Refusal {
  /** The id of the rule. */
  readonly rule: string
  /** What would have been allowed, as one clause. */
  readonly remedy?: string
}

/**
 * `write` covers content and attributes of a file, and creating and removing in a directory; `remove` is asked about what
 * loses its name there, or gets another. A second name for a file (link(2)) takes `read` and `write`.
 */
export type FileAccess = "read" | "write" | "remove"

/**
 * What a process is about to do on the network. Addresses are in their canonical form, so that one of IPv4 is never written as
 * IPv6, and one that means "this machine" is the loopback address that it leads to. Who sends over a connection, and who
 * receives, is not asked again.
 */
export type NetworkUse =
  | {
    /** `send` is a datagram with an address of its own. */
    readonly access: "connect" | "send"
    readonly protocol: "tcp" | "udp"
    /** The other side. */
    readonly address: string
    readonly port: number
  }
  | {
    readonly access: "bind" | "listen" | "accept"
    readonly protocol: "tcp" | "udp"
    /** The machine's own; `0.0.0.0` and `::` are all of them. */
    readonly address: string
    readonly port: number
    /** Whether the kernel chose the port. */
    readonly chosen: boolean
  }
  | {
    readonly access: "connect" | "send" | "bind" | "listen" | "accept"
    /** Abstract names only: a path is a file, and `file` is asked. */
    readonly protocol: "unix"
    readonly name: string
  }
  | {
    /** A name that `/etc/hosts` does not have is about to be looked up. */
    readonly access: "resolve"
    readonly name: string
  }
  | {
    /** It was looked up to that address. Answering leaves the address out. */
    readonly access: "resolved"
    readonly name: string
    readonly address: string
  }

export interface PolicyRules {
  /**
   * Asked with the resolved file and its path, whatever links, bind mounts or roots led there (`undefined` when it has
   * none any more). Answering refuses: EACCES.
   */
  readonly file?: (
    subject: Subject,
    access: FileAccess,
    path: string | undefined,
    file: Pick<Stat, "dev" | "ino" | "mode" | "uid" | "gid">
  ) => Refusal | undefined
  /** Asked before a program starts, with its resolved path. Answering refuses: EACCES. */
  readonly program?: (subject: Subject, path: string, argv: ReadonlyArray<string>) => Refusal | undefined
  /**
   * Asked before a socket connects, is bound, listens, accepts or sends to an address, and before a name is looked up.
   * Answering refuses: EACCES. A socket stays under the rules of the process that made it, whoever uses it.
   */
  readonly network?: (subject: Subject, use: NetworkUse) => Refusal | undefined
  /** Asked for each variable of a program that starts. Answering leaves it out of the environment. */
  readonly environment?: (subject: Subject, name: string, value: string) => Refusal | undefined
}

/**
 * The rules of a kernel; none by default.
 *
 * @category tags
 */
export class Policy extends Context.Reference<Policy>()("@effix/kernel/Policy", {
  defaultValue: (): PolicyRules | undefined => undefined
}) {}

/** What rules were made of by {@link narrow}. */
const parts = new WeakMap<PolicyRules, readonly [PolicyRules, PolicyRules]>()

/** Both sets of rules: what either refuses is refused. */
export const narrow = (first: PolicyRules | undefined, second: PolicyRules): PolicyRules => {
  if (first === undefined) return second
  const both: PolicyRules = {
    file: (...asked) => first.file?.(...asked) ?? second.file?.(...asked),
    program: (...asked) => first.program?.(...asked) ?? second.program?.(...asked),
    environment: (...asked) => first.environment?.(...asked) ?? second.environment?.(...asked),
    network: (...asked) => first.network?.(...asked) ?? second.network?.(...asked)
  }
  parts.set(both, [first, second])
  return both
}

/** Whether whoever is under `rules` is under those of `others` too. */
export const isUnder = (rules: PolicyRules | undefined, others: PolicyRules | undefined): boolean => {
  if (others === undefined || rules === others) return true
  if (rules === undefined) return false
  return parts.get(rules)?.some((part) => isUnder(part, others)) === true ||
    parts.get(others)?.every((part) => isUnder(rules, part)) === true
}

/** The variables that rules leave to a program. */
export const environment = (
  all: ReadonlyArray<PolicyRules | undefined>,
  subject: Subject,
  env: Readonly<Record<string, string>>
): Readonly<Record<string, string>> =>
  all.every((rules) => rules?.environment === undefined) ? env : Object.fromEntries(
    Object.entries(env).filter(([name, value]) =>
      all.every((rules) => rules?.environment?.(subject, name, value) === undefined)
    )
  )

/** Where one may do what, as paths. */
export interface FileRule {
  readonly id: string
  /** A file or directory, as an absolute path; what lies below it is meant too. */
  readonly path: string
  /** What is refused there. Default: everything. */
  readonly refuses?: ReadonlyArray<FileAccess>
  readonly remedy?: string
}

/** Rules that refuse what lies at or below paths. What lies above cannot be moved away either. */
export const files = (rules: ReadonlyArray<FileRule>): PolicyRules => ({
  file: (_subject, access, path) => {
    if (path === undefined) return undefined
    for (const { id, path: guarded, refuses, remedy } of rules) {
      const below = path === guarded || path.startsWith(guarded === "/" ? "/" : `${guarded}/`)
      const above = access === "remove" && guarded.startsWith(`${path}/`)
      if (above || (below && (refuses === undefined || refuses.includes(access)))) {
        return remedy === undefined ? { rule: id } : { rule: id, remedy }
      }
    }
    return undefined
  }
})

/** What may be done on a network. */
export type NetworkRule =
  | Rule & {
    /**
     * `out` is whom one may connect or send to; `in` is where one may be bound, listen and accept, and `host` is an address
     * of the machine, or `*` for all. Default: `out`.
     */
    readonly direction?: "in" | "out"
  }
  | {
    readonly protocol: "unix"
    readonly direction?: "in" | "out"
    /** An abstract name behind an `@`, or `*` for all. */
    readonly host: string
  }

export interface NetworkRules {
  /** The id of the rule that refuses what none of `allow` gives. Default: `network`. */
  readonly id?: string
  /** What is left. Default: nothing. */
  readonly allow?: ReadonlyArray<NetworkRule>
  readonly remedy?: string
}

const isUnix = (rule: NetworkRule): rule is Extract<NetworkRule, { readonly protocol: "unix" }> =>
  rule.protocol === "unix"
const directionOf = ({ direction = "out" }: NetworkRule): "in" | "out" => direction

/**
 * Rules that refuse all of the network but what `allow` gives, with the meaning of the rules of `NodeHostNetwork`: `*` and
 * names stand for public addresses alone, so the machine's own and its neighbours are given by address or not at all.
 */
export const network = ({ allow = [], id = "network", remedy }: NetworkRules = {}): PolicyRules => {
  const unix = allow.filter(isUnix)
  const inet = allow.filter((rule) => !isUnix(rule))
  const out = new Gate(inet.filter((rule) => directionOf(rule) === "out"))
  const own = inet.filter((rule) => directionOf(rule) === "in")
  const within = new Gate(own)
  const anywhere = new Gate(own.filter(({ host }) => host === "*").map((rule) => ({ ...rule, host: "0.0.0.0/0" })))

  const isAllowed = (use: NetworkUse): boolean => {
    switch (use.access) {
      case "resolve":
        return out.names(use.name)
      case "resolved":
        return out.learn(use.name, [use.address]).length > 0
    }
    const { access, protocol } = use
    const direction = access === "connect" || access === "send" ? "out" : "in"
    if (protocol === "unix") {
      return unix.some((rule) => directionOf(rule) === direction && (rule.host === "*" || rule.host === `@${use.name}`))
    }
    if (direction === "out") return out.allows(protocol, use.address, use.port)
    const ports = "chosen" in use && use.chosen ? [use.port, 0] : [use.port]
    return ports.some((port) =>
      within.allows(protocol, use.address, port) || anywhere.allows(protocol, "0.0.0.0", port)
    )
  }

  return {
    network: (_subject, use) => isAllowed(use) ? undefined : remedy === undefined ? { rule: id } : { rule: id, remedy }
  }
}

/** @category layers */
export const layer = (rules: PolicyRules): Layer.Layer<never> => Layer.succeed(Policy, rules)
