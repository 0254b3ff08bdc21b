/**
 * From an executable file to the program that runs it: stubs of registered programs, and `#!`.
 *
 * @see execve(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileMode from "../abi/FileMode.js"
import { MS_NOEXEC, MS_NOSUID } from "../abi/MountFlags.js"
import { O_RDONLY } from "../abi/OpenFlags.js"
import * as Bytes from "../Bytes.js"
import { afterExec, type Credentials, type FileCapabilities, permits } from "../Credentials.js"
import type { Location } from "../Dentry.js"
import * as Errno from "../Errno.js"
import type { Inode } from "../Inode.js"
import * as Step from "../internal/step.js"
import type { PolicyRules } from "../Policy.js"
import type { Process } from "../ProcessTable.js"
import * as Programs from "../Programs.js"
import type { ExecError } from "../Sys.js"
import type { Vfs } from "../Vfs.js"
import { lentBy } from "../vfs/fileCapabilities.js"
import { pathFor } from "../vfs/permission.js"

/** Bytes that are looked at to tell what a file is; Linux reads as many. */
const HEAD = 256
/** How often one interpreter may name another. */
const INTERPRETERS_MAX = 4

interface Loaded {
  readonly main: Programs.Main
  readonly argv: ReadonlyArray<string>
  /** The file that runs, for a script that of its interpreter: held until `endText`. */
  readonly text: Location
  readonly name: string
  /** Who it runs as. */
  readonly credentials: Credentials
}

type Kind =
  | { readonly _tag: "Program"; readonly name: string }
  | { readonly _tag: "Script"; readonly interpreter: string; readonly argument: string | undefined }
  | { readonly _tag: "Unknown" }

const unknown: Kind = { _tag: "Unknown" }

/** What the first bytes of a file say. */
const kindOfHead = (head: string): Kind => {
  const name = Programs.fromStub(head)
  if (name !== undefined) return { _tag: "Program", name }
  if (!head.startsWith("#!")) return unknown
  const line = head.slice(2).split("\n", 1)[0]!.replace(/^[ \t]+|[ \t]+$/g, "")
  const gap = line.search(/[ \t]/)
  const interpreter = gap === -1 ? line : line.slice(0, gap)
  if (interpreter === "") return unknown
  return {
    _tag: "Script",
    interpreter,
    argument: gap === -1 ? undefined : line.slice(gap).replace(/^[ \t]+/, "")
  }
}

export interface Loader {
  readonly load: (
    caller: Process,
    path: string,
    argv: ReadonlyArray<string>,
    env: Readonly<Record<string, string>>
  ) => Effect.Effect<Loaded, ExecError>
}

export const make = (parts: {
  readonly vfs: Vfs["Type"]
  readonly programs: Programs.Programs["Type"]
  readonly policy: PolicyRules | undefined
  readonly argumentsMax: number
}): Loader => {
  const { policy, programs, vfs } = parts
  /** What was found in a file, for as long as it is not written to. */
  const known = new WeakMap<Inode, { readonly kind: Kind; readonly mtime: bigint; readonly size: number }>()

  /** What a file is; it is held from here on. */
  function* kindOf(caller: Process, path: string, held: Array<Location>) {
    const target = yield* vfs.find(caller, caller.cwd, path, true, true)
    const { inode, mount } = target
    if (!FileMode.isRegular(inode.mode) || mount === undefined) return yield* Errno.fail("EACCES")
    if ((mount.flags & MS_NOEXEC) !== 0) return yield* Errno.fail("EACCES")
    if (!permits(caller.credentials, inode, FileMode.X_OK)) return yield* Errno.fail("EACCES")
    const later = vfs.leases.active === 0 ? undefined : vfs.leases.broken(caller, target, O_RDONLY, () => Exit.void)
    if (later !== undefined) yield* later
    held.push(yield* vfs.startText(target))
    const before = known.get(inode)
    if (before !== undefined && before.mtime === inode.mtime && before.size === inode.size) return before.kind
    const head = new Uint8Array(HEAD)
    const count = yield* mount.superblock.backend.read(inode, 0, head)
    const kind = kindOfHead(Bytes.decode(head.subarray(0, count)))
    known.set(inode, { kind, mtime: inode.mtime, size: inode.size })
    return kind
  }

  function* loadSteps(
    caller: Process,
    path: string,
    argv: ReadonlyArray<string>,
    env: Readonly<Record<string, string>>,
    held: Array<Location>
  ) {
    if (size(argv, env) > parts.argumentsMax) return yield* Errno.fail("E2BIG", { remedy: "raise argumentsMax" })
    let file = path
    let args = argv
    for (let depth = 0; depth <= INTERPRETERS_MAX; depth++) {
      const kind: Kind = yield* kindOf(caller, file, held)
      const text = held[depth]!
      const refused = (rules: PolicyRules | undefined) =>
        rules?.program?.(caller, pathFor(text, undefined) ?? file, args)
      const refusal = refused(policy) ?? refused(caller.policy)
      if (refusal !== undefined) return yield* Errno.fail("EACCES", { path: file, ...refusal })
      if (kind._tag === "Unknown") return yield* Errno.fail("ENOEXEC")
      if (kind._tag === "Program") {
        const main = yield* programs.find(kind.name)
        // A script is known by its own name, not by that of its interpreter.
        const { dentry: { inode }, mount } = text
        // Nothing is lent on a mount with MS_NOSUID.
        const lends = (mount.flags & MS_NOSUID) === 0
        const lent: FileCapabilities | undefined = lends && inode.hasAttributes
          ? yield* lentBy(mount.superblock.backend, inode)
          : undefined
        const credentials = afterExec(caller.credentials, lends ? inode : undefined, lent)
        if (credentials === undefined) return yield* Errno.fail("EPERM")
        return { main, argv: args, text, name: baseName(path), credentials }
      }
      args = [kind.interpreter, ...(kind.argument === undefined ? [] : [kind.argument]), file, ...args.slice(1)]
      file = kind.interpreter
    }
    return yield* Errno.fail("ELOOP")
  }

  /** Only what runs in the end stays held. */
  function* settle(loading: Effect.Effect<Loaded, ExecError>, held: Array<Location>) {
    const loaded: Exit.Exit<Loaded, ExecError> = yield* Step.exit(loading)
    if (loaded._tag === "Success") held.pop()
    for (const each of held) yield* vfs.endText(each)
    return yield* loaded
  }

  return {
    load: (caller, path, argv, env) => {
      const held: Array<Location> = []
      const loading = Step.run(loadSteps(caller, path, argv, env, held))
      // As nearly always: a program that is no script, and nothing to let go of.
      if (held.length === 1 && Step.isReady(loading) && loading._tag === "Success") return loading
      return Step.run(settle(loading, held))
    }
  }
}

const size = (argv: ReadonlyArray<string>, env: Readonly<Record<string, string>>): number => {
  let bytes = 0
  for (const argument of argv) bytes += argument.length + 1
  for (const name in env) bytes += name.length + env[name]!.length + 2
  return bytes
}

/** What ps shows: the last name of the path, at most 15 characters of it. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1).slice(0, 15)
