/**
 * The least that a correct kernel in this language must do: a Map for each directory, pages that are copied into and out
 * of once, descriptors in an array, and one promise for each wait. No permissions, links, mounts, signals or limits.
 */
export const PAGE = 65_536

export class File {
  mode = 0o100644
  nlink = 1
  uid = 0
  gid = 0
  size = 0
  atime = 0
  mtime = 0
  ctime = 0
  pages = undefined

  constructor(ino) {
    this.ino = ino
  }

  read(offset, into) {
    const count = Math.min(into.length, this.size - offset)
    for (let done = 0; done < count;) {
      const at = (offset + done) % PAGE
      const length = Math.min(PAGE - at, count - done)
      into.set(this.pages[Math.floor((offset + done) / PAGE)].subarray(at, at + length), done)
      done += length
    }
    return count
  }

  write(offset, from) {
    this.pages ??= []
    for (let done = 0; done < from.length;) {
      const index = Math.floor((offset + done) / PAGE)
      const at = (offset + done) % PAGE
      const length = Math.min(PAGE - at, from.length - done)
      const page = this.pages[index] ??= new Uint8Array(PAGE)
      page.set(length === from.length ? from : from.subarray(done, done + length), at)
      done += length
    }
    if (offset + from.length > this.size) this.size = offset + from.length
    return from.length
  }

  /** The first write of a small file makes an exact copy. */
  writeExact(from) {
    this.pages = [from.slice()]
    this.size = from.length
  }
}

export class Directory {
  mode = 0o040755
  entries = new Map()

  constructor(ino) {
    this.ino = ino
  }
}

export class Kernel {
  root = new Directory(1)
  lastIno = 1
  descriptors = []

  /** The directory that holds the last name of a path, which `this.name` is then. */
  parent(path) {
    let directory = this.root
    let at = 1
    for (let slash = path.indexOf("/", at); slash !== -1; slash = path.indexOf("/", at)) {
      const next = directory.entries.get(path.slice(at, slash))
      if (next === undefined) throw new Error("ENOENT")
      directory = next
      at = slash + 1
    }
    this.name = path.slice(at)
    return directory
  }

  /** What a path names, or `undefined`. */
  find(path) {
    let inode = this.root
    for (let at = 1;;) {
      const slash = path.indexOf("/", at)
      inode = inode.entries.get(slash === -1 ? path.slice(at) : path.slice(at, slash))
      if (slash === -1 || inode === undefined) return inode
      at = slash + 1
    }
  }

  stat(path) {
    const inode = this.find(path)
    if (inode === undefined) return { errno: 2, path }
    const { atime, ctime, gid, ino, mode, mtime, nlink, size, uid } = inode
    return { atime, ctime, gid, ino, mode, mtime, nlink, size, uid, blocks: Math.ceil(size / 512) }
  }

  mkdir(path) {
    this.parent(path).entries.set(this.name, new Directory(++this.lastIno))
  }

  create(path) {
    const directory = this.parent(path)
    const known = directory.entries.get(this.name)
    if (known !== undefined) return known
    const made = new File(++this.lastIno)
    directory.entries.set(this.name, made)
    return made
  }

  open(path) {
    const inode = this.find(path)
    let fd = 0
    while (this.descriptors[fd] !== undefined) fd++
    this.descriptors[fd] = { inode, offset: 0, references: 1 }
    return fd
  }

  close(fd) {
    this.descriptors[fd].references--
    this.descriptors[fd] = undefined
  }
}
