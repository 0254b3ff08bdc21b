/**
 * Clears the screen of a terminal.
 *
 * @see clear(1)
 */
import * as Utility from "../Utility.js"

export const main = Utility.make(
  { usage: "[-x]", does: "Clear the terminal screen.", short: "xT:V" },
  function*(run, { options }) {
    const keepsHistory = options.some(({ key }) => key === "x")
    run.out.text(`\u001b[H\u001b[2J${keepsHistory ? "" : "\u001b[3J"}`)
  }
)
