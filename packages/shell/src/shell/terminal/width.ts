/**
 * How many cells of a terminal a text takes.
 *
 * @see wcwidth(3)
 */

const wide: ReadonlyArray<readonly [number, number]> = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd]
]

const combining = /^[\p{Mn}\p{Me}\p{Cf}]$/u

const ofCharacter = (character: string): number => {
  const code = character.codePointAt(0) ?? 0
  if (code < 32 || code === 127) return 2
  if (code < 0x300) return 1
  if (combining.test(character)) return 0
  return wide.some(([low, high]) => code >= low && code <= high) ? 2 : 1
}

/** Characters, each with the accents and marks that are drawn in its cells. */
export const clusters = (text: string): Array<string> => {
  const found: Array<string> = []
  for (const character of text) {
    if (found.length > 0 && ofCharacter(character) === 0) found[found.length - 1] += character
    else found.push(character)
  }
  return found
}

/** How many cells a text takes up to its end when it begins at cell `from` of rows of so many columns. */
export const after = (from: number, characters: Iterable<string>, columns: number): number => {
  let at = from
  for (const character of characters) {
    const cells = ofCharacter(character)
    // A wide character that does not fit leaves the last cell empty; so does no control character, which is two.
    if (cells === 2 && at % columns === columns - 1 && (character.codePointAt(0) ?? 0) > 127) at++
    at += cells
  }
  return at
}

export const of = (characters: Iterable<string>): number => {
  let cells = 0
  for (const character of characters) cells += ofCharacter(character)
  return cells
}

/** The same for a prompt: escape sequences take no cells. */
export const ofPrompt = (text: string): number =>
  of(text.replace(/\u001b\[[0-9;?]*[A-Za-z]|\u001b\][^\u0007]*\u0007/g, "").replace(/[\u0001\u0002]/g, ""))
