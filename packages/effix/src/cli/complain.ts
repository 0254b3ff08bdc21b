/**
 * One line on the host's standard error: what is wrong, and what would help.
 */
export const complain = (text: string): void => {
  process.stderr.write(`effix: ${text.replaceAll("\n", " ")}\n`)
}
