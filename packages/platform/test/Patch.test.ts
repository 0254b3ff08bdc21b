/** What an overlay has changed, as a patch that git takes. */
import { describe, expect, it } from "@effect/vitest"
import * as OverlayBackend from "@effix/kernel/backend/OverlayBackend"
import * as TreeBackend from "@effix/kernel/backend/TreeBackend"
import * as Kernel from "@effix/kernel/Kernel"
import { Sys } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Patch from "../src/Patch.js"

type Content = Parameters<typeof TreeBackend.make>[0]

/** The patch of what `change`, which stands in the overlay, does to a tree. */
const patchOf = (before: Content, change: (sys: Sys["Type"]) => Effect.Effect<unknown, unknown>) =>
  Effect.gen(function*() {
    const overlay = yield* OverlayBackend.make({ lower: yield* TreeBackend.make(before) })
    const kernel = yield* Kernel.Kernel
    yield* kernel.mount("/work", overlay)
    const program = Effect.gen(function*() {
      const sys = yield* Sys
      yield* sys.chdir("/work")
      return yield* Effect.as(change(sys), 0)
    })
    const { wait } = yield* kernel.spawn(Effect.orDie(program))
    expect(yield* wait).toMatchObject({ code: 0 })
    return yield* Patch.make(yield* overlay.diff)
  }).pipe(Effect.scoped, Effect.provide(Kernel.layer))

const O_WRONLY_CREAT_TRUNC = 0o1101

const write = (sys: Sys["Type"], file: string, content: string | Uint8Array) =>
  Effect.gen(function*() {
    const fd = yield* sys.open(file, O_WRONLY_CREAT_TRUNC, 0o644)
    yield* sys.write(fd, typeof content === "string" ? new TextEncoder().encode(content) : content)
    yield* sys.close(fd)
  })

/** Every file below a directory of this machine: its mode, and its bytes or target. */
const files = (top: string, at = ""): Record<string, string> =>
  Object.assign(
    {},
    ...fs.readdirSync(path.join(top, at)).map((name) => {
      const file = path.join(at, name)
      const stat = fs.lstatSync(path.join(top, file))
      if (stat.isDirectory()) return files(top, file)
      return stat.isSymbolicLink()
        ? { [file]: `-> ${fs.readlinkSync(path.join(top, file))}` }
        : { [file]: `${(stat.mode & 0o100) === 0 ? "-" : "x"} ${fs.readFileSync(path.join(top, file), "latin1")}` }
    })
  )

/** Lets git apply a patch to files of this machine, and answers what is there then. */
const applied = (before: Readonly<Record<string, string>>, patch: string) => {
  const top = fs.mkdtempSync(path.join(os.tmpdir(), "effix-patch-"))
  try {
    for (const [name, content] of Object.entries(before)) {
      fs.mkdirSync(path.dirname(path.join(top, name)), { recursive: true })
      fs.writeFileSync(path.join(top, name), content)
    }
    execFileSync("git", ["apply", "--whitespace=nowarn"], {
      cwd: top,
      input: patch,
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, GIT_CEILING_DIRECTORIES: path.dirname(top) }
    })
    return files(top)
  } finally {
    fs.rmSync(top, { recursive: true, force: true })
  }
}

const long = Array.from({ length: 30 }, (_, i) => `line ${i}\n`).join("")

describe("a patch", () => {
  const before = {
    "a.txt": "one\ntwo\n",
    "long.txt": long,
    "d/gone.txt": "bye\n",
    "name with space": "x\n",
    "ü": "u\n"
  }

  it.effect("is taken by git, and leaves what the overlay has", () =>
    Effect.gen(function*() {
      const patch = yield* patchOf(
        Object.fromEntries(Object.entries(before).map(([name, content]) => [`/${name}`, content])),
        (sys) =>
          Effect.gen(function*() {
            yield* write(sys, "a.txt", "one\n2")
            yield* write(sys, "long.txt", long.replace("line 3\n", "").replace("line 20\n", "line 20\nand more\n"))
            yield* sys.unlink("d/gone.txt")
            yield* write(sys, "d/new", "fresh\n")
            yield* write(sys, "empty", "")
            yield* write(sys, "name with space", "y\n")
            yield* write(sys, "ü", "")
            yield* sys.chmod("a.txt", 0o755)
            yield* sys.symlink("a.txt", "link")
            yield* write(sys, "tab\tand \"quotes\"", "q\n")
          })
      )
      expect(applied(before, patch)).toEqual({
        "a.txt": "x one\n2",
        "long.txt": `- ${long.replace("line 3\n", "").replace("line 20\n", "line 20\nand more\n")}`,
        "d/new": "- fresh\n",
        empty: "- ",
        "name with space": "- y\n",
        "ü": "- ",
        link: "-> a.txt",
        "tab\tand \"quotes\"": "- q\n"
      })
    }))

  it.effect("says no more of bytes that are no text than that they differ", () =>
    Effect.gen(function*() {
      const patch = yield* patchOf({ "/b": new Uint8Array([0, 1]) }, (sys) =>
        Effect.gen(function*() {
          yield* write(sys, "b", new Uint8Array([0, 2]))
          yield* write(sys, "latin", new Uint8Array([0xe4, 10]))
        }))
      expect(patch).toBe(
        "diff --git a/b b/b\nBinary files a/b and b/b differ\n" +
          "diff --git a/latin b/latin\nnew file mode 100644\nBinary files /dev/null and b/latin differ\n"
      )
    }))

  it.effect("is empty when nothing has changed that git keeps", () =>
    Effect.gen(function*() {
      const patch = yield* patchOf({ "/a": "x" }, (sys) =>
        Effect.gen(function*() {
          yield* sys.mkdir("d")
          yield* sys.mkfifo("fifo", 0o644)
          yield* sys.chmod("a", 0o600)
        }))
      expect(patch).toBe("")
    }))

  it.effect("turns a file into a link, and back, by taking one away and adding the other", () =>
    Effect.gen(function*() {
      const patch = yield* patchOf(
        { "/a": "text\n" },
        (sys) => Effect.zipRight(sys.unlink("a"), sys.symlink("elsewhere", "a"))
      )
      expect(applied({ a: "text\n" }, patch)).toEqual({ a: "-> elsewhere" })
    }))
})
