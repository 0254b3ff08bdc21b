/**
 * One object for each file of the host, for as long as anybody holds it.
 */
import * as FileMode from "@effix/kernel/abi/FileMode"
import type { HostStat } from "../HostCalls.js"
import { HostInode, type Owner } from "./HostInode.js"

/** Numbers from here on are ours: the host has no files with them, and they are still exact. */
const FIRST_OWN = 2 ** 52

export class Inodes {
  private readonly known = new Map<number, WeakRef<HostInode>>()
  private readonly gone = new FinalizationRegistry<number>((ino) => {
    if (this.known.get(ino)?.deref() === undefined) this.known.delete(ino)
  })
  /** Numbers of files that lie on another device of the host than the root. */
  private readonly own = new Map<string, number>()

  constructor(private readonly dev: number, private readonly owner: Owner | undefined) {}

  /** The number by which the kernel knows a file. */
  number({ dev, ino }: HostStat): number {
    if (dev === this.dev) return ino
    const key = `${dev}:${ino}`
    const number = this.own.get(key) ?? FIRST_OWN + this.own.size
    this.own.set(key, number)
    return number
  }

  /** The file that the host describes, found under a name. */
  at(stat: HostStat, directory: HostInode | undefined, name: string): HostInode {
    const number = this.number(stat)
    const known = this.known.get(number)?.deref()
    // A number that was freed may come back as a file of another kind.
    const same = known !== undefined && (known.mode & FileMode.S_IFMT) === (stat.mode & FileMode.S_IFMT)
    const inode = same ? known : new HostInode(number, stat, this.owner)
    if (same) inode.update(stat)
    else {
      this.known.set(number, new WeakRef(inode))
      this.gone.register(inode, number)
    }
    if (directory !== undefined) inode.place(directory, name)
    return inode
  }
}
