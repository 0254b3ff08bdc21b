/**
 * Tilde expansion, and the names of users.
 *
 * @see sh(1p) Tilde Expansion
 */
import * as Effect from "effect/Effect"
import * as Accounts from "../../Accounts.js"
import type { Run, Shell } from "../state/Shell.js"
import * as Values from "./values.js"

function* accounts(shell: Shell): Run<Accounts.Accounts> {
  return yield* Effect.orElseSucceed(
    Effect.gen(() => Accounts.load(shell.sys)),
    () => new Accounts.Accounts([], [])
  )
}

export function* userName(shell: Shell, uid: number): Run<string> {
  return (yield* accounts(shell)).userName(uid) ?? String(uid)
}

/** What `~user` stands for; itself when there is no such user. */
export function* tilde(shell: Shell, user: string): Run<string> {
  if (user === "") {
    const home = Values.parameter(shell, "HOME")
    if (home !== undefined) return home
    const { uid } = yield* shell.sys.credentials()
    return (yield* accounts(shell)).users.find((account) => account.id === uid)?.home ?? "~"
  }
  if (user === "+") return Values.parameter(shell, "PWD") ?? "~+"
  if (user === "-") return Values.parameter(shell, "OLDPWD") ?? "~-"
  return (yield* accounts(shell)).users.find((account) => account.name === user)?.home ?? `~${user}`
}
