/**
 * Classes of characters, as the kernel of Linux has them: Latin-1, whatever the locale of a program.
 *
 * @see isalpha(3)
 */
export const isControl = (c: number): boolean => c < 0x20 || c === 0x7f

const isLower = (c: number): boolean => (c >= 0x61 && c <= 0x7a) || (c >= 0xdf && c <= 0xff && c !== 0xf7)
const isUpper = (c: number): boolean => (c >= 0x41 && c <= 0x5a) || (c >= 0xc0 && c <= 0xde && c !== 0xd7)

/** What VWERASE takes for a part of a word. */
export const isWord = (c: number): boolean => isLower(c) || isUpper(c) || (c >= 0x30 && c <= 0x39) || c === 0x5f

export const toLower = (c: number): number => isUpper(c) ? c + 0x20 : c
export const toUpper = (c: number): number => isLower(c) ? c - 0x20 : c

/** A byte that goes on with a character of UTF-8. */
export const isContinuation = (c: number): boolean => (c & 0xc0) === 0x80

export const BACKSPACE = 0x08
export const TAB = 0x09
export const NEWLINE = 0x0a
export const RETURN = 0x0d
export const SPACE = 0x20
export const SLASH = 0x2f
export const BACKSLASH = 0x5c
export const CARET = 0x5e
/** A control character that is set to this is switched off; in the input it marks an end of file. */
export const DISABLED = 0
