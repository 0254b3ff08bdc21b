/**
 * Which members are meant, what they are called on the way in and out, and how names are shown.
 *
 * @see tar(1)
 */
import * as Bytes from "@effix/kernel/Bytes"
import * as Pattern from "../Pattern.js"

const letters: Readonly<Record<number, string>> = {
  7: "a",
  8: "b",
  9: "t",
  10: "n",
  11: "v",
  12: "f",
  13: "r",
  127: "?"
}

/** A name with everything that is not printable visible; `colon`: with colons marked, for in front of one. */
export const shown = (name: string, colon = false): string => {
  if (/^[ -9;-[\]-~]*$/.test(name)) return name
  let text = ""
  for (const byte of Bytes.encode(name)) {
    const char = String.fromCharCode(byte)
    if (char === "\\" || (colon && char === ":")) text += "\\" + char
    else if (byte >= 32 && byte < 127) text += char
    else {text += "\\" +
        (byte !== 127 && letters[byte] !== undefined ? letters[byte] : byte.toString(8).padStart(3, "0"))}
  }
  return text
}

/** The beginning of a name that leads out of where one is: slashes, and all up to the last `..`. */
export const leading = (name: string): string => {
  let prefix = /^\/*/.exec(name)![0].length
  for (const { 0: found, index } of name.matchAll(/(?<=^|\/)\.\.(?:\/+|$)/g)) prefix = index + found.length
  return name.slice(0, prefix)
}

export const hasDotDot = (name: string): boolean => name.split("/").includes("..")

/** A name without its first directories; `undefined` where nothing is left. */
export const stripped = (name: string, components: number): string | undefined => {
  let rest = name
  for (let i = 0; i < components; i++) {
    const match = /^\/*[^/]+\/+/.exec(rest)
    if (match === null) return undefined
    rest = rest.slice(match[0].length)
  }
  return rest === "" ? undefined : rest
}

/** How patterns are matched. */
export interface Matching {
  readonly wildcards: boolean
  readonly slash: boolean
  readonly anchored: boolean
  readonly ignoreCase: boolean
}

/** A function that says whether a name, or a directory that it lies in, is meant by `pattern`. */
export const matcher = (pattern: string, how: Matching): (name: string) => boolean => {
  const wanted = pattern.replace(/(.)\/+$/, "$1")
  const fold = (text: string): string => how.ignoreCase ? text.toLowerCase() : text
  const whole = how.wildcards
    ? Pattern.compile(wanted, { pathname: !how.slash, ignoreCase: how.ignoreCase })
    : (text: string) => fold(text) === fold(wanted)
  return (name) => {
    const text = name.replace(/(.)\/+$/, "$1")
    const starts = how.anchored ? [0] : [0, ...Array.from(text.matchAll(/\/(?=[^/])/g), ({ index }) => index + 1)]
    const ends = [text.length, ...Array.from(text.matchAll(/\//g), ({ index }) => index)]
    return starts.some((from) => ends.some((to) => to > from && whole(text.slice(from, to))))
  }
}

export const versionControl: ReadonlyArray<string> = [
  "CVS",
  ".cvsignore",
  "RCS",
  "SCCS",
  ".git",
  ".gitignore",
  ".gitattributes",
  ".gitmodules",
  ".svn",
  ".arch-ids",
  "{arch}",
  "=RELEASE-ID",
  "=meta-update",
  "=update",
  ".bzr",
  ".bzrignore",
  ".bzrtags",
  ".hg",
  ".hgignore",
  ".hgtags",
  "_darcs"
]

export const backups: ReadonlyArray<string> = [".#*", "*~", "#*#"]
