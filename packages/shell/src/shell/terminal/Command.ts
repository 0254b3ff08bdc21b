/** What the functions of the editor have in common. */
import type { Run } from "../state/Shell.js"
import type { Edited, Editor } from "./Editor.js"

/** How a function was asked for. */
export interface Asked {
  /** The keys that it is bound to. */
  readonly keys: string
  /** The numeric argument; 1 when there is none. */
  readonly count: number
  /** Whether it was given. */
  readonly counted: boolean
}

/** Answers what comes of the line when it is done. */
export type Command = (editor: Editor, asked: Asked) => Run<Edited | void>
