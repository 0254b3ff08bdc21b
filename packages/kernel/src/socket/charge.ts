/**
 * What Linux counts for a message: the memory of its buffer, not its bytes.
 *
 * SO_SNDBUF and SO_RCVBUF limit this memory, and programs can tell: a socket with the default limit takes 278 messages
 * of one byte and then no more. A buffer is a head, from an allocator that knows powers of two, and whole pages behind.
 *
 * @see socket(7)
 */
const PAGE = 4096
/** What stands behind the bytes of a head. */
const SHARED_INFO = 320
/** What describes a buffer. */
const DESCRIPTOR = 256
/** Bytes that a head of one page has room for. */
const HEAD_MAX = PAGE - SHARED_INFO
/** The most bytes in the pages of one buffer of a stream. */
const STREAM_PAGES_MAX = 32_768
/** Bytes that a head has room for that may be as large as it likes. */
const LARGE_HEAD_MAX = 4 * PAGE - SHARED_INFO
const FRAGMENTS_MAX = 17

const pages = (bytes: number): number => Math.ceil(bytes / PAGE) * PAGE

const head = (bytes: number): number => {
  const needed = Math.ceil(bytes / 64) * 64 + SHARED_INFO
  let size = 512
  while (size < needed) size *= 2
  return size + DESCRIPTOR
}

/** The least that any message costs. */
const CHARGE_MIN = head(0)

/** The most bytes that go into one buffer of a stream with this SO_SNDBUF. */
export const streamPiece = (sendBuffer: number): number => Math.min((sendBuffer >> 1) - 64, HEAD_MAX + STREAM_PAGES_MAX)

/** The memory of one buffer of a stream. */
export const ofStream = (bytes: number): number => {
  if (bytes <= 192) return CHARGE_MIN
  const inPages = Math.min(bytes, pages(Math.max(0, bytes - HEAD_MAX)))
  return head(bytes - inPages) + pages(inPages)
}

/** The memory of a datagram. */
export const ofDatagram = (bytes: number): number => {
  if (bytes <= 192) return CHARGE_MIN
  const inPages = bytes <= LARGE_HEAD_MAX ? 0 : pages(Math.min(bytes - LARGE_HEAD_MAX, FRAGMENTS_MAX * PAGE))
  return head(bytes - inPages) + inPages
}
