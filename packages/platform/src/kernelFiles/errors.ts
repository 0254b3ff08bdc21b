/**
 * From errnos to the errors of a platform.
 */
import { type PlatformError, SystemError, type SystemErrorReason } from "@effect/platform/Error"
import type * as Errno from "@effix/kernel/Errno"
import * as Effect from "effect/Effect"

/** As `@effect/platform-node` maps them; what is missing is `Unknown` there too. */
const reasons: Partial<Record<Errno.Code, SystemErrorReason>> = {
  EACCES: "PermissionDenied",
  EBUSY: "Busy",
  EEXIST: "AlreadyExists",
  EISDIR: "BadResource",
  ELOOP: "BadResource",
  ENOENT: "NotFound",
  ENOTDIR: "BadResource"
}

type Module = "FileSystem" | "Command" | "Terminal"

/** An errno as the error that a method of a service fails with. */
export const systemError = (
  module: Module,
  method: string,
  pathOrDescriptor: string | number,
  error: Errno.Any
): PlatformError =>
  new SystemError({
    reason: reasons[error._tag] ?? "Unknown",
    module,
    method,
    pathOrDescriptor,
    syscall: error.details?.syscall,
    description: error.message,
    cause: error
  })

/** What a method of FileSystem answers: `call` is made when the effect runs. */
export const attempt = <A>(
  method: string,
  path: string | number,
  call: () => Effect.Effect<A, Errno.Any>
): Effect.Effect<A, PlatformError> =>
  Effect.mapError(Effect.suspend(call), (error) => systemError("FileSystem", method, path, error))
