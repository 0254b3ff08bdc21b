/**
 * The bytes of one file: an exact array while it is small, pages of 64 KiB from then on.
 *
 * An append never copies more than one page, whatever the size of the file; a page that was never written is a hole
 * and takes no memory.
 */
const PAGE = 65_536

export class Contents {
  /** The whole file, while it fits one page and has no pages yet. */
  private small: Uint8Array | undefined = undefined
  private pages: Array<Uint8Array | undefined> | undefined = undefined

  /** Bytes of memory in use. */
  held = 0

  read(offset: number, into: Uint8Array, count: number): void {
    const { pages, small } = this
    if (pages === undefined) {
      const available = small === undefined ? 0 : Math.max(0, Math.min(count, small.length - offset))
      if (available > 0) copy(small!, offset, into, 0, available)
      if (available < count) into.fill(0, available, count)
      return
    }
    for (let done = 0; done < count;) {
      const at = (offset + done) % PAGE
      const length = Math.min(PAGE - at, count - done)
      const page = pages[Math.floor((offset + done) / PAGE)]
      if (page === undefined) into.fill(0, done, done + length)
      else copy(page, at, into, done, length)
      done += length
    }
  }

  /** Writes all of `from`; `size` is the size of the file before. */
  write(offset: number, from: Uint8Array, size: number): void {
    const end = offset + from.length
    if (this.pages === undefined) {
      if (end <= PAGE) return this.writeSmall(offset, from, end)
      this.split(size)
    }
    for (let done = 0; done < from.length;) {
      const at = (offset + done) % PAGE
      const length = Math.min(PAGE - at, from.length - done)
      copy(from, done, this.page(Math.floor((offset + done) / PAGE)), at, length)
      done += length
    }
  }

  /** Bytes of memory that writing `count` bytes at `offset`, within one page, would add. */
  needs(offset: number, count: number, size: number): number {
    if (this.pages === undefined && offset + count <= PAGE) {
      const room = this.small?.length ?? 0
      return room >= offset + count ? 0 : Math.min(PAGE, Math.max(offset + count, room * 2)) - room
    }
    const pages = this.pages === undefined ? (size > 0 ? PAGE - this.held : 0) : 0
    return pages + (this.pages?.[Math.floor(offset / PAGE)] === undefined ? PAGE : 0)
  }

  private writeSmall(offset: number, from: Uint8Array, end: number): void {
    const before = this.small
    if (before === undefined && offset === 0) {
      // Copies without filling with zeros first.
      this.small = new Uint8Array(from)
      this.held = end
      return
    }
    if (before === undefined || before.length < end) {
      // The first write is taken as the whole file; one that goes on has more to come, so room doubles.
      const room = before === undefined ? end : Math.min(PAGE, Math.max(end, before.length * 2))
      const grown = new Uint8Array(room)
      if (before !== undefined) grown.set(before)
      this.small = grown
      this.held = room
    }
    copy(from, 0, this.small!, offset, from.length)
  }

  private page(index: number): Uint8Array {
    const pages = this.pages!
    // Filled without holes in the array itself, so that it stays a plain one.
    while (pages.length <= index && index - pages.length < 4096) pages.push(undefined)
    const known = pages[index]
    if (known !== undefined) return known
    const made = new Uint8Array(PAGE)
    pages[index] = made
    this.held += PAGE
    return made
  }

  /** Moves a small file into its first page. */
  private split(size: number): void {
    const { small } = this
    this.pages = []
    this.held = 0
    this.small = undefined
    if (small !== undefined && size > 0) this.page(0).set(small.subarray(0, Math.min(size, PAGE)))
  }

  /** Forgets what lies behind `size`, so that growing again shows zeros. */
  cut(size: number): void {
    if (this.pages === undefined) {
      if (this.small === undefined || size >= this.small.length) return
      if (size === 0) {
        this.small = undefined
        this.held = 0
      } else this.small.fill(0, size)
      return
    }
    const { pages } = this
    const keep = Math.ceil(size / PAGE)
    for (let i = keep; i < pages.length; i++) if (pages[i] !== undefined) this.held -= PAGE
    pages.length = Math.min(pages.length, keep)
    pages[keep - 1]?.fill(0, size % PAGE || PAGE)
    if (size === 0) this.pages = undefined
  }

  /** Makes zeros of a range; whole pages of it become holes. */
  clear(offset: number, end: number): void {
    if (this.pages === undefined) {
      this.small?.fill(0, Math.min(offset, this.small.length), Math.min(end, this.small.length))
      return
    }
    for (let at = offset; at < end;) {
      const index = Math.floor(at / PAGE)
      const stop = Math.min(end, (index + 1) * PAGE)
      if (stop - at === PAGE) {
        if (this.pages[index] !== undefined) this.held -= PAGE
        if (index < this.pages.length) this.pages[index] = undefined
      } else this.pages[index]?.fill(0, at % PAGE, at % PAGE + stop - at)
      at = stop
    }
  }

  /** The next offset from `offset` on that is data (or a hole); `undefined` when there is none before `size`. */
  seek(offset: number, hole: boolean, size: number): number | undefined {
    if (this.pages === undefined) return hole ? undefined : offset
    for (let index = Math.floor(offset / PAGE); index * PAGE < size; index++) {
      if ((this.pages[index] === undefined) === hole) return Math.max(offset, index * PAGE)
    }
    return undefined
  }
}

/** Below this, a loop beats making a view for `set`. */
const SMALL = 32

const copy = (from: Uint8Array, start: number, to: Uint8Array, at: number, count: number): void => {
  if (count < SMALL) {
    for (let i = 0; i < count; i++) to[at + i] = from[start + i]!
  } else to.set(start === 0 && count === from.length ? from : from.subarray(start, start + count), at)
}
