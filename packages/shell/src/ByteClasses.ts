/**
 * Classes of characters in the C locale.
 *
 * @see isalpha(3)
 */

const between = (byte: number, from: number, to: number): boolean => byte >= from && byte <= to
const upper = (byte: number): boolean => between(byte, 65, 90)
const lower = (byte: number): boolean => between(byte, 97, 122)
const alpha = (byte: number): boolean => upper(byte) || lower(byte)
const digit = (byte: number): boolean => between(byte, 48, 57)
const alnum = (byte: number): boolean => alpha(byte) || digit(byte)
const graph = (byte: number): boolean => between(byte, 33, 126)

/** The classes by their names in `[:name:]`. */
export const classes: Readonly<Record<string, (byte: number) => boolean>> = {
  alnum,
  alpha,
  blank: (byte) => byte === 32 || byte === 9,
  cntrl: (byte) => byte < 32 || byte === 127,
  digit,
  graph,
  lower,
  print: (byte) => between(byte, 32, 126),
  punct: (byte) => graph(byte) && !alnum(byte),
  space: (byte) => byte === 32 || between(byte, 9, 13),
  upper,
  xdigit: (byte) => digit(byte) || between(byte, 65, 70) || between(byte, 97, 102)
}

/** The bytes of a class, ascending; `undefined` for a name that is none. */
export const members = (name: string): ReadonlyArray<number> | undefined => {
  const test = Object.hasOwn(classes, name) ? classes[name] : undefined
  return test === undefined ? undefined : Array.from({ length: 256 }, (_, byte) => byte).filter(test)
}
