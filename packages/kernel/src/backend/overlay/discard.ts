/**
 * Puts an overlay back to what lies below it.
 *
 * Inodes that come from below go back to where they were found, so a process that stands in such a directory still
 * stands there. What was made here has no name any more; whoever has it open keeps it.
 */
import type * as Step from "../../internal/step.js"
import type { StorageError } from "../../VfsBackend.js"
import { Entries } from "../memory/Entries.js"
import { MemoryDirectory, type MemoryInode } from "../memory/MemoryInode.js"
import type { OverlayFiles } from "./OverlayFiles.js"
import { dress, Ghost, LayerSource, OverlayDirectory, OverlayFile } from "./OverlayInode.js"

/** Every inode that was looked at, directories before what is in them. */
const known = (root: MemoryDirectory): Set<MemoryInode> => {
  const all = new Set<MemoryInode>([root])
  for (const inode of all) {
    if (!(inode instanceof MemoryDirectory) || inode.entries === undefined) continue
    for (const { name } of inode.entries.list(0, Infinity)) {
      const child = inode.entries.get(name)
      if (child !== undefined && !(child instanceof Ghost)) all.add(child)
    }
  }
  return all
}

export function* discard(files: OverlayFiles): Generator<Step.Yielded<StorageError>, void, never> {
  const all = known(files.root)
  files.becomeRestless()
  for (const inode of all) if (inode instanceof MemoryDirectory) inode.entries = undefined
  for (const inode of all) {
    if (inode instanceof OverlayDirectory) {
      inode.loaded = false
      inode.hidden = inode.fresh = inode.missed = undefined
    }
    const home = files.homes.get(inode)
    if (home === undefined && inode !== files.root) {
      inode.nlink = 0
      yield* files.drop(inode)
      continue
    }
    const at = home?.at ?? files.layers[0]
    if (inode instanceof OverlayFile) {
      files.empty(inode)
      inode.written = false
      inode.source = new LayerSource(at)
      if (inode.references > 0 && !inode.held) yield* files.retain(inode)
    }
    if (inode instanceof OverlayFile || inode instanceof OverlayDirectory) inode.attributesBelow = true
    inode.attributes = undefined
    dress(inode, at.inode)
    if (home !== undefined) (home.directory.entries ??= new Entries()).add(home.name, inode)
  }
  for (const inode of all) {
    if (inode instanceof OverlayDirectory && inode.nlink > 0) yield* files.countLinks(inode)
  }
}
