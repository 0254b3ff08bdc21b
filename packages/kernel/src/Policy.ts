/**
 * A second gate besides permissions: rules that an embedder sets over files and programs.
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

/** Both sets of rules: what either refuses is refused. */
export const narrow = (first: PolicyRules | undefined, second: PolicyRules): PolicyRules =>
  first === undefined ? second : {
    file: (...asked) => first.file?.(...asked) ?? second.file?.(...asked),
    program: (...asked) => first.program?.(...asked) ?? second.program?.(...asked),
    environment: (...asked) => first.environment?.(...asked) ?? second.environment?.(...asked)
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

/** @category layers */
export const layer = (rules: PolicyRules): Layer.Layer<never> => Layer.succeed(Policy, rules)
