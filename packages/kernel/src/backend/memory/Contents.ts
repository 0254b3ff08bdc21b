/**
 * The bytes of one file: an exact array while it is small, pages of 64 KiB from then on.
 *
 * An append never copies more than one page, whatever the size of the file; a page that was never written is a hole
 * and takes no memory. Which blocks of 4 KiB are in use is kept beside the pages, so that holes and `st_blocks` are as
 * fine as on a tmpfs.
 */
import * as Marks from "./marks.js"
import { copyOf } from "./slab.js"

const PAGE = 65_536

/** Stands for a page that has a right to memory and has not needed it yet. Nobody writes to it. */
const reserved = new Uint8Array(PAGE)

export class Contents {
  /** The whole file, while it fits one page and has no pages yet. */
  private small: Uint8Array | undefined = undefined
  private smallMarks = 0
  private pages: Array<Uint8Array | undefined> | undefined = undefined
  /** The blocks in use of each page. */
  private marks: Array<number> | undefined = undefined

  /** Bytes of memory in use. */
  held = 0
  /** Blocks of 4 KiB in use. */
  blocks = 0

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
      const index = Math.floor((offset + done) / PAGE)
      copy(from, done, this.page(index), at, length)
      this.mark(index, Marks.written(at, at + length))
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
    this.markSmall(Marks.written(offset, end))
    const before = this.small
    if (before === undefined && offset === 0) {
      this.small = copyOf(from)
      this.held = end
      return
    }
    // The first write is taken as the whole file; one that goes on has more to come, so room doubles.
    if (before === undefined || before.length < end) this.grow(before === undefined ? end : before.length * 2, end)
    copy(from, 0, this.small!, offset, from.length)
  }

  private grow(room: number, least: number): void {
    const { small } = this
    const grown = new Uint8Array(Math.min(PAGE, Math.max(least, room)))
    if (small !== undefined) grown.set(small)
    this.small = grown
    this.held = grown.length
  }

  private markSmall(marks: number): void {
    const before = this.smallMarks
    if ((before | marks) === before) return
    this.smallMarks = before | marks
    this.blocks += Marks.count(this.smallMarks) - Marks.count(before)
  }

  /** Reserves blocks; those that were reserved before count as written to from then on, as on a tmpfs. */
  private markReserved(index: number, marks: number): void {
    const again = ((this.marks![index] ?? 0) & marks) >>> 16
    this.mark(index, marks | again)
  }

  private mark(index: number, marks: number): void {
    const before = this.marks![index] ?? 0
    if ((before | marks) !== before) this.setMarks(index, before | marks)
  }

  private setMarks(index: number, marks: number): void {
    const all = this.marks!
    while (all.length <= index && index - all.length < 4096) all.push(0)
    this.blocks += Marks.count(marks) - Marks.count(all[index] ?? 0)
    all[index] = marks
  }

  private page(index: number): Uint8Array {
    const pages = this.pages!
    // Filled without holes in the array itself, so that it stays a plain one.
    while (pages.length <= index && index - pages.length < 4096) pages.push(undefined)
    const known = pages[index]
    if (known !== undefined && known !== reserved) return known
    const made = new Uint8Array(PAGE)
    pages[index] = made
    if (known === undefined) this.held += PAGE
    return made
  }

  /** Moves a small file into its first page. */
  private split(size: number): void {
    const { small, smallMarks } = this
    this.pages = []
    this.marks = []
    this.held = this.blocks = this.smallMarks = 0
    this.small = undefined
    if (small === undefined || smallMarks === 0) return
    this.page(0).set(small.subarray(0, Math.min(size, PAGE)))
    this.setMarks(0, smallMarks)
  }

  /** Forgets what lies behind `size`, so that growing again shows zeros. */
  cut(size: number): void {
    if (this.pages === undefined) {
      if (this.small === undefined) return
      const before = this.smallMarks
      this.smallMarks &= Marks.before(size)
      this.blocks += Marks.count(this.smallMarks) - Marks.count(before)
      if (size === 0) {
        this.small = undefined
        this.held = 0
      } else if (size < this.small.length) this.small.fill(0, size)
      return
    }
    const pages = this.pages
    const keep = Math.ceil(size / PAGE)
    for (let i = keep; i < pages.length; i++) this.drop(i)
    pages.length = Math.min(pages.length, keep)
    this.marks!.length = Math.min(this.marks!.length, keep)
    const last = pages[keep - 1]
    if (last !== undefined) {
      const within = size % PAGE || PAGE
      if (last !== reserved) last.fill(0, within)
      this.setMarks(keep - 1, (this.marks![keep - 1] ?? 0) & Marks.before(within))
    }
    if (size === 0) this.pages = this.marks = undefined
  }

  private drop(index: number): void {
    if (this.pages?.[index] === undefined) return
    this.held -= PAGE
    this.setMarks(index, 0)
    this.pages[index] = undefined
  }

  /** Makes zeros of a range; whole blocks of it become holes, whole pages give their memory back. */
  clear(offset: number, end: number): void {
    if (this.pages === undefined) {
      if (this.small === undefined || offset >= Math.min(end, PAGE)) return
      this.small.fill(0, Math.min(offset, this.small.length), Math.min(end, this.small.length))
      const before = this.smallMarks
      this.smallMarks &= ~Marks.inside(offset, Math.min(end, PAGE))
      this.blocks += Marks.count(this.smallMarks) - Marks.count(before)
      return
    }
    const { length } = this.pages
    for (let index = Math.floor(offset / PAGE); index < length && index * PAGE < end; index++) {
      const first = Math.max(0, offset - index * PAGE)
      const stop = Math.min(PAGE, end - index * PAGE)
      const page = this.pages[index]
      if (page === undefined) continue
      if (stop - first === PAGE) this.drop(index)
      else {
        if (page !== reserved) page.fill(0, first, stop)
        this.setMarks(index, (this.marks![index] ?? 0) & ~Marks.inside(first, stop))
      }
    }
  }

  /** Bytes of memory that {@link reserve} would take. */
  reserveNeeds(offset: number, end: number): number {
    if (this.pages === undefined && end <= PAGE) return Math.max(0, end - (this.small?.length ?? 0))
    let needs = this.pages === undefined ? PAGE - this.held : 0
    for (let index = Math.floor(offset / PAGE); index * PAGE < end; index++) {
      if (this.pages?.[index] === undefined) needs += PAGE
    }
    return needs
  }

  /** Sees to it that writing to a range will not fail for want of memory. It reads as before, and is a hole still. */
  reserve(offset: number, end: number, size: number): void {
    if (this.pages === undefined) {
      if (end <= PAGE) {
        if ((this.small?.length ?? 0) < end) this.grow(end, end)
        const marks = Marks.allocated(offset, end)
        return this.markSmall(marks | ((this.smallMarks & marks) >>> 16))
      }
      this.split(size)
    }
    for (let index = Math.floor(offset / PAGE); index * PAGE < end; index++) {
      const pages = this.pages!
      while (pages.length <= index && index - pages.length < 4096) pages.push(undefined)
      if (pages[index] === undefined) {
        pages[index] = reserved
        this.held += PAGE
      }
      this.markReserved(index, Marks.allocated(Math.max(0, offset - index * PAGE), Math.min(PAGE, end - index * PAGE)))
    }
  }

  /** The same blocks at other places: block `i` goes to `to(i)`, or nowhere. */
  moved(to: (block: number) => number | undefined, size: number): Contents {
    const moved = new Contents()
    if (this.pages === undefined) this.split(size)
    moved.split(0)
    for (const [index, page] of this.pages!.entries()) {
      const marks = this.marks![index] ?? 0
      if (page === undefined || marks === 0) continue
      for (let block = 0; block < Marks.PER_PAGE; block++) {
        if (!Marks.isAllocated(marks, block)) continue
        const target = to(index * Marks.PER_PAGE + block)
        if (target === undefined) continue
        const at = (target % Marks.PER_PAGE) * Marks.BLOCK
        const targetPage = Math.floor(target / Marks.PER_PAGE)
        if (Marks.isWritten(marks, block)) {
          moved.page(targetPage).set(page.subarray(block * Marks.BLOCK, (block + 1) * Marks.BLOCK), at)
          moved.mark(targetPage, Marks.written(at, at + Marks.BLOCK))
        } else moved.reserve(targetPage * PAGE + at, targetPage * PAGE + at + Marks.BLOCK, 0)
      }
    }
    return moved
  }

  /** The next offset from `offset` on that is data (or a hole); `undefined` when there is none before `size`. */
  seek(offset: number, hole: boolean, size: number): number | undefined {
    if (this.pages === undefined) return Marks.seek(this.smallMarks, offset, hole, size)
    for (let index = Math.floor(offset / PAGE); index * PAGE < size; index++) {
      // Behind the last page nothing was ever written.
      if (index >= this.pages.length) return hole ? Math.max(offset, index * PAGE) : undefined
      const base = index * PAGE
      const found = Marks.seek(this.marks![index] ?? 0, Math.max(0, offset - base), hole, Math.min(PAGE, size - base))
      if (found !== undefined) return base + found
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
