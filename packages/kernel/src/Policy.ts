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

/** `write` covers creating, removing and renaming in a directory. */
export type FileAccess = "read" | "write" | "execute"

export interface PolicyRules {
  /** Asked with the resolved file and its path (`undefined` when it has none any more). Answering refuses: EACCES. */
  readonly file?: (
    subject: Subject,
    access: FileAccess,
    path: string | undefined,
    file: Pick<Stat, "dev" | "ino" | "mode" | "uid" | "gid">
  ) => Refusal | undefined
  /** Asked before a program starts, with its resolved path. Answering refuses: EACCES. */
  readonly program?: (subject: Subject, path: string, argv: ReadonlyArray<string>) => Refusal | undefined
}

/**
 * The rules of a kernel; none by default.
 *
 * @category tags
 */
export class Policy extends Context.Reference<Policy>()("@effix/kernel/Policy", {
  defaultValue: (): PolicyRules | undefined => undefined
}) {}

/** @category layers */
export const layer = (rules: PolicyRules): Layer.Layer<never> => Layer.succeed(Policy, rules)
