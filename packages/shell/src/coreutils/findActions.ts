/**
 * The actions of find.
 *
 * @see find(1)
 */
import { isDirectory, S_IFDIR, S_IFMT } from "@effix/kernel/abi/FileMode"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import { answered } from "../Confirm.js"
import * as Directory from "../Directory.js"
import * as Launch from "../Launch.js"
import * as Quote from "../Quote.js"
import { attempt, type Steps } from "../Steps.js"
import type * as Utility from "../Utility.js"
import type { Found, Node } from "./findTree.js"

/** Whether a directory, or a regular file, holds nothing. */
export const empty = (run: Utility.Run): Node => ({
  _tag: "Action",
  *act({ path, stat }) {
    if ((stat.mode & S_IFMT) !== S_IFDIR) return (stat.mode & S_IFMT) === 0o100000 && stat.size === 0
    const entries = yield* Directory.list(run.sys, path)
    if (!Errno.isErrno(entries)) return entries.length === 0
    yield* run.fail(`${Quote.value(path)}: ${Errno.text(entries._tag)}`)
    return false
  }
})

export const remove = (run: Utility.Run): Node => ({
  _tag: "Action",
  *act({ path, stat }) {
    // `find . -delete` leaves the place where it stands.
    if (path === ".") return true
    const error = yield* attempt(isDirectory(stat.mode) ? run.sys.rmdir(path) : run.sys.unlink(path))
    if (!Errno.isErrno(error)) return true
    yield* run.fail(`cannot delete ${Quote.value(path)}: ${Errno.text(error._tag)}`)
    return false
  }
})

export interface Command {
  readonly argv: ReadonlyArray<string>
  /** Run in the directory that holds the file. */
  readonly inDirectory: boolean
  readonly ask: boolean
}

const inPlace = (file: Found): string => {
  const name = Directory.baseName(file.path)
  return name === "/" || name === "." ? name : `./${name}`
}

const directoryOf = ({ path }: Found): string => {
  const trimmed = path.replace(/(.)\/+$/, "$1")
  const slash = trimmed.lastIndexOf("/")
  return slash < 0 ? "." : slash === 0 ? "/" : trimmed.slice(0, slash)
}

function* launch(
  run: Utility.Run,
  argv: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>,
  directory: string | undefined
): Steps<boolean> {
  // What was found so far is printed before what the command prints.
  if (run.out.length > 0) yield* run.out.flush()
  const actions = directory === undefined ? [] : [{ _tag: "Chdir", path: directory } as const]
  const pid = yield* Launch.spawn(run.sys, { argv, env }, { actions })
  if (Errno.isErrno(pid)) {
    yield* run.warn(`${Quote.value(argv[0]!)}: ${Errno.text(pid._tag)}`)
    return false
  }
  const status = yield* Launch.waitFor(run.sys, pid)
  return status._tag === "Exited" && status.code === 0
}

/** `-exec … ;`: one command for each file. */
export const each = (run: Utility.Run, command: Command, env: Readonly<Record<string, string>>): Node => ({
  _tag: "Action",
  *act(file) {
    const name = command.inDirectory ? inPlace(file) : file.path
    const argv = command.argv.map((arg) => arg.replaceAll("{}", () => name))
    if (command.ask) {
      if (!(yield* answered(run, `< ${argv[0]} ... ${file.path} > ? `))) return false
    }
    return yield* launch(run, argv, env, command.inDirectory ? directoryOf(file) : undefined)
  }
})

const bytesMax = 131_072

/** `-exec … +`: as many files as fit into one command. */
export class Gathered {
  readonly #files: Array<string> = []
  #bytes = 0
  #directory: string | undefined

  constructor(
    readonly run: Utility.Run,
    readonly command: Command,
    readonly env: Readonly<Record<string, string>>,
    readonly failed: () => void
  ) {}

  get node(): Node {
    return { _tag: "Action", act: (file) => this.add(file) }
  }

  *add(file: Found): Steps<boolean> {
    const name = this.command.inDirectory ? inPlace(file) : file.path
    const directory = this.command.inDirectory ? directoryOf(file) : undefined
    const size = Bytes.byteLength(name) + 1
    if (this.#files.length > 0 && (directory !== this.#directory || this.#bytes + size > bytesMax)) yield* this.flush()
    this.#directory = directory
    this.#files.push(name)
    this.#bytes += size
    return true
  }

  *flush(): Steps<void> {
    if (this.#files.length === 0) return
    const argv = [...this.command.argv, ...this.#files]
    this.#files.length = 0
    this.#bytes = 0
    if (!(yield* launch(this.run, argv, this.env, this.#directory))) this.failed()
  }
}
