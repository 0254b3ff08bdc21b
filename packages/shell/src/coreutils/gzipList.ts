/**
 * What `gzip -l` prints of each file.
 *
 * @see gzip(1)
 */
import * as DateFormat from "../DateFormat.js"
import type { GzipReader } from "../gzip/read.js"
import type * as Utility from "../Utility.js"

/** How much smaller it has become. */
export const ratio = (saved: number, of: number): string =>
  `${(of === 0 ? 0 : 100 * saved / of).toFixed(1).padStart(5)}%`

export class Listing {
  private begun = false
  private packed = 0
  private unpacked = 0
  private overhead = 0

  constructor(
    private readonly run: Utility.Run,
    private readonly verbose: boolean,
    private readonly quiet: boolean
  ) {}

  add({ crc, member, members, size }: GzipReader, packed: number, name: string): void {
    const { out } = this.run
    if (!this.begun && !this.quiet) {
      if (this.verbose) out.text("method  crc     date  time  ")
      out.line("         compressed        uncompressed  ratio uncompressed_name")
    }
    this.begun = true
    // Of several members the last one is counted.
    const overhead = members === 1 ? member!.overhead : 0
    this.packed += packed
    this.unpacked += size
    this.overhead += overhead
    if (this.verbose) {
      const time = DateFormat.format("%b %e %H:%M", BigInt(member!.time) * 1_000_000_000n)
      out.text(`defla ${crc.toString(16).padStart(8, "0")} ${time} `)
    }
    this.line(packed, size, size - (packed - overhead), name)
  }

  private line(packed: number, size: number, saved: number, name: string): void {
    this.run.out.line(`${`${packed}`.padStart(19)} ${`${size}`.padStart(19)} ${ratio(saved, size)} ${name}`)
  }

  total(): void {
    if (this.verbose) this.run.out.text(" ".repeat(28))
    this.line(this.packed, this.unpacked, this.unpacked - (this.packed - this.overhead), "(totals)")
  }
}
