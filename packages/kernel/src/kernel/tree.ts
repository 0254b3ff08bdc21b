/**
 * Files and directories that the host itself makes.
 */
import * as Effect from "effect/Effect"
import { O_TRUNC } from "../abi/OpenFlags.js"
import * as Bytes from "../Bytes.js"
import type { Any } from "../Errno.js"
import type { Process } from "../ProcessTable.js"
import type { Vfs } from "../Vfs.js"
import { writeNew } from "./boot.js"

/** Makes a directory and those above it, as far as they are missing. */
export const makeDirectories = (vfs: Vfs["Type"], init: Process, path: string): Effect.Effect<void, Any> =>
  Effect.gen(function*() {
    let at = ""
    for (const name of path.split("/").filter((each) => each !== "")) {
      at += `/${name}`
      yield* Effect.catchTag(vfs.mkdir(init, vfs.root, at, 0o755), "EEXIST", () => Effect.void)
    }
  })

/** Writes a whole file, whether or not there was one. */
export const writeFile = (
  vfs: Vfs["Type"],
  init: Process,
  path: string,
  content: string | Uint8Array,
  mode = 0o644
): Effect.Effect<void, Any> =>
  Effect.gen(function*() {
    yield* makeDirectories(vfs, init, path.slice(0, Math.max(0, path.lastIndexOf("/"))))
    yield* writeNew(vfs, init, path, typeof content === "string" ? Bytes.encode(content) : content, mode, O_TRUNC)
  })
