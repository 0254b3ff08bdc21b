/** Ways out of a mounted directory, and races against what walks it. */
import type { FileSystem } from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import * as path from "node:path"
import type { HostCalls } from "../src/HostCalls.js"
import { calls } from "../src/node/NodeHostCalls.js"
import { codeOf, errnoOf, guest, onHost } from "./support/hostTree.js"

const kinds: ReadonlyArray<readonly [string, { readonly calls?: HostCalls }]> = [
  ["through FileSystem alone", {}],
  ["with what node can do besides", { calls }]
]

/** Does something once, right before the host opens a file. */
const beforeOpen = (interfere: () => void) => {
  let done = false
  return (host: FileSystem): FileSystem => ({
    ...host,
    open: (path, options) =>
      Effect.suspend(() => {
        if (!done && options?.flag !== "wx") {
          done = true
          interfere()
        }
        return host.open(path, options)
      })
  })
}

/** Does something once, right before the host is asked about a path that ends like this. */
const whileLooking = (how: { readonly calls?: HostCalls }, name: string, interfere: () => void) => {
  let asked = 0
  const look = (path: string): void => {
    if (path.endsWith(`/${name}`) && ++asked === 1) interfere()
  }
  const around = (host: FileSystem): FileSystem => ({
    ...host,
    stat: (path) =>
      Effect.suspend(() => {
        look(path)
        return host.stat(path)
      })
  })
  if (how.calls === undefined) return { around }
  const { calls } = how
  const lstat = (path: string) => {
    look(path)
    return calls.lstat(path)
  }
  return { around, calls: { ...calls, lstat } }
}

describe.each(kinds)("Out of a host directory, %s", (_, how) => {
  it.effect("no link leads: its target is walked in the kernel", () =>
    onHost(how, ({ files, outside, root }) =>
      Effect.gen(function*() {
        fs.symlinkSync(path.join(outside, "secret"), path.join(root, "absolute"))
        fs.symlinkSync("../outside/secret", path.join(root, "relative"))
        fs.symlinkSync("../outside", path.join(root, "directory"))
        fs.symlinkSync("/etc/hostname", path.join(root, "hostname"))
        expect(yield* codeOf(files.readFile("/host/absolute"))).toBe("ENOENT")
        expect(yield* codeOf(files.readFile("/host/relative"))).toBe("ENOENT")
        expect(yield* codeOf(files.readFile("/host/directory/secret"))).toBe("ENOENT")
        expect(yield* codeOf(files.readDirectory("/host/directory"))).toBe("ENOENT")
        expect(yield* codeOf(files.writeFileString("/host/directory/new", ""))).toBe("ENOENT")
        // The kernel's own file, not the host's.
        expect(yield* files.readFileString("/host/hostname")).toBe("effix\n")
        expect(fs.readdirSync(outside)).toEqual(["secret"])
      })))

  it.effect("no `..` leads, in a path or in the text of a link", () =>
    onHost(how, ({ files, root }) =>
      Effect.gen(function*() {
        fs.mkdirSync(path.join(root, "d"))
        expect(yield* codeOf(files.readFile("/host/../outside/secret"))).toBe("ENOENT")
        expect(yield* codeOf(files.readFile("/host/d/../../outside/secret"))).toBe("ENOENT")
        expect(yield* files.realPath("/host/d/../../host/d")).toBe("/host/d")
      })))

  it.effect("no link leads that a guest makes", () =>
    onHost(how, ({ files, outside, root }) =>
      Effect.gen(function*() {
        yield* files.symlink(outside, "/host/way-out")
        yield* files.symlink(path.join(outside, "new"), "/host/new")
        expect(fs.readlinkSync(path.join(root, "way-out"))).toBe(outside)
        expect(yield* codeOf(files.readFile("/host/way-out/secret"))).toBe("ENOENT")
        expect(yield* codeOf(files.writeFileString("/host/new", "", { flag: "wx" }))).toBe("EEXIST")
        yield* Effect.ignore(files.writeFileString("/host/new", ""))
        yield* Effect.ignore(files.chmod("/host/way-out", 0o777))
        yield* files.remove("/host/way-out")
        expect(fs.readdirSync(outside)).toEqual(["secret"])
      })))

  it.effect("no link leads that is put in place of a file while it is opened", () => {
    let swap = () => {}
    return onHost({ ...how, around: beforeOpen(() => swap()) }, ({ files, outside, root }) =>
      Effect.gen(function*() {
        const victim = path.join(root, "f")
        fs.writeFileSync(victim, "harmless")
        swap = () => {
          fs.unlinkSync(victim)
          fs.symlinkSync(path.join(outside, "secret"), victim)
        }
        // Looked up once more, it is a link by now, and leads to where there is nothing in the kernel.
        expect(yield* codeOf(files.readFile("/host/f"))).toBe("ENOENT")
      }))
  })

  it.effect("no link leads that is put in place of a directory while a file in it is opened", () => {
    let swap = () => {}
    return onHost({ ...how, around: beforeOpen(() => swap()) }, ({ files, outside, root }) =>
      Effect.gen(function*() {
        const directory = path.join(root, "d")
        fs.mkdirSync(directory)
        fs.writeFileSync(path.join(directory, "secret"), "harmless")
        swap = () => {
          fs.renameSync(directory, path.join(root, "elsewhere"))
          fs.symlinkSync(outside, directory)
        }
        expect(yield* codeOf(files.readFile("/host/d/secret"))).toBe("ENOENT")
      }))
  })

  it.effect("nobody is led who looks for a name in a directory while the host moves that out, or puts a link in its place", () =>
    Effect.forEach([false, true], (links) => {
      let move = () => {}
      return onHost(whileLooking(how, "d/secret", () => move()), ({ files, outside, root }) =>
        Effect.gen(function*() {
          const directory = path.join(root, "d")
          fs.mkdirSync(directory)
          fs.writeFileSync(path.join(directory, "secret"), "harmless")
          move = () => {
            fs.renameSync(directory, path.join(outside, "moved"))
            if (links) fs.symlinkSync(outside, directory)
          }
          expect(yield* codeOf(files.readFile("/host/d/secret"))).toBe("ENOENT")
          expect(yield* codeOf(files.readFile("/host/d/../d/secret"))).toBe("ENOENT")
        }))
    }))

  it.effect("no `..` leads who stands in a directory that the host has moved out", () =>
    onHost(how, ({ kernel, outside, root }) =>
      Effect.gen(function*() {
        fs.mkdirSync(path.join(root, "d/e"), { recursive: true })
        const found: Array<string> = []
        yield* guest(kernel, (sys) =>
          Effect.gen(function*() {
            yield* sys.chdir("/host/d/e")
            fs.renameSync(path.join(root, "d"), path.join(outside, "d"))
            const out = [
              "../../secret",
              "../secret",
              "secret",
              "../../../outside/secret",
              "/proc/self/cwd/../../secret"
            ]
            for (const each of out) found.push(yield* errnoOf(sys.open(each, 0)))
          }))
        expect(found).toEqual(["ENOENT", "ENOENT", "ENOENT", "ENOENT", "ENOENT"])
      })))

  it.effect("no link leads through /proc/self/root: that is the kernel's", () =>
    onHost(how, ({ kernel, outside, root }) =>
      Effect.gen(function*() {
        fs.symlinkSync("/proc/self/root/etc/hostname", path.join(root, "name"))
        fs.symlinkSync(`/proc/self/root${outside}/secret`, path.join(root, "secret"))
        const found: Array<string> = []
        yield* guest(kernel, (sys) =>
          Effect.gen(function*() {
            const fd = yield* sys.open("/host/name", 0)
            const into = new Uint8Array(100)
            found.push(new TextDecoder().decode(into.subarray(0, yield* sys.read(fd, into))))
            for (const each of ["/host/secret", `/proc/self/root/host/..${outside}/secret`]) {
              found.push(yield* errnoOf(sys.open(each, 0)))
            }
          }))
        expect(found).toEqual(["effix\n", "ENOENT", "ENOENT"])
      })))

  it.effect("nobody is led who stands in a directory that is replaced by a link", () =>
    onHost(how, ({ files, outside, root }) =>
      Effect.scoped(Effect.gen(function*() {
        const directory = path.join(root, "d")
        fs.mkdirSync(directory)
        fs.writeFileSync(path.join(directory, "f"), "harmless")
        const file = yield* files.open("/host/d/f", { flag: "r+" })
        fs.renameSync(directory, path.join(root, "moved"))
        fs.symlinkSync(outside, directory)
        yield* file.write(new TextEncoder().encode("H"))
        expect(fs.readFileSync(path.join(root, "moved/f"), "utf8")).toBe("Harmless")
        expect(yield* codeOf(files.readFile("/host/d/secret"))).toBe("ENOENT")
        expect(yield* files.readFileString("/host/moved/f")).toBe("Harmless")
      }))))

  it.live(
    "guests that swap a directory and a link as fast as they can get nowhere",
    () =>
      onHost(how, ({ files, outside, root }) =>
        Effect.gen(function*() {
          fs.mkdirSync(path.join(root, "d"))
          fs.writeFileSync(path.join(root, "d/secret"), "harmless")
          yield* files.symlink(outside, "/host/link")
          const swap = Effect.gen(function*() {
            yield* files.rename("/host/d", "/host/aside")
            yield* files.rename("/host/link", "/host/d")
            yield* files.rename("/host/d", "/host/link")
            yield* files.rename("/host/aside", "/host/d")
          })
          const look = Effect.map(Effect.option(files.readFileString("/host/d/secret")), (found) => {
            if (found._tag === "Some") expect(found.value).toBe("harmless")
          })
          yield* Effect.raceFirst(
            Effect.repeatN(look, 300),
            Effect.forever(Effect.ignore(swap))
          )
          expect(fs.readFileSync(path.join(outside, "secret"), "utf8")).toBe("secret")
        })),
    30_000
  )
})
