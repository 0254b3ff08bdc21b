/**
 * Protections and flags of mmap(2) and mremap(2), and the size of a page.
 *
 * @see mmap(2)
 */
export const PAGE_SIZE = 4096

export const PROT_NONE = 0
export const PROT_READ = 1
export const PROT_WRITE = 2
export const PROT_EXEC = 4

export const MAP_PRIVATE = 0x2
export const MAP_FIXED = 0x10
export const MAP_ANONYMOUS = 0x20
export const MAP_NORESERVE = 0x4000
export const MAP_POPULATE = 0x8000
export const MAP_FIXED_NOREPLACE = 0x10_0000

export const MREMAP_MAYMOVE = 1
