/**
 * Files and directories with names that nobody else has.
 *
 * @see mkdtemp(3)
 */
import type { PlatformError } from "@effect/platform/Error"
import type { MakeTempDirectoryOptions, MakeTempFileOptions } from "@effect/platform/FileSystem"
import * as OpenFlags from "@effix/kernel/abi/OpenFlags"
import type * as Errno from "@effix/kernel/Errno"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { type Caller, using } from "./Caller.js"
import { attempt } from "./errors.js"
import * as Trees from "./trees.js"

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
const DIRECTORY = "/tmp"

const randomName = (length: number): Effect.Effect<string> =>
  Effect.map(
    Effect.replicateEffect(Random.nextIntBetween(0, LETTERS.length), length),
    (numbers) => numbers.map((number) => LETTERS[number]).join("")
  )

/** Makes a directory that only its owner may enter. */
export const makeDirectory = (
  caller: Caller,
  method: string,
  { directory = DIRECTORY, prefix = "" }: MakeTempDirectoryOptions = {}
): Effect.Effect<string, PlatformError> => {
  const { process, vfs } = caller
  const once: Effect.Effect<string, Errno.Any> = Effect.flatMap(randomName(6), (random) => {
    const path = `${directory}/${prefix}${random}`
    return Effect.as(Effect.suspend(() => vfs.mkdir(process, process.cwd, path, 0o700)), path)
  })
  return attempt(method, `${directory}/${prefix}`, () => Effect.retry(once, { while: ({ _tag }) => _tag === "EEXIST" }))
}

/** Makes an empty file in a directory of its own. */
export const makeFile = (
  caller: Caller,
  method: string,
  options: MakeTempFileOptions = {}
): Effect.Effect<{ readonly directory: string; readonly file: string }, PlatformError> =>
  Effect.gen(function*() {
    const directory = yield* makeDirectory(caller, method, options)
    const file = `${directory}/${yield* randomName(12)}${options.suffix ?? ""}`
    const flags = OpenFlags.O_RDWR | OpenFlags.O_CREAT | OpenFlags.O_EXCL
    yield* attempt(method, file, () => using(caller, file, flags, 0o600, () => Effect.void))
    return { directory, file }
  })

export const remove = (caller: Caller, path: string): Effect.Effect<void> =>
  Effect.orDie(Trees.remove(caller, path, { recursive: true, force: true }))
