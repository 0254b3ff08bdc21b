/**
 * Translates, squeezes and deletes characters.
 *
 * @see tr(1)
 */
import * as Errno from "@effix/kernel/Errno"
import { blockSize } from "../BufferedWriter.js"
import * as Quote from "../Quote.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"
import * as Sets from "./trSets.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... STRING1 [STRING2]",
  does: "Translate, squeeze, and/or delete characters from standard input, writing to standard output.",
  short: "+cCdst",
  long: { complement: "c", delete: "d", "squeeze-repeats": "s", "truncate-set1": "t" },
  permute: false
}

interface Asked {
  readonly complement: boolean
  readonly delete: boolean
  readonly squeeze: boolean
  readonly truncate: boolean
}

function* set(run: Utility.Run, text: string, first: boolean): Steps<ReadonlyArray<Sets.Item>> {
  const items = Sets.parse(text)
  if (typeof items === "string") return yield* run.die(items)
  const repeats = items.filter((item) => item._tag === "Repeat")
  if (first && repeats.some((item) => item.count === undefined)) {
    yield* run.die("the [c*] repeat construct may not appear in string1")
  }
  if (repeats.filter((item) => item.count === undefined).length > 1) {
    yield* run.die("only one [c*] repeat construct may appear in string2")
  }
  return items
}

const cases = (items: ReadonlyArray<Sets.Item>): ReadonlyArray<number> => {
  const at: Array<number> = []
  let position = 0
  for (const item of items) {
    if (item._tag === "Class" && (item.name === "lower" || item.name === "upper")) at.push(position)
    position += item._tag === "Repeat" ? item.count ?? 0 : item.bytes.length
  }
  return at
}

/** The table that translates, checked as GNU checks it. */
function* translation(
  run: Utility.Run,
  asked: Asked,
  first: ReadonlyArray<Sets.Item>,
  second: ReadonlyArray<Sets.Item>
): Steps<Uint8Array> {
  const expanded = Sets.expand(first, 0)
  let from = asked.complement ? Sets.complement(expanded) : expanded
  let to = Sets.expand(second, from.length)
  if (second.some((item) => item._tag === "Class" && item.name !== "lower" && item.name !== "upper")) {
    yield* run.die(
      "when translating, the only character classes that may appear in\nstring2 are 'upper' and 'lower'"
    )
  }
  const aligned = new Set(cases(first))
  if (!asked.complement && cases(second).some((at) => !aligned.has(at))) {
    yield* run.die("misaligned [:upper:] and/or [:lower:] construct")
  }
  if (asked.truncate) from = from.slice(0, to.length)
  if (from.length > to.length) {
    if (to.length === 0) yield* run.die("when not truncating set1, string2 must be non-empty")
    if (second.at(-1)!._tag === "Class") {
      yield* run.die(
        "when translating with string1 longer than string2,\nthe latter string must not end with a character class"
      )
    }
    to = [...to, ...new Array<number>(from.length - to.length).fill(to.at(-1)!)]
  }
  if (
    asked.complement && first.some((item) => item._tag === "Class") &&
    new Set(to.slice(0, from.length)).size > 1
  ) {
    yield* run.die(
      "when translating with complemented character classes,\nstring2 must map all characters in the domain to one"
    )
  }
  const table = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  from.forEach((byte, i) => table[byte] = to[i]!)
  return table
}

const members = (bytes: ReadonlyArray<number>): Uint8Array => {
  const table = new Uint8Array(256)
  for (const byte of bytes) table[byte] = 1
  return table
}

/** Works in place; answers how many bytes are left of the block. */
const worker = (table: Uint8Array | undefined, dropped: Uint8Array | undefined, squeezed: Uint8Array | undefined) => {
  let last = -1
  return (buffer: Uint8Array, count: number): number => {
    let end = 0
    if (table !== undefined && dropped === undefined && squeezed === undefined) {
      for (let i = 0; i < count; i++) buffer[i] = table[buffer[i]!]!
      return count
    }
    for (let i = 0; i < count; i++) {
      let byte = buffer[i]!
      if (dropped !== undefined && dropped[byte] === 1) continue
      if (table !== undefined) byte = table[byte]!
      if (squeezed !== undefined && byte === last && squeezed[byte] === 1) continue
      last = byte
      buffer[end++] = byte
    }
    return end
  }
}

function* checkOperands(run: Utility.Run, asked: Asked, operands: ReadonlyArray<string>): Steps<void> {
  const least = asked.delete === asked.squeeze ? 2 : 1
  const most = asked.delete && !asked.squeeze ? 1 : 2
  if (operands.length < least) {
    if (operands.length === 0) return yield* run.missingOperand()
    yield* run.warn(`missing operand after ${Quote.value(operands.at(-1)!)}`)
    yield* run.error(
      asked.squeeze
        ? "Two strings must be given when both deleting and squeezing repeats.\n"
        : "Two strings must be given when translating.\n"
    )
    return yield* run.misuse()
  }
  if (operands.length > most) {
    yield* run.warn(`extra operand ${Quote.value(operands[most]!)}`)
    if (operands.length === 2) {
      yield* run.error("Only one string may be given when deleting without squeezing repeats.\n")
    }
    return yield* run.misuse()
  }
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (key: string): boolean => options.some((option) => option.key === key)
  const asked: Asked = {
    complement: has("c") || has("C"),
    delete: has("d"),
    squeeze: has("s"),
    truncate: has("t")
  }
  yield* checkOperands(run, asked, operands)
  const first = yield* set(run, operands[0]!, true)
  const second = operands[1] === undefined ? undefined : yield* set(run, operands[1], false)
  const expanded = Sets.expand(first, 0)
  const chosen = asked.complement ? Sets.complement(expanded) : expanded
  const table = second !== undefined && !asked.delete ? yield* translation(run, asked, first, second) : undefined
  const squeezed = !asked.squeeze ? undefined : second === undefined ? chosen : Sets.expand(second, chosen.length)
  const work = worker(
    table,
    asked.delete ? members(chosen) : undefined,
    squeezed === undefined ? undefined : members(squeezed)
  )
  const buffer = new Uint8Array(blockSize)
  while (true) {
    const count = yield* attempt(run.sys.read(0, buffer))
    if (Errno.isErrno(count)) return yield* run.die(`read error: ${Errno.text(count._tag)}`)
    if (count === 0) return
    run.out.bytes(buffer, 0, work(buffer, count))
    yield* run.out.ready()
  }
})
