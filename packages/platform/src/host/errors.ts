/**
 * From the errors of a platform to errnos.
 */
import type { PlatformError, SystemErrorReason } from "@effect/platform/Error"
import { errnoTable } from "@effix/kernel/abi/ErrnoTable"
import * as Errno from "@effix/kernel/Errno"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { isReady } from "./steps.js"

/** For platforms that say no code. */
const byReason: Record<SystemErrorReason, Errno.Code> = {
  AlreadyExists: "EEXIST",
  BadResource: "EINVAL",
  Busy: "EBUSY",
  InvalidData: "EINVAL",
  NotFound: "ENOENT",
  PermissionDenied: "EACCES",
  TimedOut: "EIO",
  UnexpectedEof: "EIO",
  Unknown: "EIO",
  WouldBlock: "EIO",
  WriteZero: "EIO"
}

const isCode = (code: unknown): code is Errno.Code => typeof code === "string" && code in errnoTable

/** The errno that a host's error stands for; `undefined` when it says none. */
const codeIn = (error: unknown): Errno.Code | undefined => {
  // The host may be a kernel itself.
  if (Errno.isErrno(error)) return error._tag
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined
  return isCode(code) ? code : undefined
}

export const codeOf = (error: PlatformError): Errno.Code =>
  codeIn(error.cause) ?? (error._tag === "SystemError" ? byReason[error.reason] : "EINVAL")

/** What a service of the platform answers, with its errno. */
export const asked = <A>(effect: Effect.Effect<A, PlatformError>): Effect.Effect<A, Errno.Any> =>
  Effect.mapError(effect, (error) => Errno.make(codeOf(error)))

/** What a synchronous call threw. */
export const thrown = (error: unknown): Exit.Exit<never, Errno.Any> => Errno.fail(codeIn(error) ?? "EIO")

export const storage = ["EIO", "ESTALE", "EACCES"] as const
export const lookups = [...storage, "ENOENT"] as const
export const changes = [...storage, "EDQUOT", "ENOSPC", "EPERM", "EROFS"] as const
export const creations = [...changes, "EEXIST", "EMLINK", "ENAMETOOLONG", "EOPNOTSUPP"] as const
export const removals = [...changes, "EBUSY", "ENOENT", "ENOTEMPTY"] as const
export const renames = [...removals, "EEXIST", "EINVAL", "EMLINK", "EXDEV"] as const
export const contents = [...changes, "EFBIG", "EINVAL", "EOPNOTSUPP"] as const

/** What an operation can always answer. */
type Common = "EIO" | "ESTALE"

/**
 * What cannot have happened to the file that was asked about happened to another in its place: ESTALE. Nothing is where no
 * path of the host reaches: ENOENT. Anything else that an operation may not answer (EMFILE of the host, say) is EIO to
 * the guest.
 */
const within = <C extends Errno.Code>(allowed: ReadonlyArray<C>, code: Errno.Code): C | Common =>
  allowed.find((each) => each === code || (code === "ENAMETOOLONG" && each === "ENOENT")) ??
    (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP" ? "ESTALE" : "EIO")

const narrowed = <C extends Errno.Code>(allowed: ReadonlyArray<C>, error: Errno.Any): Errno.Errno<C | Common> =>
  Errno.make<C | Common>(within(allowed, error._tag), error.details)

/** The same answer, with an errno that the operation may give. */
export const only = <A, const C extends Errno.Code>(
  allowed: ReadonlyArray<C>,
  answer: Effect.Effect<A, Errno.Any>
): Effect.Effect<A, Errno.Errno<C | Common>> => {
  if (!isReady(answer)) return Effect.mapError(answer, (error) => narrowed(allowed, error))
  if (answer._tag === "Success") return Exit.succeed(answer.value)
  const { cause } = answer
  return cause._tag === "Fail" && cause.error.details === undefined
    ? Errno.fail(within(allowed, cause.error._tag))
    : Effect.mapError(answer, (error) => narrowed(allowed, error))
}
