import { expect, it } from "@effect/vitest"
import { Kernel } from "@effix/kernel"
import * as Effect from "effect/Effect"
import { TestKernel } from "../support.js"
import { sameAsGnu } from "./support/Differential.js"

const m = (...args: ReadonlyArray<string>) => ({
  argv: ["mountpoint", ...args],
  tree: { f: "", "d/x": "" },
  left: false
})

sameAsGnu("mountpoint", [
  m(),
  m("/"),
  m("-q", "/"),
  m("/proc"),
  m("d"),
  m("-q", "d"),
  m("d/.."),
  m("f"),
  m("-d", "d"),
  m("nope"),
  m("-q", "nope"),
  m("-x", "f"),
  m("-x", "/dev/null"),
  m("-n", "/"),
  m("/", "/proc")
])

sameAsGnu("umount and mount", [
  { argv: ["umount"] },
  { argv: ["umount", "nope"], tree: {}, normalize: (text) => text.replace(/: .*nope:/, ": nope:") },
  { argv: ["mount", "nope"], tree: {}, normalize: (text) => text.replace(/: .*nope:/, ": nope:") },
  { argv: ["mount", "a", "b", "c"] }
])

it.effect("mount shows, binds, remounts and says what it cannot; umount undoes it", () =>
  Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const sh = (line: string) =>
      Effect.map(kernel.exec(line), ({ exitCode, stderrText, stdoutText }) => [exitCode, stdoutText + stderrText])
    expect(yield* sh("mount -t proc")).toEqual([0, "proc on /proc type proc (rw,nosuid,nodev,noexec,relatime)\n"])
    yield* sh("mkdir /tmp/a /tmp/b; touch /tmp/a/f")
    expect(yield* sh("mount --bind /tmp/a /tmp/b && ls /tmp/b && mountpoint /tmp/b")).toEqual([
      0,
      "f\n/tmp/b is a mountpoint\n"
    ])
    expect(yield* sh("mount -o remount,bind,ro /tmp/b && touch /tmp/b/g")).toEqual([
      1,
      "touch: cannot touch '/tmp/b/g': Read-only file system\n"
    ])
    expect(yield* sh("cd /tmp/b && umount /tmp/b")).toEqual([32, "umount: /tmp/b: target is busy.\n"])
    expect(yield* sh("umount /tmp/b && mountpoint /tmp/b")).toEqual([32, "/tmp/b is not a mountpoint\n"])
    expect(yield* sh("umount /tmp/b")).toEqual([32, "umount: /tmp/b: not mounted.\n"])
    expect(yield* sh("mount --bind --make-shared /tmp/a /tmp/b && mount --make-rslave /tmp/b; umount /tmp/b")).toEqual([
      0,
      ""
    ])
    expect(
      yield* sh(
        "mount --make-shared / && mount --bind /tmp/a /tmp/b && mkdir /tmp/a/d && mount -t tmpfs x /tmp/a/d" +
          "&& mountpoint /tmp/b/d; umount /tmp/b/d /tmp/b; mountpoint /tmp/a/d; mount --make-private /; rmdir /tmp/a/d"
      )
    ).toEqual([0, "/tmp/b/d is a mountpoint\n/tmp/a/d is not a mountpoint\n"])
    expect(yield* sh("mount --make-shared /tmp/b")).toEqual([
      32,
      "mount: /tmp/b: not mount point or bad option.\n"
    ])
    expect(yield* sh("mount -t none-such x /tmp/b")).toEqual([
      32,
      "mount: /tmp/b: unknown filesystem type 'none-such'.\n"
    ])
    expect(yield* sh("mount --bind /tmp/a /tmp/nope")).toEqual([32, "mount: /tmp/nope: mount point does not exist.\n"])
    expect((yield* sh("mount -t tmpfs -o size=1m t /tmp/b && mount -t tmpfs | grep /tmp/b"))[0]).toBe(0)
  }).pipe(Effect.provide(TestKernel)))
