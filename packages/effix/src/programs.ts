/**
 * The programs that every machine of this package has.
 */
import type { Errno } from "@effix/kernel/Errno"
import type { Programs } from "@effix/kernel/Programs"
import * as Coreutils from "@effix/shell/Coreutils"
import * as Shell from "@effix/shell/Shell"
import * as Layer from "effect/Layer"

export const layer: Layer.Layer<never, Errno<"EEXIST" | "EINVAL">, Programs> = Layer.mergeAll(
  Shell.layer,
  Coreutils.layer
)
