/**
 * Goes through an archive from its beginning to its end, complains of what is damaged, and tells which members are meant.
 *
 * @see tar(1)
 */
import * as Pattern from "../Pattern.js"
import type { Steps } from "../Steps.js"
import * as Names from "../tar/names.js"
import { type Member, Members } from "../tar/read.js"
import type * as Utility from "../Utility.js"
import type { ArchiveReader } from "./tarArchive.js"
import { type Asked, fatal, type Operand } from "./tarOptions.js"

/** Something went wrong, and it goes on. */
export function* failed(run: Utility.Run, name: string, text: string): Steps<void> {
  yield* run.warn(`${Names.shown(name, true)}: ${text}`)
  run.status = 2
}

/** Which members are meant. */
export class Selection {
  private readonly wanted: ReadonlyArray<{ readonly operand: Operand; readonly matches: (name: string) => boolean }>
  private readonly everything: Operand
  private readonly seen = new Set<Operand>()

  constructor(private readonly asked: Asked) {
    this.everything = { name: "", directory: asked.directory, excludes: 0, recursion: true }
    this.wanted = asked.operands.map((operand) => ({ operand, matches: Names.matcher(operand.name, asked.matching) }))
  }

  /** The operand that means a member; `undefined` where none does. */
  find(name: string): Operand | undefined {
    if (this.asked.excluded(name, Infinity)) return undefined
    if (this.wanted.length === 0) return this.everything
    const found = this.wanted.find(({ matches }) => matches(name))?.operand
    if (found !== undefined) this.seen.add(found)
    return found
  }

  /** Complains of operands that meant nothing. */
  *conclude(run: Utility.Run): Steps<void> {
    let warned = this.asked.wildcards
    for (const { operand } of this.wanted) {
      if (this.seen.has(operand)) continue
      if (!warned && Pattern.isMagic(operand.name)) {
        warned = true
        yield* run.warn("Pattern matching characters used in file names")
        yield* run.warn("Use --wildcards to enable pattern matching, or --no-wildcards to suppress this warning")
      }
      yield* failed(run, operand.name, "Not found in archive")
    }
  }
}

/** Ends where an archive ends too early. */
export function* cutOff(run: Utility.Run, archive: ArchiveReader): Steps<never> {
  yield* archive.check()
  return yield* fatal(run, "Unexpected EOF in archive")
}

/** Hands every member to `use`, which may take its data; answers where the archive ends, in bytes. */
export function* walk(
  run: Utility.Run,
  asked: Asked,
  archive: ArchiveReader,
  use: (member: Member, members: Members) => Steps<void>
): Steps<number> {
  const members = new Members(archive.input, asked.ignoreZeros)
  let before: "nothing" | "member" | "damaged" = "nothing"
  while (true) {
    const found = yield* members.next()
    if (typeof found === "object") {
      yield* use(found, members)
      yield* run.out.ready()
      before = "member"
      if (!(yield* members.skip())) return yield* cutOff(run, archive)
    } else if (found === "damaged") {
      if (before === "nothing") yield* run.warn("This does not look like a tar archive")
      if (before !== "damaged") yield* run.warn("Skipping to next header")
      run.status = 2
      before = "damaged"
    } else if (found === "cut off") return yield* cutOff(run, archive)
    else {
      if (found === "lone zero") yield* run.warn(`A lone zero block at ${members.at / 512 + 1}`)
      yield* archive.check()
      if (found === "end of file" && before === "nothing") {
        yield* run.warn("This does not look like a tar archive")
        run.status = 2
      }
      return members.at
    }
  }
}
