/**
 * The memory that a process has mapped: regions of whole pages, none over another, each with the bytes behind it.
 *
 * The addresses are nobody's: JavaScript has no pointers. They name the regions, so that a part of one can be given back
 * or grown, and are chosen as Linux chooses them, from above to below.
 *
 * @see mmap(2)
 */
import { PAGE_SIZE, PROT_WRITE } from "../abi/Mman.js"

/** Where the first mapping ends, below what a program is made of; and where addresses end altogether. */
export const TOP = 0x7fff_f7ff_f000
export const ADDRESS_MAX = 0x7fff_ffff_f000
/** Lower ones are for the privileged (`vm.mmap_min_addr`). */
export const ADDRESS_MIN = 65_536
/** Regions that a process may have (`vm.max_map_count`). */
export const REGIONS_MAX = 65_530

export interface Region {
  readonly start: number
  readonly end: number
  readonly protection: number
  readonly bytes: Uint8Array
}

/** The pages that all processes of a kernel have together. */
export interface PageCount {
  used: number
  readonly max: number
}

export const pagesOf = (bytes: number): number => Math.ceil(bytes / PAGE_SIZE)

/** Whether pages with this protection are data, which RLIMIT_DATA bounds. */
export const isData = (protection: number): boolean => (protection & PROT_WRITE) !== 0

/** How many pages some regions have. */
export const count = (regions: ReadonlyArray<Region>): number =>
  regions.reduce((pages, { end, start }) => pages + (end - start) / PAGE_SIZE, 0)

/** A part of a region. */
const part = ({ bytes, protection, start: from }: Region, start: number, end: number): Region => ({
  start,
  end,
  protection,
  bytes: bytes.subarray(start - from, end - from)
})

export class AddressSpace {
  /** From the lowest to the highest. */
  regions: ReadonlyArray<Region> = []
  pages = 0
  dataPages = 0
  /** The most pages that it ever had. */
  peak = 0

  constructor(private readonly total: PageCount) {}

  /** What of it lies between two addresses. */
  between(start: number, end: number): ReadonlyArray<Region> {
    return this.regions.flatMap((each) =>
      each.end <= start || each.start >= end
        ? []
        : [part(each, Math.max(start, each.start), Math.min(end, each.end))]
    )
  }

  isFree(start: number, end: number): boolean {
    return !this.regions.some((each) => each.end > start && each.start < end)
  }

  /** The highest place where so many bytes are free. */
  gap(length: number): number | undefined {
    let end = TOP
    for (let at = this.regions.length - 1; at >= 0 && end - this.regions[at]!.end < length; at--) {
      end = Math.min(end, this.regions[at]!.start)
    }
    return end - length >= ADDRESS_MIN ? end - length : undefined
  }

  add(region: Region): void {
    const after = this.regions.findIndex(({ start }) => start > region.start)
    const regions = Array.from(this.regions)
    regions.splice(after === -1 ? regions.length : after, 0, region)
    this.replace(regions)
  }

  /** Gives back whatever lies between two addresses. */
  remove(start: number, end: number): void {
    if (this.isFree(start, end)) return
    this.replace(
      this.regions.flatMap((each) =>
        [[each.start, Math.min(each.end, start)], [Math.max(each.start, end), each.end]].flatMap(([from, to]) =>
          from! < to! ? [part(each, from!, to!)] : []
        )
      )
    )
  }

  /** Gives all of it back. */
  clear(): void {
    this.replace([])
  }

  private replace(regions: ReadonlyArray<Region>): void {
    const before = this.pages
    this.regions = regions
    this.pages = count(regions)
    this.dataPages = count(regions.filter(({ protection }) => isData(protection)))
    this.peak = Math.max(this.peak, this.pages)
    this.total.used += this.pages - before
  }

  /** The region that an address lies in, with those behind it that continue it: Linux makes one of them. */
  continuing(address: number): { readonly end: number; readonly protection: number } | undefined {
    const first = this.regions.findIndex(({ end, start }) => start <= address && address < end)
    if (first === -1) return undefined
    let { end, protection } = this.regions[first]!
    for (const next of this.regions.slice(first + 1)) {
      if (next.start !== end || next.protection !== protection) break
      end = next.end
    }
    return { end, protection }
  }
}
