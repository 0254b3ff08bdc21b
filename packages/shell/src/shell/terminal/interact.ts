/**
 * The interactive loop: prompt, read, run, again.
 */
import type { Run, Shell } from "../state/Shell.js"

export function* interact(shell: Shell): Run<number> {
  return shell.status
}
