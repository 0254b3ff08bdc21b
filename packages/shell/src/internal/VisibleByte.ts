/**
 * One byte as C would write it, or in octal digits: what `od -c` and `hexdump -c` show.
 *
 * @see od(1)
 */
const escapes: Readonly<Record<number, string>> = {
  0: "\\0",
  7: "\\a",
  8: "\\b",
  9: "\\t",
  10: "\\n",
  11: "\\v",
  12: "\\f",
  13: "\\r"
}

export const isPrintable = (byte: number): boolean => byte >= 32 && byte < 127

export const character = (byte: number): string =>
  escapes[byte] ?? (isPrintable(byte) ? String.fromCharCode(byte) : byte.toString(8).padStart(3, "0"))
