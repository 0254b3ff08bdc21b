/**
 * The programs that can be started: what drivers add to a kernel.
 *
 * A program is found the way Unix finds it: an executable file whose content says what runs it. Registering one puts
 * a small file, its *stub*, into `/bin`; exec(2) reads the stub and starts what was registered under that name. So
 * `which`, `chmod -x`, `cp`, PATH and EACCES work on programs as on any file.
 *
 * @see execve(2)
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Errno from "./Errno.js"
import type { Program } from "./Sys.js"

/** A program for its arguments; `argv[0]` is the name that it was called by. */
export type Main = (argv: ReadonlyArray<string>) => Program

/** A program, or how to get it when it is first started. */
export type Registration = Main | { readonly load: Effect.Effect<Main> }

/** @category tags */
export class Programs extends Context.Tag("@effix/kernel/Programs")<Programs, {
  /** Registers until the scope closes. A name is registered once: EEXIST otherwise. */
  readonly register: (
    name: string,
    program: Registration
  ) => Effect.Effect<void, Errno.Errno<"EEXIST" | "EINVAL">, Scope.Scope>
  /** What is registered under `name`, loaded if need be; at once when it is there already. */
  readonly find: (name: string) => Effect.Effect<Main, Errno.Errno<"ENOEXEC">>
  readonly names: () => ReadonlyArray<string>
  /** Runs `added` as a part of every registration from now on. */
  readonly onRegister: (added: (name: string) => Effect.Effect<void>) => void
}>() {}

/** The content of the stub of `name`. */
export const stub = (name: string): string => `\u007fEFFIX ${name}\n`

/** The name in a stub's first bytes; `undefined` for any other content. */
export const fromStub = (head: string): string | undefined => /^\u007fEFFIX ([^\n]+)\n/.exec(head)?.[1]

export const make = (): Programs["Type"] => {
  const programs = new Map<string, Registration>()
  const listeners: Array<(name: string) => Effect.Effect<void>> = []

  return {
    register: (name, program) =>
      Effect.acquireRelease(
        Effect.suspend((): Effect.Effect<void, Errno.Errno<"EEXIST" | "EINVAL">> => {
          if (name === "" || /[/\n\0]/.test(name)) return Errno.fail("EINVAL", { path: name })
          if (programs.has(name)) return Errno.fail("EEXIST", { path: name, remedy: "register under another name" })
          programs.set(name, program)
          return Effect.forEach(listeners, (added) => added(name), { discard: true })
        }),
        () => Effect.sync(() => programs.delete(name))
      ),
    find: (name) => {
      const program = programs.get(name)
      if (program === undefined) {
        return Errno.fail("ENOEXEC", { path: name, remedy: "no driver of this kernel registers it" })
      }
      if (typeof program === "function") return Exit.succeed(program)
      return Effect.tap(program.load, (main) => Effect.sync(() => programs.set(name, main)))
    },
    names: () => [...programs.keys()],
    onRegister: (added) => void listeners.push(added)
  }
}

/** @category layers */
export const layer: Layer.Layer<Programs> = Layer.sync(Programs, make)
