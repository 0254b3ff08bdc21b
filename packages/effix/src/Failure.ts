/**
 * What the promises of a machine are rejected with: errors with a stack, a `code`, and what led to them.
 *
 * @see errno(3)
 */
import * as Errno from "@effix/kernel/Errno"
import { ExecTimeout, OutputLimit } from "@effix/kernel/Kernel"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"

/** Any failure of a machine. `code` says which one, as with node's errors. */
export class Failure extends Error {
  override readonly name: string = "Failure"

  constructor(readonly code: string, message: string, options?: ErrorOptions) {
    super(message, options)
  }
}

/** The kernel refused, with an errno. */
export class KernelError extends Failure {
  override readonly name = "KernelError"
  /** The number of the errno on Linux. */
  readonly errno: number
  readonly syscall: string | undefined
  readonly path: string | undefined

  constructor(error: Errno.Any) {
    super(error._tag, error.message, { cause: error })
    this.errno = error.errno
    this.syscall = error.details?.syscall
    this.path = error.details?.path
  }
}

/** What a command had written when it was stopped. */
interface Written {
  readonly stdoutText: string
  readonly stderrText: string
}

/** The command was not done in time, and was killed with all that it had started. */
export class TimeoutError extends Failure {
  override readonly name = "TimeoutError"
  /** Milliseconds. */
  readonly timeout: number
  readonly stdout: string
  readonly stderr: string

  constructor(error: { readonly message: string; readonly timeout: Duration.Duration } & Written) {
    super("ETIMEDOUT", error.message, { cause: error })
    this.timeout = Duration.toMillis(error.timeout)
    this.stdout = error.stdoutText
    this.stderr = error.stderrText
  }
}

/** The command wrote more than it may, and was killed with all that it had started. */
export class OutputLimitError extends Failure {
  override readonly name = "OutputLimitError"
  /** Bytes. */
  readonly limit: number
  readonly stdout: string
  readonly stderr: string

  constructor(error: { readonly message: string; readonly limit: number } & Written) {
    super("EFBIG", error.message, { cause: error })
    this.limit = error.limit
    this.stdout = error.stdoutText
    this.stderr = error.stderrText
  }
}

/** The caller's signal was aborted, or the machine was closed meanwhile. */
export class AbortedError extends Failure {
  override readonly name = "AbortedError"

  constructor(cause: unknown) {
    super("ABORT_ERR", "The call was aborted", { cause })
  }
}

/** The error for what an effect ended with. */
export const fromCause = (cause: Cause.Cause<unknown>): Error => {
  if (Cause.isInterruptedOnly(cause)) return new AbortedError(cause)
  const error = Cause.squash(cause)
  if (Errno.isErrno(error)) return new KernelError(error)
  if (error instanceof ExecTimeout) return new TimeoutError(error)
  if (error instanceof OutputLimit) return new OutputLimitError(error)
  return error instanceof Error ? error : new Failure("EFFIX_BUG", String(error), { cause: error })
}
