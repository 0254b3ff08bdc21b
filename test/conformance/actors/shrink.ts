/**
 * Makes a play that fails smaller, for as long as it fails.
 */
import type { Play } from "./program.js"

export const shrink = async (play: Play, fails: (play: Play) => Promise<boolean>): Promise<Play> => {
  let smallest = play
  for (let size = Math.ceil(play.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = smallest.length - size; at >= 0; at -= size) {
      const each = [...smallest.slice(0, at), ...smallest.slice(at + size)]
      if (each.length > 0 && await fails(each)) smallest = each
    }
  }
  return smallest
}
