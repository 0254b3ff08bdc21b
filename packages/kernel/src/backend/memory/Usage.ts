/**
 * What each user owns of a file system, and how much that may be.
 *
 * @see quotactl(2)
 */

/** What one user may own. What is left out is not limited. */
export interface Quota {
  readonly bytes?: number
  readonly inodes?: number
}

/** Quotas by uid. */
export type Quotas = Readonly<Record<number, Quota>>

interface Owned {
  readonly bytesMax: number
  readonly inodesMax: number
  bytes: number
  inodes: number
}

/** Counts for those alone who have a quota. */
export class Usage {
  private readonly owned = new Map<number, Owned>()

  constructor(quotas: Quotas) {
    for (const [uid, { bytes = Infinity, inodes = Infinity }] of Object.entries(quotas)) {
      this.owned.set(Number(uid), { bytesMax: bytes, inodesMax: inodes, bytes: 0, inodes: 0 })
    }
  }

  mayOwnMore(uid: number): boolean {
    const owned = this.owned.get(uid)
    return owned === undefined || owned.inodes < owned.inodesMax
  }

  bytesLeft(uid: number): number {
    const owned = this.owned.get(uid)
    return owned === undefined ? Infinity : owned.bytesMax - owned.bytes
  }

  addInode(uid: number): void {
    const owned = this.owned.get(uid)
    if (owned !== undefined) owned.inodes++
  }

  removeInode(uid: number): void {
    const owned = this.owned.get(uid)
    if (owned !== undefined) owned.inodes--
  }

  addBytes(uid: number, bytes: number): void {
    const owned = this.owned.get(uid)
    if (owned !== undefined) owned.bytes += bytes
  }

  /** One file changes hands, unless that is too much for who gets it. */
  give(from: number, to: number, bytes: number): boolean {
    if (!this.mayOwnMore(to) || this.bytesLeft(to) < bytes) return false
    this.removeInode(from)
    this.addBytes(from, -bytes)
    this.addInode(to)
    this.addBytes(to, bytes)
    return true
  }
}

export const makeUsage = (quotas: Quotas | undefined): Usage | undefined =>
  quotas === undefined ? undefined : new Usage(quotas)
