/**
 * Which of the sixteen blocks of 4 KiB of a page are in use, in one integer: the low half tells which were written to,
 * the high half which have memory, written to or not.
 */
export const BLOCK = 4096
export const PER_PAGE = 16

const PAGE = BLOCK * PER_PAGE

/** The bits of the blocks from `first` up to, but without, `last`. */
const bits = (first: number, last: number): number => ((1 << last) - 1) & ~((1 << first) - 1)

const both = (half: number): number => half | (half << 16)

/** Every block that a write from `start` to `end` touches. */
export const written = (start: number, end: number): number =>
  start >= end ? 0 : both(bits(start >>> 12, ((end - 1) >>> 12) + 1))

/** Every block that an allocation from `start` to `end` touches. */
export const allocated = (start: number, end: number): number =>
  start >= end ? 0 : bits(start >>> 12, ((end - 1) >>> 12) + 1) << 16

/** Every block that lies wholly between `start` and `end`. */
export const inside = (start: number, end: number): number => {
  const first = (start + BLOCK - 1) >>> 12
  const last = end >>> 12
  return first >= last ? 0 : both(bits(first, last))
}

/** Every block that begins before `size`. */
export const before = (size: number): number => (size >= PAGE ? -1 : written(0, size))

/** What becomes of `marks` when more is allocated: what was before counts as written to, as on a tmpfs. */
export const reserving = (marks: number, more: number): number => marks | more | ((marks & more) >>> 16)

/** How many blocks have memory. */
export const count = (marks: number): number => {
  let left = marks >>> 16
  let found = 0
  for (; left !== 0; left &= left - 1) found++
  return found
}

export const isWritten = (marks: number, block: number): boolean => (marks & (1 << block)) !== 0
export const isAllocated = (marks: number, block: number): boolean => (marks & (1 << (block + 16))) !== 0

/** The next offset from `offset` on, before `size`, in a block that was written to, or was not. */
export const seek = (marks: number, offset: number, hole: boolean, size: number): number | undefined => {
  let at = offset
  for (; at < size && at < PAGE; at = ((at >>> 12) + 1) << 12) {
    if (isWritten(marks, at >>> 12) !== hole) return at
  }
  return hole && at < size ? at : undefined
}
