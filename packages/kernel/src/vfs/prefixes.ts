/**
 * Where paths lead but for their last name: a program that asks for `/a/b/c/one` asks for `/a/b/c/two` next.
 *
 * What was remembered holds until something happens that could make the same names lead elsewhere, or somebody be
 * refused on the way: a directory's name goes or moves, its mode or owner changes, something is mounted or unmounted.
 * These are rare next to lookups, so that one of them forgets everything. Remembered is only what was walked without
 * a symbolic link, over backends whose names change through this kernel alone.
 *
 * @see path_resolution(7)
 */
import type { Credentials } from "../Credentials.js"
import type { Dentry, Location, Mount } from "../Dentry.js"
import type { Viewer } from "./Core.js"

/** Counts what could make a path lead elsewhere. One count for all kernels: two of them may share a backend. */
let changes = 0

/** Whatever was remembered may be wrong. */
export const changed = (): void => {
  changes++
}

/** Prefixes that are kept; a program's working set is smaller, and what falls out is but walked again. */
const KEPT = 256

/** Where a prefix led, and for whom. */
interface Prefix {
  readonly credentials: Credentials
  readonly rootMount: Mount
  readonly root: Dentry
  readonly startMount: Mount
  readonly start: Dentry
  readonly to: Location
}

export class Prefixes {
  private readonly known = new Map<string, Prefix>()
  private seen = changes

  get(prefix: string, { credentials, root }: Viewer, start: Location): Location | undefined {
    if (this.seen !== changes) {
      this.seen = changes
      this.known.clear()
      return undefined
    }
    const found = this.known.get(prefix)
    return found !== undefined && found.credentials === credentials && found.root === root.dentry &&
        found.rootMount === root.mount && found.start === start.dentry && found.startMount === start.mount
      ? found.to
      : undefined
  }

  set(prefix: string, { credentials, root }: Viewer, start: Location, to: Location): void {
    if (this.seen !== changes) return
    if (this.known.size >= KEPT) this.known.clear()
    this.known.set(prefix, {
      credentials,
      rootMount: root.mount,
      root: root.dentry,
      startMount: start.mount,
      start: start.dentry,
      to
    })
  }
}

/** How long the part of a path is that is worth remembering: two names or more, before a last one. 0 if there is none. */
export const lengthOf = (path: string): number => {
  const slash = path.lastIndexOf("/")
  return slash > 0 && slash < path.length - 1 && path.indexOf("/", 1) !== slash ? slash : 0
}
