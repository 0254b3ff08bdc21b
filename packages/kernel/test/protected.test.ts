/** What an administrator may forbid in sticky directories, and about hard links; each answer is that of Linux's source. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { O_CREAT, O_NONBLOCK, O_RDWR, O_WRONLY } from "../src/abi/OpenFlags.js"
import * as Bytes from "../src/Bytes.js"
import type { Any } from "../src/Errno.js"
import type { SystemCalls } from "../src/Sys.js"
import { errnoOf, inChild, inProcess, read } from "./support/run.js"

const OWNER = 5
const OTHER = 7

const set = (sys: SystemCalls, name: string, value: number) =>
  Effect.flatMap(
    sys.open(`/proc/sys/fs/${name}`, O_WRONLY),
    (fd) => Effect.zipRight(sys.write(fd, Bytes.encode(`${value}\n`)), sys.close(fd))
  )

/** What a call answers to somebody. */
const asUser = (sys: SystemCalls, uid: number, call: (own: SystemCalls) => Effect.Effect<unknown, Any>) =>
  Effect.gen(function*() {
    let answer = ""
    const child = yield* sys.spawn(inChild((own) =>
      Effect.gen(function*() {
        yield* own.setresuid(uid, uid, uid)
        answer = yield* errnoOf(call(own))
      })
    ))
    yield* sys.wait4(child)
    return answer
  })

/** A directory of somebody's with a file, a FIFO and a link of somebody else in it. */
const directory = (sys: SystemCalls, mode: number, owner = 0) =>
  Effect.gen(function*() {
    yield* sys.mkdir("/d")
    yield* sys.chown("/d", owner, 0)
    for (const name of ["file", "fifo", "link"]) {
      if (name === "link") yield* sys.symlink("/d/file", "/d/link")
      else if (name === "fifo") yield* sys.mknod("/d/fifo", 0o010666)
      else yield* sys.mknod("/d/file", 0o100666)
      yield* sys.lchown(`/d/${name}`, OWNER, OWNER)
      if (name !== "link") yield* sys.chmod(`/d/${name}`, 0o666)
    }
    yield* sys.chmod("/d", mode)
  })

const create = (path: string) => (own: SystemCalls) => own.open(path, O_CREAT | O_RDWR | O_NONBLOCK)

const test = (name: string, body: (sys: SystemCalls) => Effect.Effect<unknown, Any>) =>
  it.live(name, () => inProcess(body))

describe("fs.protected_regular and fs.protected_fifos", () => {
  for (const [setting, path] of [["protected_regular", "/d/file"], ["protected_fifos", "/d/fifo"]] as const) {
    test(`${setting}: 1 is about directories that all may write to, 2 about those of a group as well`, (sys) =>
      Effect.gen(function*() {
        yield* directory(sys, 0o1777)
        const answers: Array<string> = []
        for (const value of [0, 1, 2]) {
          yield* set(sys, setting, value)
          for (const mode of [0o777, 0o1777, 0o1775]) {
            yield* sys.chmod("/d", mode)
            answers.push(yield* asUser(sys, OTHER, create(path)))
          }
        }
        expect(answers).toEqual([
          ...["success", "success", "success"],
          ...["success", "EACCES", "success"],
          ...["success", "EACCES", "EACCES"]
        ])
        // Without O_CREAT, to its owner, and where the directory is of the same owner.
        yield* sys.chmod("/d", 0o1777)
        expect(yield* asUser(sys, OTHER, (own) => own.open(path, O_RDWR | O_NONBLOCK))).toBe("success")
        expect(yield* asUser(sys, OWNER, create(path))).toBe("success")
        yield* sys.chown("/d", OWNER, 0)
        expect(yield* asUser(sys, OTHER, create(path))).toBe("success")
      }))
  }
})

describe("fs.protected_symlinks", () => {
  test("links of others are not followed where all may put them, at the end of a path", (sys) =>
    Effect.gen(function*() {
      yield* directory(sys, 0o1777)
      yield* sys.symlink("/d", "/d/here")
      yield* sys.lchown("/d/here", OWNER, OWNER)
      const opens = (path: string) => (own: SystemCalls) => own.open(path, O_RDWR)
      expect(yield* asUser(sys, OTHER, opens("/d/link"))).toBe("success")
      yield* set(sys, "protected_symlinks", 1)
      expect(yield* asUser(sys, OTHER, opens("/d/link"))).toBe("EACCES")
      expect(yield* asUser(sys, OTHER, (own) => own.readlink("/d/link"))).toBe("success")
      expect(yield* asUser(sys, OTHER, opens("/d/here/file"))).toBe("success")
      expect(yield* asUser(sys, OWNER, opens("/d/link"))).toBe("success")
      expect(yield* errnoOf(sys.open("/d/link", O_RDWR))).toBe("EACCES")
      yield* sys.chown("/d", OWNER, 0)
      expect(yield* asUser(sys, OTHER, opens("/d/link"))).toBe("success")
    }))
})

describe("fs.protected_hardlinks", () => {
  test("is on, and lets anybody give any file a name when it is off", (sys) =>
    Effect.gen(function*() {
      yield* directory(sys, 0o777)
      yield* sys.chmod("/d/file", 0o600)
      const links = (own: SystemCalls) => own.link("/d/file", "/d/name")
      expect(yield* asUser(sys, OTHER, links)).toBe("EPERM")
      yield* set(sys, "protected_hardlinks", 0)
      expect(yield* asUser(sys, OTHER, links)).toBe("success")
      expect(yield* errnoOf(set(sys, "protected_hardlinks", 2))).toBe("EINVAL")
      const fd = yield* sys.open("/proc/sys/fs/protected_hardlinks", 0)
      expect(yield* read(sys, fd)).toBe("0\n")
      expect(yield* asUser(sys, OTHER, (own) => set(own, "protected_hardlinks", 1))).toBe("EACCES")
    }))
})
