import { BadArgument, SystemError, type SystemErrorReason } from "@effect/platform/Error"
import { expect, it } from "@effect/vitest"
import * as Errno from "@effix/kernel/Errno"
import * as Effect from "effect/Effect"
import * as Errors from "../src/host/errors.js"

const failure = (reason: SystemErrorReason, cause?: unknown) =>
  Effect.fail(new SystemError({ reason, module: "FileSystem", method: "open", cause }))

const coded = (code: string) => failure("Unknown", Object.assign(new Error(code), { code }))

const answer = (error: ReturnType<typeof failure>, allowed: ReadonlyArray<Errno.Code> = Errors.renames) =>
  Effect.map(Effect.flip(Errors.only(allowed, Errors.asked(error))), ({ _tag }) => _tag)

it.effect.each(
  [
    ["ENOENT", "ENOENT"],
    ["EACCES", "EACCES"],
    ["EEXIST", "EEXIST"],
    ["ENOTEMPTY", "ENOTEMPTY"],
    ["ENOSPC", "ENOSPC"],
    ["EDQUOT", "EDQUOT"],
    ["EROFS", "EROFS"],
    ["EPERM", "EPERM"],
    ["EXDEV", "EXDEV"],
    ["EBUSY", "EBUSY"],
    ["EMLINK", "EMLINK"],
    // What cannot be true of the file that was asked about is true of another in its place.
    ["ENOTDIR", "ESTALE"],
    ["ELOOP", "ESTALE"],
    // What concerns the host alone.
    ["EMFILE", "EIO"],
    ["ENFILE", "EIO"],
    ["ERR_FS_CP_EINVAL", "EIO"]
  ] as const
)("The host's %s is the guest's %s", ([code, errno]) =>
  Effect.gen(function*() {
    expect(yield* answer(coded(code))).toBe(errno)
  }))

it.effect("A name that is too long for the host is one for the guest who makes it, and nothing for who looks it up", () =>
  Effect.gen(function*() {
    expect(yield* answer(coded("ENAMETOOLONG"), Errors.creations)).toBe("ENAMETOOLONG")
    expect(yield* answer(coded("ENAMETOOLONG"), Errors.lookups)).toBe("ENOENT")
  }))

it.effect.each(
  [
    ["NotFound", "ENOENT"],
    ["PermissionDenied", "EACCES"],
    ["AlreadyExists", "EEXIST"],
    ["Busy", "EBUSY"],
    ["Unknown", "EIO"],
    ["TimedOut", "EIO"]
  ] as const
)("A platform without codes that says %s means %s", ([reason, errno]) =>
  Effect.gen(function*() {
    expect(yield* answer(failure(reason))).toBe(errno)
  }))

it.effect("An errno of a kernel below stays what it is", () =>
  Effect.gen(function*() {
    expect(yield* answer(failure("Unknown", Errno.make("ENOTEMPTY")))).toBe("ENOTEMPTY")
    const bad = Effect.fail(new BadArgument({ module: "FileSystem", method: "open" }))
    expect(yield* Effect.map(Effect.flip(Errors.asked(bad)), ({ _tag }) => _tag)).toBe("EINVAL")
  }))
