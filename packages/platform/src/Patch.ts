/**
 * What an overlay has changed, as text: a patch as git writes it, for a person to read and for `git apply` to carry over.
 *
 * Files are shown with three lines around each change. A file that is not text (it has a NUL, or bytes that are not UTF-8)
 * is only said to differ. What git does not keep is left out: directories, devices, owners, times, and permissions but for
 * whether a file can be executed. A renamed file is removed at one place and added at another.
 *
 * @example
 * ```ts
 * import { Kernel, OverlayBackend, TreeBackend } from "@effix/kernel"
 * import { Patch } from "@effix/platform"
 * import { Effect } from "effect"
 *
 * const main = Effect.gen(function*() {
 *   const overlay = yield* OverlayBackend.make({ lower: yield* TreeBackend.make({ "/motd": "good\nmorning\n" }) })
 *   const kernel = yield* Kernel.Kernel
 *   yield* kernel.mount("/srv", overlay)
 *   yield* kernel.writeFile("/srv/motd", "good\nevening\n")
 *   console.log(yield* Patch.make(yield* overlay.diff))
 * })
 * await Effect.runPromise(Effect.provide(main, Kernel.layer))
 * ```
 * ```text output
 * diff --git a/motd b/motd
 * --- a/motd
 * +++ b/motd
 * @@ -1,2 +1,2 @@
 *  good
 * -morning
 * +evening
 * ```
 *
 * @see https://git-scm.com/docs/diff-format
 */
import * as FileMode from "@effix/kernel/abi/FileMode"
import type { Difference, Version } from "@effix/kernel/backend/OverlayBackend"
import * as Bytes from "@effix/kernel/Bytes"
import type { StorageError } from "@effix/kernel/VfsBackend"
import { structuredPatch } from "diff"
import * as Effect from "effect/Effect"

/** What git keeps of a file: its mode, and its bytes, which for a symbolic link are where it points. */
interface Blob {
  readonly mode: "100644" | "100755" | "120000"
  readonly bytes: Uint8Array
}

const blobOf = (version: Version | undefined): Effect.Effect<Blob | undefined, StorageError> => {
  if (version === undefined) return Effect.succeed(undefined)
  const { content, mode, target = "" } = version
  if (FileMode.isSymlink(mode)) return Effect.succeed({ mode: "120000", bytes: Bytes.encode(target) })
  if (!FileMode.isRegular(mode)) return Effect.succeed(undefined)
  return Effect.map(content, (bytes) => ({ mode: (mode & 0o100) === 0 ? "100644" : "100755", bytes }))
}

/** The text of a file; `undefined` if it is none. */
const textOf = (bytes: Uint8Array): string | undefined => {
  if (bytes.includes(0)) return undefined
  try {
    // A mark of the byte order stays: it is a part of the file.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const escapes: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\r": "\\r", "\"": "\\\"", "\\": "\\\\" }

/** A name as git writes it: in quotes, and byte by byte, as soon as one of them is not plain. */
const quoted = (name: string): string => {
  if (/^[ !#-[\]-~]*$/.test(name)) return name
  const bytes = Array.from(Bytes.encode(name), (byte) => {
    const character = String.fromCharCode(byte)
    const plain = byte >= 0x20 && byte < 0x7f ? character : `\\${byte.toString(8).padStart(3, "0")}`
    return escapes[character] ?? plain
  })
  return `"${bytes.join("")}"`
}

/** A space in a name would be taken for its end, but for the tab behind it. */
const ended = (name: string): string => name.includes(" ") && !name.startsWith("\"") ? `${name}\t` : name

const header = (before: Blob | undefined, after: Blob | undefined): ReadonlyArray<string> => {
  if (before === undefined) return [`new file mode ${after?.mode}`]
  if (after === undefined) return [`deleted file mode ${before.mode}`]
  return before.mode === after.mode ? [] : [`old mode ${before.mode}`, `new mode ${after.mode}`]
}

const none = new Uint8Array(0)

/** The lines about one file; none when there is nothing that git would say. */
const linesOf = (path: string, before: Blob | undefined, after: Blob | undefined): ReadonlyArray<string> => {
  const [left, right] = [quoted(`a${path}`), quoted(`b${path}`)]
  const head = header(before, after)
  const [old, young] = [before?.bytes ?? none, after?.bytes ?? none]
  const same = Bytes.equal(old, young)
  if (same && head.length === 0) return []
  const top = [`diff --git ${left} ${right}`, ...head]
  if (same) return top
  const [from, to] = [before === undefined ? "/dev/null" : left, after === undefined ? "/dev/null" : right]
  const [oldText, newText] = [textOf(old), textOf(young)]
  if (oldText === undefined || newText === undefined) return [...top, `Binary files ${from} and ${to} differ`]
  const hunks = structuredPatch(from, to, oldText, newText, "", "", { context: 3 }).hunks.flatMap((hunk) => [
    `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`,
    ...hunk.lines
  ])
  return [...top, `--- ${ended(from)}`, `+++ ${ended(to)}`, ...hunks]
}

/** An empty range stands behind the line before it. */
const range = (start: number, lines: number): string => {
  const first = lines === 0 && start > 0 ? start - 1 : start
  return lines === 1 ? `${first}` : `${first},${lines}`
}

/** The differences as one text, which ends with a newline unless there are none. */
export const make = (differences: ReadonlyArray<Difference>): Effect.Effect<string, StorageError> =>
  Effect.map(
    Effect.forEach(differences, (each) =>
      Effect.zipWith(
        blobOf(each.change === "added" ? undefined : each.before),
        blobOf(each.change === "removed" ? undefined : each.after),
        (before, after) => before === undefined && after === undefined ? [] : linesOf(each.path, before, after)
      )),
    (files) => files.flat().map((line) => `${line}\n`).join("")
  )
