import type { Errno } from "@effix/kernel"
import * as Effect from "effect/Effect"
import { expect, test } from "tstyche"

declare const open: Effect.Effect<number, Errno.Errno<"EACCES" | "ENOENT">>

test("catchTag takes one errno out", () => {
  expect(open.pipe(Effect.catchTag("ENOENT", () => Effect.succeed(0)))).type.toBe<
    Effect.Effect<number, Errno.Errno<"EACCES">>
  >()
})
