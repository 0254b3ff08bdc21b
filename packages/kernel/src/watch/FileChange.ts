/**
 * What a program outside the kernel hears of the files below a path.
 */

interface Named {
  readonly path: string
  readonly directory: boolean
}

/**
 * A change of a file, by the path where it is seen. What moves within the watched path is `Moved`; what moves into it is
 * `Created`, and what moves out of it `Removed`. `Lost` says that older changes than those that follow were forgotten,
 * because nobody took them in time.
 */
export type FileChange =
  | { readonly _tag: "Created" } & Named
  | { readonly _tag: "Modified" } & Named
  | { readonly _tag: "AttributesChanged" } & Named
  | { readonly _tag: "Removed" } & Named
  | { readonly _tag: "Moved"; readonly from: string } & Named
  | { readonly _tag: "Lost" }

export interface WatchOptions {
  /** Whether to hear of what lies in directories below, too. Default: false. */
  readonly recursive?: boolean
  /** How many changes are kept for a reader before the oldest are forgotten. Default: 4096. */
  readonly bufferSize?: number
}
