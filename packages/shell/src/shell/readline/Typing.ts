/**
 * What outlives the lines that are typed at a prompt.
 */
import { KillRing } from "./KillRing.js"

export class Typing {
  readonly kills = new KillRing()
  /** The macro that was recorded last. */
  macro = ""
  /** What macros have typed ahead. */
  ahead = ""
  /** What has been pressed since a macro was begun. */
  recording: string | undefined = undefined
  /** Where in the history the next line begins. */
  nextAt: number | undefined = undefined
  /** What was looked for last. */
  sought = ""
  /** What was asked for last, and where it was found. */
  asked: { readonly text: string; at: number } | undefined = undefined
}
