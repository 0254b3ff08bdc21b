/** One thing that is asked of a backend, and the few words in which cases are written. */
import * as FileMode from "@effix/kernel/abi/FileMode"
import type { Any } from "@effix/kernel/Errno"
import type { Inode, NewInode } from "@effix/kernel/Inode"
import type { Backend } from "@effix/kernel/VfsBackend"
import * as Effect from "effect/Effect"
import type { YieldWrap } from "effect/Utils"

/** What one backend cannot do and another can. */
export interface Options {
  /** Whether files may have holes and be larger than what is stored. Default: `true`. */
  readonly sparse?: boolean
  /** Whether owners and all twelve permission bits are kept. Default: `true`. */
  readonly owners?: boolean
  /** Whether names that differ in case alone differ. Default: `true`. */
  readonly caseSensitive?: boolean
  /** Whether names that are not UTF-8 are kept. Default: `true`. */
  readonly anyName?: boolean
  /** Whether there are FIFOs and device nodes. Default: `true`. */
  readonly special?: boolean
}

export interface Case {
  readonly name: string
  readonly body: (backend: Backend, options: Options) => Effect.Effect<void, Any>
}

type Steps = Generator<YieldWrap<Effect.Effect<unknown, Any>>, void, never>

/** A case that every backend has to pass. */
export const asks = (name: string, body: (disk: Disk, options: Options) => Steps): Case => ({
  name,
  body: (backend, options) => Effect.gen(() => body(new Disk(backend), options)) as Effect.Effect<void, Any>
})

/** A case for backends that have a method, or can do something. */
export const asksOf = (
  can: (backend: Backend, options: Options) => boolean,
  name: string,
  body: (disk: Disk, options: Options) => Steps
): Case => ({
  name,
  body: (backend, options) => can(backend, options) ? asks(name, body).body(backend, options) : Effect.void
})

/** Says what is wrong. */
export const expect = (holds: boolean, otherwise: string): void => {
  if (!holds) throw new Error(otherwise)
}

export const same = (what: string, actual: unknown, expected: unknown): void => {
  const show = (value: unknown): string =>
    JSON.stringify(value, (_, each: unknown) => typeof each === "bigint" ? `${each}n` : each) ?? "undefined"
  if (show(actual) !== show(expected)) throw new Error(`${what} is ${show(actual)} and not ${show(expected)}`)
}

/** A backend, with a clock that ticks at every change. */
export class Disk {
  now = 1_000_000_000_000_000_000n

  constructor(readonly backend: Backend) {}

  get root(): Inode {
    return this.backend.root
  }

  tick(): bigint {
    return (this.now += 1_000_000_000n)
  }

  made(mode: number, more: Partial<NewInode> = {}): NewInode {
    return { mode, uid: 0, gid: 0, rdev: 0, now: this.tick(), ...more }
  }

  make(directory: Inode, name: string, mode: number, more?: Partial<NewInode>): Effect.Effect<Inode, Any> {
    return Effect.suspend(() => this.backend.create(directory, name, this.made(mode, more)))
  }

  file(name: string, content = "", directory = this.root): Effect.Effect<Inode, Any> {
    return Effect.tap(
      this.make(directory, name, FileMode.S_IFREG | 0o644),
      (inode) => content === "" ? Effect.void : this.write(inode, 0, bytes(content))
    )
  }

  directory(name: string, parent = this.root): Effect.Effect<Inode, Any> {
    return this.make(parent, name, FileMode.S_IFDIR | 0o755)
  }

  lookup(directory: Inode, name: string): Effect.Effect<Inode, Any> {
    return Effect.suspend(() => this.backend.lookup(directory, name))
  }

  write(inode: Inode, offset: number, from: Uint8Array): Effect.Effect<number, Any> {
    return Effect.suspend(() => this.backend.write(inode, offset, from, this.tick()))
  }

  read(inode: Inode, offset: number, length: number): Effect.Effect<Uint8Array, Any> {
    return Effect.suspend(() => {
      const into = new Uint8Array(length)
      return Effect.map(this.backend.read(inode, offset, into), (count) => into.subarray(0, count))
    })
  }

  /** The whole content, as text. */
  text(inode: Inode): Effect.Effect<string, Any> {
    return Effect.map(this.read(inode, 0, inode.size + 10), (content) => String.fromCharCode(...content))
  }

  truncate(inode: Inode, size: number): Effect.Effect<void, Any> {
    return Effect.suspend(() => this.backend.truncate(inode, size, this.tick()))
  }

  unlink(name: string, inode: Inode, directory = this.root): Effect.Effect<void, Any> {
    return Effect.suspend(() => this.backend.unlink(directory, name, inode, this.tick()))
  }

  rmdir(name: string, inode: Inode, parent = this.root): Effect.Effect<void, Any> {
    return Effect.suspend(() => this.backend.rmdir(parent, name, inode, this.tick()))
  }

  link(inode: Inode, name: string, directory = this.root): Effect.Effect<void, Any> {
    return Effect.suspend(() => this.backend.link!(inode, directory, name, this.tick()))
  }

  rename(
    from: Inode,
    name: string,
    inode: Inode,
    to: Inode,
    newName: string,
    replaced?: Inode,
    exchange = false
  ): Effect.Effect<void, Any> {
    return Effect.suspend(() => this.backend.rename(from, name, inode, to, newName, replaced, exchange, this.tick()))
  }

  /** As the kernel does for an open file. */
  hold(inode: Inode): Effect.Effect<void, Any> {
    return Effect.suspend(() => {
      inode.references++
      return this.backend.retain?.(inode) ?? Effect.void
    })
  }

  letGo(inode: Inode): Effect.Effect<void> {
    return Effect.suspend(() => {
      inode.references--
      return inode.references === 0 ? this.backend.release?.(inode) ?? Effect.void : Effect.void
    })
  }

  /** Every name of a directory, asked for `limit` at a time. */
  names(directory = this.root, limit = 100): Effect.Effect<ReadonlyArray<string>, Any> {
    const { backend } = this
    return Effect.gen(function*() {
      const all: Array<string> = []
      for (let cursor = 0;;) {
        const entries = yield* backend.list(directory, cursor, limit)
        if (entries.length === 0) return all
        for (const entry of entries) all.push(entry.name)
        cursor = entries[entries.length - 1]!.cursor
      }
    })
  }

  /** The errno with which it fails; `undefined` if it does not. */
  code<A>(effect: Effect.Effect<A, Any>): Effect.Effect<string | undefined> {
    return Effect.match(effect, { onFailure: ({ _tag }) => _tag, onSuccess: () => undefined })
  }
}

export const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0))
