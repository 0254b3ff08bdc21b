/**
 * Text quoted so that the shell reads it back as it is.
 */

const controls: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\u001b": "\\E",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "'": "\\'",
  "\\": "\\\\"
}

const hasControls = /[\u0000-\u001f\u007f\udc80-\udcff]/

const ansi = (text: string): string => {
  let out = "$'"
  for (const character of text) {
    const code = character.codePointAt(0)!
    const known = controls[character]
    if (known !== undefined) out += known
    else if (code < 32 || code === 127) out += `\\${code.toString(8).padStart(3, "0")}`
    else if (code >= 0xdc80 && code <= 0xdcff) out += `\\${(code & 0xff).toString(8)}`
    else out += character
  }
  return `${out}'`
}

const single = (text: string): string => text === "'" ? "\\'" : `'${text.replace(/'/g, "'\\''")}'`

/** As `${x@Q}`, `trap` and `alias` print it: always quoted. */
export const always = (text: string): string => hasControls.test(text) ? ansi(text) : single(text)

/** As `declare -p` prints it: between double quotes. */
export const double = (text: string): string =>
  hasControls.test(text) ? ansi(text) : `"${text.replace(/[$`"\\]/g, "\\$&")}"`

/** As `printf %q` prints it: a backslash before each character that means something. */
export const backslashed = (text: string): string => {
  if (text === "") return "''"
  if (hasControls.test(text)) return ansi(text)
  return text.replace(/[ !"$&'()*,;<>?[\\\]^`{|}]|^#|(?:^|(?<=[:=]))~/g, "\\$&")
}

/** Characters that mean something to the shell, wherever they stand or where they do. */
const isSpecial = /[ \t\n'"\\|&;()<>!{}*[\]?^$`]|(?:^|[:=])~|^#/

/** As `set` lists values: quoted where it needs to be. */
export const listed = (text: string): string => {
  if (hasControls.test(text)) return ansi(text)
  return isSpecial.test(text) ? single(text) : text
}

/** As `set -x` has it: bare where that is enough. */
export const trace = (text: string): string => {
  if (text === "") return "''"
  if (isSpecial.test(text)) return single(text)
  return hasControls.test(text) ? ansi(text) : text
}
