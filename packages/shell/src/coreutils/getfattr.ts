/**
 * Shows and sets extended attributes.
 *
 * @see getfattr(1)
 * @see setfattr(1)
 */
import { isDirectory, isSymlink } from "@effix/kernel/abi/FileMode"
import { XATTR_SIZE_MAX } from "@effix/kernel/abi/Xattr"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import { readSmallFile } from "../Accounts.js"
import * as AttributeValue from "../AttributeValue.js"
import * as Directory from "../Directory.js"
import * as Latin1 from "../Latin1.js"
import { last } from "../Options.js"
import * as Regex from "../Regex.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

interface Asked {
  readonly name: string | undefined
  readonly dump: boolean
  readonly valuesOnly: boolean
  readonly encoding: AttributeValue.Encoded | undefined
  readonly matches: (name: string) => boolean
  readonly links: boolean
  readonly absolute: boolean
  readonly recursive: boolean
  /** Whether links to directories are walked into: those that were named, all, or none. */
  readonly walks: "named" | "all" | "none"
}

/** In words of its own for what every other tool calls missing data. */
const textOf = ({ _tag }: Errno.Any): string => _tag === "ENODATA" ? "No such attribute" : Errno.text(_tag)

class Getting {
  private hasStripped = false
  private readonly into = new Uint8Array(XATTR_SIZE_MAX)

  constructor(private readonly run: Utility.Run, private readonly asked: Asked) {}

  private *header(path: string): Steps<void> {
    const { asked: { absolute, valuesOnly }, run } = this
    if (valuesOnly) return
    const shown = absolute ? path : path.replace(/^\/+|^\.\//, "") || "."
    if (!absolute && path.startsWith("/") && !this.hasStripped) {
      this.hasStripped = true
      yield* run.warn("Removing leading '/' from absolute path names")
    }
    run.out.text(`# file: ${AttributeValue.quoted(shown)}\n`)
  }

  private *value(path: string, name: string): Steps<Uint8Array | Errno.Any> {
    const { asked: { links }, into, run: { sys } } = this
    const count = yield* attempt((links ? sys.lgetxattr : sys.getxattr).call(sys, path, name, into))
    return Errno.isErrno(count) ? count : into.subarray(0, count)
  }

  private *names(path: string): Steps<ReadonlyArray<string> | undefined> {
    const { asked: { links, matches, name }, run } = this
    if (name !== undefined) return [name]
    const all = yield* attempt((links ? run.sys.llistxattr : run.sys.listxattr).call(run.sys, path))
    if (!Errno.isErrno(all)) return all.filter(matches).sort()
    if (all._tag !== "EOPNOTSUPP") yield* run.fail(`${path}: ${Errno.text(all._tag)}`)
    return undefined
  }

  private *show(path: string): Steps<void> {
    const { asked: { dump, encoding, name: wanted, valuesOnly }, run } = this
    let isFirst = true
    for (const name of (yield* this.names(path)) ?? []) {
      const value = dump || valuesOnly || wanted !== undefined ? yield* this.value(path, name) : undefined
      if (Errno.isErrno(value)) {
        run.status = 1
        yield* run.out.flush()
        yield* run.error(`${AttributeValue.quoted(path)}: ${name}: ${textOf(value)}\n`)
        continue
      }
      if (isFirst) yield* this.header(path)
      isFirst = false
      if (valuesOnly) {
        if (value !== undefined) run.out.bytes(value)
        continue
      }
      run.out.text(AttributeValue.quoted(name, "="))
      if (value !== undefined) {
        run.out.text("=")
        run.out.bytes(AttributeValue.encode(value, encoding))
      }
      run.out.text("\n")
    }
    if (!isFirst && !valuesOnly) run.out.text("\n")
  }

  *walk(path: string, isNamed: boolean): Steps<void> {
    const { asked: { recursive, walks }, run } = this
    const stat = yield* run.lstat(path)
    if (Errno.isErrno(stat)) return yield* run.fail(`${path}: ${Errno.text(stat._tag)}`)
    const follows = isSymlink(stat.mode) && (walks === "all" || (walks === "named" && isNamed))
    const target = follows ? yield* run.stat(path) : stat
    yield* this.show(path)
    if (!recursive || Errno.isErrno(target) || !isDirectory(target.mode)) return
    const entries = yield* Directory.list(run.sys, path)
    if (Errno.isErrno(entries)) return yield* run.fail(`${path}: ${Errno.text(entries._tag)}`)
    for (const { name } of entries) yield* this.walk(`${path}/${name}`, false)
  }
}

export const main = Utility.make(
  {
    usage: "[-hRLP] [-n name|-d] [-e en] [-m pattern] path...",
    does: "Get extended attributes.",
    short: "n:de:m:hRLP",
    long: {
      "name=": "n",
      dump: "d",
      "encoding=": "e",
      "match=": "m",
      "only-values": "only-values",
      "no-dereference": "h",
      "absolute-names": "absolute-names",
      recursive: "R",
      logical: "L",
      physical: "P"
    },
    hintText: "Usage: getfattr [-hRLP] [-n name|-d] [-e en] [-m pattern] path...\n" +
      "Try `getfattr --help' for more information.",
    misused: 2
  },
  function*(run, { operands, options }) {
    const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
    const encoding = last(options, "e")?.value
    if (encoding !== undefined && encoding !== "text" && encoding !== "hex" && encoding !== "base64") {
      return yield* run.misuse()
    }
    const pattern = last(options, "m")?.value ?? "^user\\."
    const regex = Regex.compile([Latin1.fromText(pattern === "-" ? "" : pattern)], {
      extended: true,
      ignoreCase: false
    })
    if (regex instanceof Regex.BadPattern) return yield* run.die("invalid regular expression \"" + pattern + "\"")
    if (operands.length === 0) return yield* run.misuse()
    const getting = new Getting(run, {
      name: last(options, "n")?.value,
      dump: has("d"),
      valuesOnly: has("only-values"),
      encoding,
      matches: (name) => regex.test(Latin1.fromText(name)),
      links: has("h"),
      absolute: has("absolute-names"),
      recursive: has("R"),
      walks: has("P") ? "none" : has("L") ? "all" : "named"
    })
    for (const path of operands) yield* getting.walk(path, true)
    return run.status
  }
)

const setUsage = "Usage: setfattr {-n name} [-v value] [-h] file...\n       setfattr {-x name} [-h] file...\n" +
  "Try `setfattr --help' for more information."

function* set(
  run: Utility.Run,
  path: string,
  name: string,
  value: Uint8Array | undefined,
  links: boolean
): Steps<void> {
  const { sys } = run
  const failed = yield* attempt(
    value === undefined
      ? links ? sys.lremovexattr(path, name) : sys.removexattr(path, name)
      : links
      ? sys.lsetxattr(path, name, value)
      : sys.setxattr(path, name, value)
  )
  if (Errno.isErrno(failed)) yield* run.fail(`${path}: ${textOf(failed)}`)
}

/** Out of octal, where names have it. */
const unquoted = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)))

/** Sets what `getfattr --dump` has written; whether it was written well. */
function* restore(run: Utility.Run, from: string, links: boolean): Steps<boolean> {
  const text = yield* readSmallFile(run.sys, from === "-" ? "/dev/stdin" : from)
  if (text === undefined) {
    // Which is no failure to the original.
    yield* run.warn(`${from}: ${Errno.text("ENOENT")}`)
    return false
  }
  const lines = text.split("\n")
  for (let at = 0; at < lines.length;) {
    const begun = at
    while (lines[at] === "") at++
    if (at >= lines.length) return true
    const path = /^# file: (.*)$/.exec(lines[at]!)?.[1]
    if (path === undefined) {
      const where = from === "-" ? `line ${begun} of standard input` : `line ${begun}`
      yield* run.fail(`${from === "-" ? "" : `${from}: `}No filename found in ${where}, aborting`)
      return false
    }
    for (at++; at < lines.length && lines[at] !== ""; at++) {
      const [, name = "", written = ""] = /^([^=]*)=?(.*)$/.exec(lines[at]!) ?? []
      const value = AttributeValue.decode(written)
      if (value !== undefined) {
        yield* set(run, unquoted(path), unquoted(name), value, links)
        continue
      }
      yield* run.error("bad input encoding\n")
      run.status = 1
    }
    at++
  }
  return true
}

/** @see setfattr(1) */
export const setfattr = Utility.make(
  {
    usage: "{-n name} [-v value] [-h] file...\n{-x name} [-h] file...",
    does: "Set extended attributes.",
    short: "n:x:v:h",
    long: {
      "name=": "n",
      "remove=": "x",
      "value=": "v",
      "no-dereference": "h",
      "restore=": "restore",
      raw: "raw"
    },
    hintText: setUsage,
    misused: 2
  },
  function*(run, { operands, options }) {
    const option = (wanted: string): string | undefined => last(options, wanted)?.value
    const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
    const [name, removed, text, from] = [option("n"), option("x"), option("v"), option("restore")]
    if (from !== undefined && !(yield* restore(run, from, has("h")))) return run.status
    const wants = (name === undefined ? 0 : 1) + (removed === undefined ? 0 : 1)
    const isMisused = wants > 1 || (text !== undefined && name === undefined) ||
      (wants === 0 ? from === undefined || operands.length > 0 : operands.length === 0)
    if (isMisused) return yield* run.misuse()
    const value = name === undefined
      ? undefined
      : has("raw")
      ? Bytes.encode(text ?? "")
      : AttributeValue.decode(text ?? "")
    if (name !== undefined && value === undefined) {
      yield* run.error("bad input encoding\n")
      return 1
    }
    for (const path of operands) yield* set(run, path, name ?? removed ?? "", value, has("h"))
    return run.status
  }
)
