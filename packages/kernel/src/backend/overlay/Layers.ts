/**
 * The layers below an overlay, seen as one: what is found first, from the top down, counts; directories of the same
 * name are one directory.
 *
 * A layer may hide what lies below it, as Linux's overlayfs writes it: a character device 0/0 stands for a name that is
 * gone, and the extended attribute `trusted.overlay.opaque` (or `user.overlay.opaque`) for a directory that is not merged.
 *
 * @see https://docs.kernel.org/filesystems/overlayfs.html
 */
import * as FileMode from "../../abi/FileMode.js"
import type { Inode } from "../../Inode.js"
import { orNothing } from "../../internal/orNothing.js"
import type { AttributeError, Backend, DirectoryEntry, LookupError } from "../../VfsBackend.js"

/** An inode of one layer. */
export interface Layered {
  readonly layer: number
  readonly backend: Backend
  readonly inode: Inode
}

/** What bears a name: one file, or the directories that are merged, the upper ones first. */
export type Found = readonly [Layered, ...ReadonlyArray<Layered>]

const opaqueNames = ["trusted.overlay.opaque", "user.overlay.opaque"]
const YES = 121

/** Attributes by which layers tell each other something; nobody above sees them. */
export const isPrivate = (name: string): boolean => /^(trusted|user)\.overlay\./.test(name)

export const isWhiteout = ({ mode, rdev }: Inode): boolean => FileMode.isCharacterDevice(mode) && rdev === 0

function* isOpaque({ backend, inode }: Layered) {
  if (backend.getAttribute === undefined) return false
  for (const name of opaqueNames) {
    const value: Uint8Array | undefined = yield* orNothing<Uint8Array, AttributeError>(
      backend.getAttribute(inode, name)
    )
    if (value?.[0] === YES) return true
  }
  return false
}

/** Looks for a name in merged directories; `undefined` when none of them has it. */
export function* find(directories: ReadonlyArray<Layered>, name: string) {
  const found: Array<Layered> = []
  for (let i = 0; i < directories.length; i++) {
    const { backend, inode: directory, layer } = directories[i]!
    const inode: Inode | undefined = yield* orNothing<Inode, LookupError>(backend.lookup(directory, name))
    if (inode === undefined) continue
    if (isWhiteout(inode)) break
    const isDirectory = FileMode.isDirectory(inode.mode)
    if (found.length > 0 && !isDirectory) break
    const here: Layered = { layer, backend, inode }
    found.push(here)
    if (!isDirectory || (i + 1 < directories.length && (yield* isOpaque(here)))) break
  }
  const [first, ...rest] = found
  return first === undefined ? undefined : [first, ...rest] satisfies Found
}

const PAGE = 1024

/** What a merged directory lists: the layer that an entry comes from, and the entry. */
export interface Listed {
  readonly layer: number
  readonly entry: DirectoryEntry
}

/** Every name of merged directories, once. */
export function* all(directories: ReadonlyArray<Layered>) {
  const listed = new Map<string, Listed | undefined>()
  for (const { backend, inode: directory, layer } of directories) {
    for (let cursor = 0;;) {
      const entries: ReadonlyArray<DirectoryEntry> = yield* backend.list(directory, cursor, PAGE)
      const last = entries[entries.length - 1]
      if (last === undefined) break
      cursor = last.cursor
      for (const entry of entries) {
        if (listed.has(entry.name)) continue
        if (entry.type !== FileMode.S_IFCHR && entry.type !== 0) {
          listed.set(entry.name, { layer, entry })
          continue
        }
        const inode: Inode | undefined = yield* orNothing<Inode, LookupError>(backend.lookup(directory, entry.name))
        if (inode === undefined) continue
        listed.set(
          entry.name,
          isWhiteout(inode) ? undefined : { layer, entry: { ...entry, type: inode.mode & FileMode.S_IFMT } }
        )
      }
    }
  }
  return listed
}

/** The extended attributes of a file of a layer. */
export function* attributesOf({ backend, inode }: Layered) {
  const attributes = new Map<string, Uint8Array>()
  if (backend.listAttributes === undefined || backend.getAttribute === undefined) return attributes
  const names: ReadonlyArray<string> | undefined = yield* orNothing<ReadonlyArray<string>, AttributeError>(
    backend.listAttributes(inode)
  )
  for (const name of names ?? []) {
    if (isPrivate(name)) continue
    const value: Uint8Array | undefined = yield* orNothing<Uint8Array, AttributeError>(
      backend.getAttribute(inode, name)
    )
    if (value !== undefined) attributes.set(name, value)
  }
  return attributes
}
