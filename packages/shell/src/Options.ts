/**
 * Options as GNU's getopt_long reads them: combined short ones, long ones and their abbreviations, `--`, and operands
 * that may stand between options.
 *
 * @see getopt(3)
 */

/** What a utility accepts. */
export interface Accepted {
  /** As getopt(3) has it: a letter for each option, `:` after those with an argument, `::` if it may be left out. */
  readonly short?: string
  /**
   * Long options and the key that each is reported under (mostly the short one). `=` behind the name says that it takes
   * an argument, `=?` that it may.
   */
  readonly long?: Readonly<Record<string, string>>
  /** Whether options may follow operands. Default: `true`. */
  readonly permute?: boolean
}

/** One option that was given. */
export interface Given {
  /** The short letter, or what the long name stands for. */
  readonly key: string
  /** Its argument; empty when there is none. */
  readonly value: string
  /** Whether there was an argument. */
  readonly hasValue: boolean
  /** How many operands stood in front of it, for the few utilities to which that matters. */
  readonly after?: number
}

export interface Parsed {
  readonly options: ReadonlyArray<Given>
  readonly operands: ReadonlyArray<string>
}

/** What is wrong with the options, in the words of getopt(3). */
export interface Wrong {
  readonly wrong: string
}

interface Long {
  readonly name: string
  readonly key: string
  readonly argument: Argument
}

type Argument = "none" | "required" | "optional"

const longOptions = (accepted: Accepted): ReadonlyArray<Long> =>
  Object.entries(accepted.long ?? {}).map(([name, key]) =>
    name.endsWith("=?")
      ? { name: name.slice(0, -2), key, argument: "optional" }
      : name.endsWith("=")
      ? { name: name.slice(0, -1), key, argument: "required" }
      : { name, key, argument: "none" }
  )

const shortArgument = (short: string, letter: string): Argument | undefined => {
  const at = letter === ":" ? -1 : short.indexOf(letter)
  if (at < 0) return undefined
  return short[at + 1] !== ":" ? "none" : short[at + 2] !== ":" ? "required" : "optional"
}

const findLong = (options: ReadonlyArray<Long>, name: string): Long | Wrong => {
  const exact = options.find((option) => option.name === name)
  if (exact !== undefined) return exact
  const candidates = options.filter((option) => option.name.startsWith(name))
  const [first] = candidates
  if (first === undefined) return { wrong: `unrecognized option '--${name}'` }
  if (candidates.every((option) => option.key === first.key && option.argument === first.argument)) return first
  return {
    wrong: `option '--${name}' is ambiguous; possibilities:${
      candidates.map((option) => ` '--${option.name}'`).join("")
    }`
  }
}

export const isWrong = (parsed: Parsed | Wrong): parsed is Wrong => "wrong" in parsed

/** Reads `args`, which begin after the program's name. */
export const parse = (accepted: Accepted, args: ReadonlyArray<string>): Parsed | Wrong => {
  const short = accepted.short ?? ""
  const long = longOptions(accepted)
  const options: Array<Given> = []
  const operands: Array<string> = []

  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!
    if (arg === "--") {
      operands.push(...args.slice(i + 1))
      break
    }
    if (arg.startsWith("--")) {
      const equals = arg.indexOf("=")
      const option = findLong(long, equals < 0 ? arg.slice(2) : arg.slice(2, equals))
      if ("wrong" in option) {
        return equals >= 0 && option.wrong.startsWith("unrecognized")
          ? { wrong: `unrecognized option '${arg}'` }
          : option
      }
      let value = equals < 0 ? undefined : arg.slice(equals + 1)
      if (value !== undefined && option.argument === "none") {
        return { wrong: `option '--${option.name}' doesn't allow an argument` }
      }
      if (value === undefined && option.argument === "required") {
        value = args[++i]
        if (value === undefined) return { wrong: `option '--${option.name}' requires an argument` }
      }
      options.push({ key: option.key, value: value ?? "", hasValue: value !== undefined, after: operands.length })
      continue
    }
    if (arg.length < 2 || arg[0] !== "-") {
      if (accepted.permute === false) {
        operands.push(...args.slice(i))
        break
      }
      operands.push(arg)
      continue
    }
    for (let at = 1; at < arg.length; at++) {
      const letter = arg[at]!
      const argument = shortArgument(short, letter)
      if (argument === undefined) return { wrong: `invalid option -- '${letter}'` }
      if (argument === "none") {
        options.push({ key: letter, value: "", hasValue: false, after: operands.length })
        continue
      }
      let value: string | undefined = arg.slice(at + 1)
      if (value === "") value = argument === "required" ? args[++i] : undefined
      if (value === undefined && argument === "required") {
        return { wrong: `option requires an argument -- '${letter}'` }
      }
      options.push({ key: letter, value: value ?? "", hasValue: value !== undefined, after: operands.length })
      break
    }
  }
  return { options, operands }
}

/** The last of the options `keys` that was given: it is the one that counts. */
export const last = (options: ReadonlyArray<Given>, ...keys: ReadonlyArray<string>): Given | undefined => {
  for (let i = options.length - 1; i >= 0; i--) if (keys.includes(options[i]!.key)) return options[i]
  return undefined
}
