/**
 * What calls that take a path may answer.
 */
import type { Errno } from "../../Errno.js"

/** What any path walk may answer. @see path_resolution(7) */
export type PathError = Errno<"EACCES" | "EIO" | "ELOOP" | "ENAMETOOLONG" | "ENOENT" | "ENOTDIR" | "EPERM" | "ESTALE">
/** A walk that begins at a directory's descriptor. */
export type PathAtError = PathError | Errno<"EBADF">
/** A change under a path. */
export type ChangePathError = PathError | Errno<"EDQUOT" | "ENOSPC" | "EROFS" | "EOPNOTSUPP" | "EINVAL">
export type OpenError =
  | ChangePathError
  | Errno<
    | "EAGAIN"
    | "EBUSY"
    | "EEXIST"
    | "EFBIG"
    | "EINTR"
    | "EISDIR"
    | "EMFILE"
    | "EMLINK"
    | "ENFILE"
    | "ENODEV"
    | "ENXIO"
    | "EBADF"
    | "ETXTBSY"
    | "EXDEV"
  >
export type CreatePathError = ChangePathError | Errno<"EEXIST" | "EMLINK" | "EBADF">
export type RemovePathError = ChangePathError | Errno<"EBUSY" | "EISDIR" | "ENOTEMPTY" | "EBADF">
export type RenamePathError =
  | ChangePathError
  | Errno<"EBUSY" | "EEXIST" | "EISDIR" | "EMLINK" | "ENOTEMPTY" | "EXDEV" | "EBADF">
export type AttributePathError = ChangePathError | Errno<"EBADF">
export type TruncateError = AttributePathError | Errno<"EFBIG" | "EINTR" | "EISDIR" | "ETXTBSY">
export type ExecError =
  | PathError
  | Errno<"E2BIG" | "EINTR" | "EINVAL" | "EISDIR" | "ENOEXEC" | "ENOMEM" | "EMFILE" | "ENFILE" | "ETXTBSY">
export type SpawnError = ExecError | OpenError | Errno<"EAGAIN" | "EBADF" | "EPERM" | "ESRCH" | "ENOTTY">
export type TerminalError = Errno<"EBADF" | "ENOTTY" | "EIO" | "EINTR">
