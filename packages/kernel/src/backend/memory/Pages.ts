/**
 * The bytes of a file that is larger than one page of 64 KiB.
 *
 * An append never copies more than one page, whatever the size of the file; a page that was never written is a hole
 * and takes no memory.
 */
import { copy } from "./copy.js"
import * as Marks from "./marks.js"

export const PAGE = 65_536

/** Stands for a page that has a right to memory and has not needed it yet. Nobody writes to it. */
const reserved = new Uint8Array(PAGE)

/** How many holes an array is filled with so that it stays a plain one; beyond that it may become sparse. */
const HOLES_MAX = 4096

export class Pages {
  private readonly pages: Array<Uint8Array | undefined> = []
  /** The blocks in use of each page. */
  private readonly marks: Array<number> = []

  /** Bytes of memory in use. */
  held = 0
  /** Blocks of 4 KiB in use. */
  blocks = 0

  /** Takes what was a small file as the first page. */
  adopt(small: Uint8Array, marks: number): void {
    this.page(0).set(small)
    this.setMarks(0, marks)
  }

  read(offset: number, into: Uint8Array, count: number): void {
    const { pages } = this
    for (let done = 0; done < count;) {
      const at = (offset + done) % PAGE
      const length = Math.min(PAGE - at, count - done)
      const page = pages[Math.floor((offset + done) / PAGE)]
      if (page === undefined) into.fill(0, done, done + length)
      else copy(page, at, into, done, length)
      done += length
    }
  }

  write(offset: number, from: Uint8Array): void {
    for (let done = 0; done < from.length;) {
      const at = (offset + done) % PAGE
      const length = Math.min(PAGE - at, from.length - done)
      const index = Math.floor((offset + done) / PAGE)
      copy(from, done, this.page(index), at, length)
      this.mark(index, Marks.written(at, at + length))
      done += length
    }
  }

  /** Bytes of memory that writing within the page of `offset` would add. */
  needs(offset: number): number {
    return this.pages[Math.floor(offset / PAGE)] === undefined ? PAGE : 0
  }

  private mark(index: number, marks: number): void {
    const before = this.marks[index] ?? 0
    if ((before | marks) !== before) this.setMarks(index, before | marks)
  }

  private setMarks(index: number, marks: number): void {
    const all = this.marks
    while (all.length <= index && index - all.length < HOLES_MAX) all.push(0)
    this.blocks += Marks.count(marks) - Marks.count(all[index] ?? 0)
    all[index] = marks
  }

  private makeRoom(index: number): void {
    const { pages } = this
    while (pages.length <= index && index - pages.length < HOLES_MAX) pages.push(undefined)
  }

  private page(index: number): Uint8Array {
    this.makeRoom(index)
    const known = this.pages[index]
    if (known !== undefined && known !== reserved) return known
    const made = new Uint8Array(PAGE)
    this.pages[index] = made
    if (known === undefined) this.held += PAGE
    return made
  }

  cut(size: number): void {
    const { marks, pages } = this
    const keep = Math.ceil(size / PAGE)
    for (let i = keep; i < pages.length; i++) this.drop(i)
    pages.length = Math.min(pages.length, keep)
    marks.length = Math.min(marks.length, keep)
    const last = pages[keep - 1]
    if (last === undefined) return
    const within = size % PAGE || PAGE
    if (last !== reserved) last.fill(0, within)
    this.setMarks(keep - 1, (marks[keep - 1] ?? 0) & Marks.before(within))
  }

  private drop(index: number): void {
    if (this.pages[index] === undefined) return
    this.held -= PAGE
    this.setMarks(index, 0)
    this.pages[index] = undefined
  }

  clear(offset: number, end: number): void {
    const { length } = this.pages
    for (let index = Math.floor(offset / PAGE); index < length && index * PAGE < end; index++) {
      const first = Math.max(0, offset - index * PAGE)
      const stop = Math.min(PAGE, end - index * PAGE)
      const page = this.pages[index]
      if (page === undefined) continue
      if (stop - first === PAGE) this.drop(index)
      else {
        if (page !== reserved) page.fill(0, first, stop)
        this.setMarks(index, (this.marks[index] ?? 0) & ~Marks.inside(first, stop))
      }
    }
  }

  reserveNeeds(offset: number, end: number): number {
    let needs = 0
    for (let index = Math.floor(offset / PAGE); index * PAGE < end; index++) needs += this.needs(index * PAGE)
    return needs
  }

  reserve(offset: number, end: number): void {
    for (let index = Math.floor(offset / PAGE); index * PAGE < end; index++) {
      this.makeRoom(index)
      if (this.pages[index] === undefined) {
        this.pages[index] = reserved
        this.held += PAGE
      }
      const base = index * PAGE
      const marks = Marks.allocated(Math.max(0, offset - base), Math.min(PAGE, end - base))
      this.setMarks(index, Marks.reserving(this.marks[index] ?? 0, marks))
    }
  }

  moved(to: (block: number) => number | undefined): Pages {
    const moved = new Pages()
    for (const [index, page] of this.pages.entries()) {
      const marks = this.marks[index] ?? 0
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
        } else moved.reserve(targetPage * PAGE + at, targetPage * PAGE + at + Marks.BLOCK)
      }
    }
    return moved
  }

  seek(offset: number, hole: boolean, size: number): number | undefined {
    for (let index = Math.floor(offset / PAGE); index * PAGE < size; index++) {
      // Behind the last page nothing was ever written.
      if (index >= this.pages.length) return hole ? Math.max(offset, index * PAGE) : undefined
      const base = index * PAGE
      const found = Marks.seek(this.marks[index] ?? 0, Math.max(0, offset - base), hole, Math.min(PAGE, size - base))
      if (found !== undefined) return base + found
    }
    return undefined
  }
}
