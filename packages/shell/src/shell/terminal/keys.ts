/**
 * The keys that are pressed while a line is edited.
 */
import { type Key, KeyDecoder } from "../../internal/Keys.js"
import { call, type Run, type Shell } from "../state/Shell.js"

/** The next key, or that a signal came before it; `undefined` at the end of input. */
export function* readKey(shell: Shell): Run<Key | "interrupted" | undefined> {
  const decoder = new KeyDecoder()
  const one = new Uint8Array(1)
  for (;;) {
    const count = yield* call(shell.sys.read(0, one))
    if (count === 0) return decoder.pending ? decoder.flush() : undefined
    if (typeof count !== "number") {
      if (count._tag !== "EINTR") return decoder.pending ? decoder.flush() : undefined
      if (!decoder.pending) return "interrupted"
      continue
    }
    const key = decoder.take(one[0]!)
    if (key !== undefined) return key
  }
}
