/**
 * What is wrong with an archive.
 */
import * as Data from "effect/Data"

/** What is wrong, in a word. */
export type Reason =
  | "bad checksum"
  | "bad header"
  | "bad name"
  | "bad compression"
  | "missing link target"
  | "multi-volume"
  | "truncated"

/** The archive cannot be read, and nothing of it is. */
export class ArchiveError extends Data.TaggedError("ArchiveError")<{
  readonly reason: Reason
  /** The entry in question, as far as its name is known. */
  readonly entry?: string
  /** Where in the archive, in bytes. */
  readonly offset: number
}> {
  override get message(): string {
    return `${this.reason} at byte ${this.offset}${this.entry === undefined ? "" : ` (${this.entry})`}`
  }
}
