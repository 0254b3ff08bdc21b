/**
 * The expression of find: reads the arguments behind the paths.
 *
 * @see find(1)
 */
import { O_CREAT, O_TRUNC, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import type { Accounts } from "../Accounts.js"
import { BufferedWriter } from "../BufferedWriter.js"
import * as DateText from "../DateText.js"
import * as Quote from "../Quote.js"
import { attempt, type Steps, stop } from "../Steps.js"
import type * as Utility from "../Utility.js"
import * as Actions from "./findActions.js"
import * as Format from "./findFormat.js"
import * as Tests from "./findTests.js"
import type { Found, Node } from "./findTree.js"

/** Everything that the expression asks of the walk. */
export interface Plan {
  root: Node
  follow: "never" | "operands" | "always"
  depthFirst: boolean
  leastDepth: number
  mostDepth: number
  sameDevice: boolean
  /** Whether links are to be read and followed for the tests. */
  links: boolean
  readonly gathered: Array<Actions.Gathered>
  readonly outputs: Array<BufferedWriter>
  failed: boolean
}

const truth = (value: boolean): Node => ({ _tag: "Test", test: () => value })

export class Expression {
  #at = 0
  #acts = false
  #daystart = false
  #regexKind = "emacs"
  #last: string | undefined = undefined
  readonly #files = new Map<string, BufferedWriter>()

  constructor(
    readonly run: Utility.Run,
    readonly args: ReadonlyArray<string>,
    readonly plan: Plan,
    readonly accounts: Accounts,
    readonly now: bigint,
    readonly env: Readonly<Record<string, string>>
  ) {}

  *parse(): Steps<Node> {
    if (this.args.length === 0) return this.#printer(false, this.run.out)
    const node = yield* this.#list()
    const extra = this.args[this.#at]
    if (extra === ")") return yield* this.#wrong("invalid expression; you have too many ')'")
    // Without an action of its own, an expression prints what it holds for.
    return this.#acts ? node : { _tag: "And", left: node, right: this.#printer(false, this.run.out) }
  }

  #wrong(text: string): Steps<never> {
    return this.run.die(text)
  }

  *#list(): Steps<Node> {
    let node = yield* this.#or()
    while (this.args[this.#at] === ",") {
      this.#at++
      node = { _tag: "List", left: node, right: yield* this.#or() }
    }
    return node
  }

  *#or(): Steps<Node> {
    let node = yield* this.#and()
    while (this.args[this.#at] === "-o" || this.args[this.#at] === "-or") {
      this.#at++
      node = { _tag: "Or", left: node, right: yield* this.#and() }
    }
    return node
  }

  *#and(): Steps<Node> {
    let node = yield* this.#term()
    while (true) {
      const next = this.args[this.#at]
      if (next === undefined || next === ")" || next === "-o" || next === "-or" || next === ",") return node
      if (next === "-a" || next === "-and") this.#at++
      node = { _tag: "And", left: node, right: yield* this.#term() }
    }
  }

  *#term(): Steps<Node> {
    const token = this.args[this.#at]
    if (token === undefined) {
      const before = this.args[this.#at - 1]!
      return yield* this.#wrong(
        before === "("
          ? "invalid expression; expected to find a ')' but didn't see one. Perhaps you need an extra predicate after '('"
          : `expected an expression after '${before}'`
      )
    }
    this.#at++
    if (token === "!" || token === "-not") return { _tag: "Not", node: yield* this.#term() }
    if (token === "(") {
      if (this.args[this.#at] === ")") {
        return yield* this.#wrong("invalid expression; empty parentheses are not allowed.")
      }
      const node = yield* this.#list()
      if (this.args[this.#at] !== ")") {
        return yield* this.#wrong("invalid expression; I was expecting to find a ')' somewhere but did not see one.")
      }
      this.#at++
      return node
    }
    if (token === ")") return yield* this.#wrong("invalid expression; you have too many ')'")
    if (token === "-o" || token === "-a" || token === "-or" || token === "-and" || token === ",") {
      return yield* this.#wrong(
        `invalid expression; you have used a binary operator '${token}' with nothing before it.`
      )
    }
    if (!token.startsWith("-")) {
      yield* this.run.warn(`paths must precede expression: \`${token}'`)
      const before = this.#last
      const exists = before !== undefined && !Errno.isErrno(yield* this.run.lstat(token))
      if (exists) yield* this.run.warn(`possible unquoted pattern after predicate \`${before}'?`)
      return yield* stop(1)
    }
    this.#last = token
    return yield* this.#primary(token)
  }

  *#argument(of: string): Steps<string> {
    const value = this.args[this.#at++]
    return value ?? (yield* this.#wrong(`missing argument to \`${of}'`))
  }

  /** A test of one argument; complains where the argument does not fit. */
  *#with(
    token: string,
    make: (value: string) => Tests.Test | undefined,
    complaint?: (value: string) => string
  ): Steps<Node> {
    const value = yield* this.#argument(token)
    const test = make(value)
    if (test !== undefined) return { _tag: "Test", test }
    return yield* this.#wrong(
      complaint === undefined ? `invalid argument \`${value}' to \`${token}'` : complaint(value)
    )
  }

  *#primary(token: string): Steps<Node> {
    const { accounts, plan, run } = this
    const ignoreCase = /^-i(name|path|wholename|regex|lname)$/.test(token)
    switch (token) {
      case "-name":
      case "-iname":
        return yield* this.#with(token, (value) => Tests.name(value, ignoreCase))
      case "-path":
      case "-ipath":
      case "-wholename":
      case "-iwholename":
        return yield* this.#with(token, (value) => Tests.path(value, ignoreCase))
      case "-lname":
      case "-ilname":
        plan.links = true
        return yield* this.#with(token, (value) => Tests.linkName(value, ignoreCase))
      case "-regex":
      case "-iregex": {
        const value = yield* this.#argument(token)
        const test = Tests.regex(value, this.#regexKind, ignoreCase)
        if (typeof test !== "string") return { _tag: "Test", test }
        return yield* this.#wrong(`failed to compile regular expression '${value}': ${test}`)
      }
      case "-regextype":
        this.#regexKind = yield* this.#argument(token)
        return truth(true)
      case "-type":
      case "-xtype":
        plan.links ||= token === "-xtype"
        return yield* this.#with(
          token,
          (value) => Tests.type(value, token === "-xtype"),
          (value) =>
            value === ""
              ? `Arguments to ${token} should contain at least one letter`
              : `Unknown argument to ${token}: ${value[0]}`
        )
      case "-size":
        return yield* this.#with(
          token,
          Tests.size,
          (value) =>
            /^[-+]?\d+.$/s.test(value) || !/\d/.test(value)
              ? `invalid -size type \`${value.at(-1)}'`
              : `Invalid argument \`${value}' to -size`
        )
      case "-empty":
        return Actions.empty(run)
      case "-atime":
      case "-mtime":
      case "-ctime":
        return yield* this.#with(token, (value) => Tests.age(value, token.slice(1) as "atime", "day", this.#today()))
      case "-amin":
      case "-mmin":
      case "-cmin":
        return yield* this.#with(
          token,
          (value) => Tests.age(value, `${token[1]}time` as "atime", "minute", this.#today())
        )
      case "-daystart":
        this.#daystart = true
        return truth(true)
      case "-newer":
      case "-anewer":
      case "-cnewer":
        return yield* this.#newer(token, token === "-newer" ? "mtime" : `${token[1] as "a" | "c"}time`, "m")
      case "-perm":
        return yield* this.#with(token, Tests.permission, (value) => `invalid mode ${Quote.value(value)}`)
      case "-user":
        return yield* this.#with(
          token,
          (value) => Tests.user(value, accounts),
          (value) => `${Quote.value(value)} is not the name of a known user`
        )
      case "-group":
        return yield* this.#with(
          token,
          (value) => Tests.group(value, accounts),
          (value) => `${Quote.value(value)} is not the name of an existing group`
        )
      case "-nouser":
        return { _tag: "Test", test: ({ stat }) => accounts.userName(stat.uid) === undefined }
      case "-nogroup":
        return { _tag: "Test", test: ({ stat }) => accounts.groupName(stat.gid) === undefined }
      case "-uid":
        return yield* this.#with(token, (value) => Tests.numeric(value, ({ stat }) => stat.uid))
      case "-gid":
        return yield* this.#with(token, (value) => Tests.numeric(value, ({ stat }) => stat.gid))
      case "-links":
        return yield* this.#with(token, (value) => Tests.numeric(value, ({ stat }) => stat.nlink))
      case "-inum":
        return yield* this.#with(token, (value) => Tests.numeric(value, ({ stat }) => stat.ino))
      case "-samefile": {
        const stat = yield* this.#statOf(yield* this.#argument(token))
        return { _tag: "Test", test: (file) => file.stat.ino === stat.ino && file.stat.dev === stat.dev }
      }
      case "-true":
      case "-false":
        return truth(token === "-true")
      case "-readable":
      case "-writable":
      case "-executable":
        return this.#access(token)
      case "-maxdepth":
      case "-mindepth": {
        const value = yield* this.#argument(token)
        if (!/^\d+$/.test(value)) {
          return yield* this.#wrong(
            `Expected a positive decimal integer argument to ${token}, but got ${Quote.value(value)}`
          )
        }
        if (token === "-maxdepth") plan.mostDepth = Number(value)
        else plan.leastDepth = Number(value)
        return truth(true)
      }
      case "-depth":
      case "-d":
        plan.depthFirst = true
        return truth(true)
      case "-xdev":
      case "-mount":
        plan.sameDevice = true
        return truth(true)
      case "-follow":
        plan.follow = "always"
        return truth(true)
      case "-noleaf":
      case "-warn":
      case "-nowarn":
      case "-ignore_readdir_race":
      case "-noignore_readdir_race":
        return truth(true)
      case "-prune":
        return {
          _tag: "Test",
          test: (_, walk) => {
            walk.pruned = true
            return true
          }
        }
      case "-quit":
        this.#acts = true
        return {
          _tag: "Test",
          test: (_, walk) => {
            walk.quit = true
            return true
          }
        }
      default:
        return yield* this.#action(token)
    }
  }

  *#action(token: string): Steps<Node> {
    const newer = /^-newer([aBcm])([aBcmt])$/.exec(token)
    if (newer !== null) {
      const clocks = { a: "atime", c: "ctime", m: "mtime", B: "ctime" } as const
      return yield* this.#newer(token, clocks[newer[1] as "a"], newer[2]!)
    }
    const { accounts, plan, run } = this
    switch (token) {
      case "-print":
      case "-print0":
        this.#acts = true
        return this.#printer(token === "-print0", run.out)
      case "-fprint":
      case "-fprint0":
        this.#acts = true
        return this.#printer(token === "-fprint0", yield* this.#output(yield* this.#argument(token)))
      case "-printf":
      case "-fprintf": {
        this.#acts = true
        plan.links = true
        const out = token === "-printf" ? run.out : yield* this.#output(yield* this.#argument(token))
        const warnings: Array<string> = []
        const format = Format.compile(yield* this.#argument(token), accounts, warnings)
        if (typeof format === "string") return yield* this.#wrong(format)
        for (const warning of warnings) yield* run.warn(warning)
        return this.#writer(format, out)
      }
      case "-ls":
      case "-fls": {
        this.#acts = true
        plan.links = true
        const out = token === "-ls" ? run.out : yield* this.#output(yield* this.#argument(token))
        return this.#writer(Format.list(accounts, this.now), out)
      }
      case "-delete":
        this.#acts = true
        plan.depthFirst = true
        return Actions.remove(run)
      case "-exec":
      case "-execdir":
      case "-ok":
      case "-okdir":
        this.#acts = true
        return yield* this.#exec(token)
      default:
        return yield* this.#wrong(`unknown predicate \`${token}'`)
    }
  }

  *#exec(token: string): Steps<Node> {
    const { args, env, plan, run } = this
    const start = this.#at
    let end = start
    while (
      end < args.length && args[end] !== ";" &&
      !(args[end] === "+" && args[end - 1] === "{}" && token.startsWith("-exec"))
    ) end++
    if (end >= args.length) return yield* this.#wrong(`missing argument to \`${token}'`)
    this.#at = end + 1
    const argv = args.slice(start, end)
    if (argv.length === 0) return yield* this.#wrong(`invalid argument \`;' to \`${token}'`)
    const command = { inDirectory: token.endsWith("dir"), ask: token.startsWith("-ok") }
    if (args[end] === ";") return Actions.each(run, { ...command, argv }, env)
    const gathered = new Actions.Gathered(run, { ...command, argv: argv.slice(0, -1) }, env, () => plan.failed = true)
    plan.gathered.push(gathered)
    return gathered.node
  }

  #writer(format: Format.Format, out: BufferedWriter): Node {
    return {
      _tag: "Test",
      test: (file) => {
        out.text(format(file))
        return true
      }
    }
  }

  #printer(zero: boolean, out: BufferedWriter): Node {
    return {
      _tag: "Test",
      test: ({ path }) => {
        out.text(path)
        out.byte(zero ? 0 : 10)
        return true
      }
    }
  }

  *#output(path: string): Steps<BufferedWriter> {
    const known = this.#files.get(path)
    if (known !== undefined) return known
    const fd = yield* attempt(this.run.sys.open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o666))
    if (Errno.isErrno(fd)) return yield* this.#wrong(`${Quote.value(path)}: ${Errno.text(fd._tag)}`)
    const out = new BufferedWriter(this.run.sys, fd)
    this.#files.set(path, out)
    this.plan.outputs.push(out)
    return out
  }

  #today(): bigint {
    return this.#daystart ? this.now - (this.now % 86_400_000_000_000n) + 86_400_000_000_000n : this.now
  }

  *#statOf(path: string) {
    const stat = yield* this.plan.follow === "never" ? this.run.lstat(path) : this.run.stat(path)
    return Errno.isErrno(stat) ? yield* this.#wrong(`${Quote.value(path)}: ${Errno.text(stat._tag)}`) : stat
  }

  *#newer(token: string, clock: "atime" | "mtime" | "ctime", reference: string): Steps<Node> {
    const value = yield* this.#argument(token)
    if (reference === "t") {
      const time = DateText.parse(value, this.now)
      if (time === undefined) {
        return yield* this.#wrong(`I cannot figure out how to interpret ${Quote.value(value)} as a date or time`)
      }
      return { _tag: "Test", test: Tests.newer(clock, time) }
    }
    const stat = yield* this.#statOf(value)
    const clocks = { a: "atime", c: "ctime", m: "mtime", B: "btime" } as const
    return { _tag: "Test", test: Tests.newer(clock, stat[clocks[reference as "a"]]) }
  }

  #access(token: string): Node {
    const { run } = this
    const mode = token === "-readable" ? 4 : token === "-writable" ? 2 : 1
    return {
      _tag: "Action",
      *act({ path }: Found) {
        return !Errno.isErrno(yield* attempt(run.sys.access(path, mode)))
      }
    }
  }
}
