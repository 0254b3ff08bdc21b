/**
 * The words that an action of `complete` and `compgen` stands for.
 *
 * @see bash(1) complete
 */
import * as Effect from "effect/Effect"
import * as Accounts from "../../Accounts.js"
import * as SignalNames from "../../SignalNames.js"
import { readFile } from "../builtins/flow.js"
import { keywords } from "../builtins/names.js"
import { builtins } from "../builtins/table.js"
import { functionNames } from "../readline/keymap.js"
import { type JobState, stateOf } from "../state/Jobs.js"
import * as Options from "../state/Options.js"
import type { Run, Shell } from "../state/Shell.js"
import type { Variable } from "../state/Variables.js"
import { files } from "./files.js"
import type { Action } from "./Specification.js"

type Source = (shell: Shell, text: string) => Run<Iterable<string>>

const plain = (list: (shell: Shell) => Iterable<string>): Source =>
  function*(shell) {
    return list(shell)
  }

const variables = (which: (variable: Variable) => boolean): Source =>
  plain(({ variables }) =>
    variables.names().filter((name) => {
      const variable = variables.get(name)
      return variable?.value !== undefined && which(variable)
    })
  )

const jobs = (wanted?: JobState): Source =>
  plain((shell) =>
    shell.jobs.list.filter((job) => wanted === undefined || stateOf(job) === wanted).map(({ source }) =>
      source.split(/\s/)[0]!
    )
  )

const accounts = (kind: "users" | "groups"): Source =>
  function*(shell) {
    const known = yield* Effect.option(Effect.gen(() => Accounts.load(shell.sys)))
    return known._tag === "None" ? [] : known.value[kind].map(({ name }) => name)
  }

/** The names in a file whose lines are a key, names, and a comment: /etc/hosts, /etc/services. */
function* namesOf(shell: Shell, path: string, from: number): Run<ReadonlyArray<string>> {
  const text = yield* readFile(shell, path)
  if (typeof text !== "string") return []
  return [...new Set(text.split("\n").flatMap((line) => line.replace(/#.*/, "").trim().split(/\s+/).slice(from)))]
}

const enabled = ({ disabled }: Shell): ReadonlyArray<string> =>
  [...builtins.keys()].sort().filter((name) => !disabled.has(name))

/** Everything that may stand where a command is named. */
function* commands(shell: Shell, text: string): Run<Iterable<string>> {
  if (text.includes("/")) return yield* files(shell, text, "command")
  const names = [...[...shell.aliases.keys()].sort(), ...keywords, ...[...shell.functions.keys()].sort()]
  names.push(...enabled(shell))
  for (const directory of (shell.variables.value("PATH") ?? "").split(":")) {
    const prefix = `${directory === "" ? "." : directory}/`
    for (const path of yield* files(shell, prefix + text, "program")) names.push(path.slice(prefix.length))
  }
  return names
}

const sources: Readonly<Record<Action, Source>> = {
  alias: plain(({ aliases }) => [...aliases.keys()].sort()),
  arrayvar: variables(({ value }) => typeof value === "object"),
  binding: plain(() => functionNames),
  builtin: plain(() => [...builtins.keys()].sort()),
  disabled: plain(({ disabled }) => [...disabled].sort()),
  enabled: plain(enabled),
  export: variables(({ exported }) => exported),
  function: plain(({ functions }) => [...functions.keys()].sort()),
  helptopic: plain(() => [...builtins.keys()].sort()),
  hostname: (shell) => namesOf(shell, shell.variables.value("HOSTFILE") ?? "/etc/hosts", 1),
  job: jobs(),
  keyword: plain(() => keywords),
  running: jobs("running"),
  setopt: plain(() => Options.setNames),
  shopt: plain(({ accepted }) => Options.shoptOrder(accepted.keys())),
  signal: plain(() => {
    const names: Array<string> = []
    for (let number = 1; number <= SignalNames.last; number++) {
      const name = SignalNames.name(number)
      if (name !== undefined) names.push(`SIG${name}`)
    }
    return ["EXIT", ...names, "DEBUG", "ERR", "RETURN"]
  }),
  stopped: jobs("stopped"),
  variable: variables(() => true),
  command: commands,
  file: (shell, text) => files(shell, text),
  user: accounts("users"),
  group: accounts("groups"),
  service: (shell) => namesOf(shell, "/etc/services", 0),
  directory: (shell, text) => files(shell, text, "directory")
}

/** What of an action begins with `text`. */
export function* candidates(shell: Shell, action: Action, text: string): Run<ReadonlyArray<string>> {
  const all = [...yield* sources[action](shell, text)]
  return action === "file" || action === "directory" ? all : all.filter((word) => word.startsWith(text))
}

/** Actions in the order in which their words come. */
export const order: ReadonlyArray<Action> = Object.keys(sources).filter((name): name is Action => name in sources)
