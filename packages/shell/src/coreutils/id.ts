/**
 * Prints who one is.
 *
 * @see id(1)
 */
import * as Accounts from "../Accounts.js"
import * as Quote from "../Quote.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [USER]...",
  does: "Print user and group information for each USER, or for the current process.",
  short: "agGnruzZ",
  long: { group: "g", groups: "G", name: "n", real: "r", user: "u", zero: "z" }
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  const only = ["u", "g", "G"].filter(has)
  if (only.length > 1) return yield* run.die("cannot print \"only\" of more than one choice")
  if (only.length === 0 && (has("n") || has("r"))) {
    return yield* run.die("cannot print only names or real IDs in default format")
  }
  const accounts = yield* Accounts.load(run.sys)
  const process = yield* run.sys.credentials()
  const nameOf = (id: number, group: boolean): string => {
    const name = group ? accounts.groupName(id) : accounts.userName(id)
    return has("n") ? name ?? String(id) : String(id)
  }
  const tagged = (id: number, group: boolean): string => {
    const name = group ? accounts.groupName(id) : accounts.userName(id)
    return name === undefined ? String(id) : `${id}(${name})`
  }
  for (const operand of operands.length === 0 ? [undefined] : operands) {
    let { egid, euid, gid, uid } = process
    let groups: ReadonlyArray<number> = process.groups
    if (operand !== undefined) {
      const account = accounts.users.find((user) => user.name === operand || String(user.id) === operand)
      if (account === undefined) {
        yield* run.fail(`${Quote.value(operand)}: no such user`)
        continue
      }
      uid = euid = account.id
      gid = egid = account.gid
      groups = accounts.groupsOf(account.name)
    }
    const all = [...new Set([...(has("r") ? [gid] : [gid, egid]), ...groups])]
    const end = has("z") ? "\0" : "\n"
    if (has("u")) run.out.text(nameOf(has("r") ? uid : euid, false) + end)
    else if (has("g")) run.out.text(nameOf(has("r") ? gid : egid, true) + end)
    else if (has("G")) run.out.text(all.map((id) => nameOf(id, true)).join(has("z") ? "\0" : " ") + end)
    else {
      const effective = (euid === uid ? "" : ` euid=${tagged(euid, false)}`) +
        (egid === gid ? "" : ` egid=${tagged(egid, true)}`)
      const list = all.map((id) => tagged(id, true)).join(",")
      run.out.text(`uid=${tagged(uid, false)} gid=${tagged(gid, true)}${effective} groups=${list}${end}`)
    }
  }
})

/** @see whoami(1) */
export const whoami = Utility.make({ usage: "", does: "Print the effective user name." }, function*(run, { operands }) {
  if (operands[0] !== undefined) return yield* run.extraOperand(operands[0])
  const { euid } = yield* run.sys.credentials()
  const name = (yield* Accounts.load(run.sys)).userName(euid)
  if (name === undefined) return yield* run.die(`cannot find name for user ID ${euid}`)
  run.out.line(name)
})

/** @see groups(1) */
export const groups = Utility.make({ usage: "", does: "Print the groups of the current process." }, function*(run) {
  const accounts = yield* Accounts.load(run.sys)
  const { egid, gid, groups } = yield* run.sys.credentials()
  run.out.line([...new Set([gid, egid, ...groups])].map((id) => accounts.groupName(id) ?? String(id)).join(" "))
})
