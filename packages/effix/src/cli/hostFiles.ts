/**
 * Files of the host that the command line names.
 */
import * as ErrnoTable from "@effix/kernel/abi/ErrnoTable"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import { CANNOT_RUN, MISUSED, NOT_FOUND } from "./statuses.js"

/** Ends the command with a status, once the complaint is made. */
export class Refusal extends Data.TaggedError("Refusal")<{ readonly status: number; readonly complaint: string }> {}

export const refuse = (status: number, complaint: string): Effect.Effect<never, Refusal> =>
  Effect.fail(new Refusal({ status, complaint }))

const isCode = (code: unknown): code is Errno.Code => typeof code === "string" && code in ErrnoTable.errnoTable

/** The text of strerror(3) for an error of node's or the kernel's. */
export const textOf = (error: unknown): string => {
  if (Errno.isErrno(error)) return Errno.text(error._tag)
  const code = error instanceof Error && "code" in error ? error.code : undefined
  return isCode(code) ? Errno.text(code) : String(error)
}

const isMissing = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT"

/** Whether a host directory can be mounted. */
export const checkDirectory = (host: string, readOnly: boolean): Effect.Effect<void, Refusal> =>
  Effect.try({
    try: () => {
      const isDirectory = fs.statSync(host).isDirectory()
      if (isDirectory) fs.accessSync(host, fs.constants.R_OK | fs.constants.X_OK)
      return isDirectory
    },
    catch: (error) =>
      new Refusal({
        status: MISUSED,
        complaint: `--mount ${host}: ${textOf(error)}; name a directory of this host that you may ${
          readOnly ? "read" : "read and write"
        }`
      })
  }).pipe(
    Effect.filterOrElse((isDirectory) => isDirectory, () =>
      refuse(MISUSED, `--mount ${host}: Not a directory; mount the directory that it lies in`)),
    Effect.asVoid
  )

/** The text of a script in a file of the host. */
export const scriptIn = (file: string): Effect.Effect<string, Refusal> =>
  Effect.try({
    try: () => Bytes.decode(fs.readFileSync(file)),
    catch: (error) =>
      new Refusal({
        status: isMissing(error) ? NOT_FOUND : CANNOT_RUN,
        complaint: `${file}: ${textOf(error)}; name a script of this host, or give its text with -c`
      })
  })
