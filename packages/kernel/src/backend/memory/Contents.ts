/**
 * The bytes of one file: a piece of memory of just its size while it is small, {@link Pages} from then on.
 *
 * Which blocks of 4 KiB are in use is kept beside the bytes, so that holes and `st_blocks` are as fine as on a tmpfs.
 */
import { copy } from "./copy.js"
import * as Marks from "./marks.js"
import { PAGE, Pages } from "./Pages.js"
import { keepCopy, type Piece } from "./slab.js"

const nothing = new Uint8Array(0)

export class Contents implements Piece {
  /** The whole file, while it fits one page and has no pages yet: `room` bytes from `start` on. */
  bytes: Uint8Array = nothing
  start = 0
  private room = 0
  private marks = 0
  private pages: Pages | undefined = undefined

  /** Bytes of memory in use. */
  get held(): number {
    return this.pages === undefined ? this.room : this.pages.held
  }

  /** Blocks of 4 KiB in use. */
  get blocks(): number {
    return this.pages === undefined ? Marks.count(this.marks) : this.pages.blocks
  }

  read(offset: number, into: Uint8Array, count: number): void {
    const { bytes, pages, room, start } = this
    if (pages !== undefined) return pages.read(offset, into, count)
    const available = Math.max(0, Math.min(count, room - offset))
    if (available > 0) copy(bytes, start + offset, into, 0, available)
    if (available < count) into.fill(0, available, count)
  }

  /** Writes all of `from`; `size` is the size of the file before. */
  write(offset: number, from: Uint8Array, size: number): void {
    const end = offset + from.length
    if (this.pages === undefined) {
      if (end <= PAGE) return this.writeSmall(offset, from, end)
      this.pages = this.paged(size)
    }
    this.pages.write(offset, from)
  }

  private writeSmall(offset: number, from: Uint8Array, end: number): void {
    this.marks |= Marks.written(offset, end)
    const { room } = this
    if (room === 0 && offset === 0) {
      keepCopy(this, from)
      this.room = end
      return
    }
    // The first write is taken as the whole file; one that goes on has more to come, so room doubles.
    if (room < end) this.grow(Math.max(end, room * 2))
    copy(from, 0, this.bytes, this.start + offset, from.length)
  }

  private grow(room: number): void {
    const grown = new Uint8Array(Math.min(PAGE, room))
    copy(this.bytes, this.start, grown, 0, this.room)
    this.bytes = grown
    this.start = 0
    this.room = grown.length
  }

  /** Bytes of memory that writing `count` bytes at `offset`, within one page, would add. */
  needs(offset: number, count: number, size: number): number {
    if (this.pages !== undefined) return this.pages.needs(offset)
    const { room } = this
    const end = offset + count
    if (end <= PAGE) return room >= end ? 0 : Math.min(PAGE, Math.max(end, room * 2)) - room
    return (size > 0 ? PAGE - room : 0) + PAGE
  }

  /** The same in pages, and nothing small any more. */
  private paged(size: number): Pages {
    const { bytes, marks, room, start } = this
    const pages = new Pages()
    if (marks !== 0) pages.adopt(bytes.subarray(start, start + Math.min(size, room)), marks)
    this.forget()
    return pages
  }

  private forget(): void {
    this.bytes = nothing
    this.start = this.room = this.marks = 0
  }

  /** Forgets what lies behind `size`, so that growing again shows zeros. */
  cut(size: number): void {
    if (size === 0) {
      this.pages = undefined
      return this.forget()
    }
    if (this.pages !== undefined) return this.pages.cut(size)
    this.marks &= Marks.before(size)
    this.zero(size, this.room)
  }

  private zero(from: number, to: number): void {
    const { bytes, room, start } = this
    if (from < Math.min(to, room)) bytes.fill(0, start + from, start + Math.min(to, room))
  }

  /** Makes zeros of a range; whole blocks of it become holes, whole pages give their memory back. */
  clear(offset: number, end: number): void {
    if (this.pages !== undefined) return this.pages.clear(offset, end)
    if (offset >= Math.min(end, PAGE)) return
    this.zero(offset, end)
    this.marks &= ~Marks.inside(offset, Math.min(end, PAGE))
  }

  /** Bytes of memory that {@link reserve} would take. */
  reserveNeeds(offset: number, end: number): number {
    if (this.pages !== undefined) return this.pages.reserveNeeds(offset, end)
    if (end <= PAGE) return Math.max(0, end - this.room)
    return PAGE - this.room + new Pages().reserveNeeds(offset, end)
  }

  /** Sees to it that writing to a range will not fail for want of memory. It reads as before, and is a hole still. */
  reserve(offset: number, end: number, size: number): void {
    if (this.pages === undefined) {
      if (end <= PAGE) {
        if (this.room < end) this.grow(end)
        this.marks = Marks.reserving(this.marks, Marks.allocated(offset, end))
        return
      }
      this.pages = this.paged(size)
    }
    this.pages.reserve(offset, end)
  }

  /** The same blocks at other places: block `i` goes to `to(i)`, or nowhere. */
  moved(to: (block: number) => number | undefined, size: number): Contents {
    const moved = new Contents()
    moved.pages = (this.pages ??= this.paged(size)).moved(to)
    return moved
  }

  /** The next offset from `offset` on that is data (or a hole); `undefined` when there is none before `size`. */
  seek(offset: number, hole: boolean, size: number): number | undefined {
    return this.pages === undefined
      ? Marks.seek(this.marks, offset, hole, size)
      : this.pages.seek(offset, hole, size)
  }
}
