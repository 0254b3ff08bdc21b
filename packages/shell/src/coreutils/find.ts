/**
 * Looks for files in trees.
 *
 * @see find(1)
 */
import { isDirectory, isSymlink } from "@effix/kernel/abi/FileMode"
import * as Errno from "@effix/kernel/Errno"
import type { Stat } from "@effix/kernel/Inode"
import * as Accounts from "../Accounts.js"
import * as Directory from "../Directory.js"
import * as Quote from "../Quote.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"
import { Expression, type Plan } from "./findExpression.js"
import { evaluate, type Found, type Walk } from "./findTree.js"

const utility: Utility.Utility = {
  usage: "[-H] [-L] [-P] [PATH]... [EXPRESSION]",
  does: "Search for files in a directory hierarchy; see find(1) for the expression.",
  // What looks like options is the expression.
  modernize: (args) => args[0] === "--help" || args[0] === "--version" ? args : ["--", ...args]
}

interface Tree {
  readonly run: Utility.Run
  readonly plan: Plan
  readonly walk: Walk
  /** Directories above the one that is walked, to notice loops of links. */
  readonly above: Array<Stat>
}

function* statFor(tree: Tree, path: string, operand: boolean): Steps<Stat | Errno.Any> {
  const { plan, run } = tree
  const follow = plan.follow === "always" || (operand && plan.follow === "operands")
  if (!follow) return yield* run.lstat(path)
  const stat = yield* run.stat(path)
  // A link to nowhere is itself.
  return Errno.isErrno(stat) && (stat._tag === "ENOENT" || stat._tag === "ELOOP") ? yield* run.lstat(path) : stat
}

function* visit(tree: Tree, path: string, start: string, depth: number): Steps<void> {
  const { plan, run, walk } = tree
  const stat = yield* statFor(tree, path, depth === 0)
  if (Errno.isErrno(stat)) return yield* run.fail(`${Quote.value(path)}: ${Errno.text(stat._tag)}`)
  const link = plan.links && isSymlink(stat.mode)
  // Where links are followed anyway, the other side of one is the link itself.
  const followed = link
    ? yield* run.stat(path)
    : plan.links && plan.follow === "always"
    ? yield* run.lstat(path)
    : undefined
  const target = link ? yield* attempt(run.sys.readlink(path)) : ""
  const file: Found = {
    path,
    start,
    depth,
    stat,
    followed: Errno.isErrno(followed) ? undefined : followed,
    target: typeof target === "string" ? target : ""
  }
  const ask = depth >= plan.leastDepth
  walk.pruned = false
  if (ask && !plan.depthFirst) yield* evaluate(plan.root, file, walk)
  if (run.out.isFull) yield* run.out.flush()
  const pruned = walk.pruned && !plan.depthFirst
  if (!walk.quit && !pruned && isDirectory(stat.mode) && depth < plan.mostDepth) {
    yield* descend(tree, file)
  }
  if (ask && plan.depthFirst && !walk.quit) yield* evaluate(plan.root, file, walk)
}

function* descend(tree: Tree, file: Found): Steps<void> {
  const { above, plan, run, walk } = tree
  const { depth, path, stat } = file
  if (plan.sameDevice && above[0] !== undefined && above[0].dev !== stat.dev) return
  if (above.some((directory) => Directory.sameFile(directory, stat))) {
    const same = Quote.value(path)
    return yield* run.fail(
      `File system loop detected; ${same} is part of the same file system loop as ${Quote.value(file.start)}.`
    )
  }
  const entries = yield* Directory.list(run.sys, path)
  if (Errno.isErrno(entries)) return yield* run.fail(`${Quote.value(path)}: ${Errno.text(entries._tag)}`)
  above.push(stat)
  for (const { name } of entries) {
    if (walk.quit) break
    yield* visit(tree, Directory.join(path, name), file.start, depth + 1)
  }
  above.pop()
}

const follows: Readonly<Record<string, Plan["follow"]>> = { "-H": "operands", "-L": "always", "-P": "never" }

export const main = Utility.make(utility, function*(run, { operands }) {
  const plan: Plan = {
    root: { _tag: "Test", test: () => true },
    follow: "never",
    depthFirst: false,
    leastDepth: 0,
    mostDepth: Number.POSITIVE_INFINITY,
    sameDevice: false,
    links: false,
    gathered: [],
    outputs: [],
    failed: false
  }
  let at = 0
  for (; at < operands.length; at++) {
    const follow = follows[operands[at]!]
    if (follow !== undefined) plan.follow = follow
    else if (!/^-(O\d?|D.*)$/.test(operands[at]!)) break
  }
  const begin = at
  while (at < operands.length && !/^-.|^[(!]$/.test(operands[at]!)) at++
  const paths = operands.slice(begin, at)
  const accounts = yield* Accounts.load(run.sys)
  const now = yield* run.sys.clockGettime("realtime")
  const env = yield* run.sys.environ()
  plan.root = yield* new Expression(run, operands.slice(at), plan, accounts, now, env).parse()

  const tree: Tree = { run, plan, walk: { pruned: false, quit: false }, above: [] }
  for (const path of paths.length === 0 ? ["."] : paths) {
    if (tree.walk.quit) break
    yield* visit(tree, path, path, 0)
  }
  for (const gathered of plan.gathered) yield* gathered.flush()
  for (const out of plan.outputs) {
    yield* out.flush()
    yield* attempt(run.sys.close(out.fd))
  }
  return plan.failed ? 1 : run.status
})
