/**
 * The parts of a form, as `-F` gives them.
 *
 * @see curl(1), -F
 */
import * as Latin1 from "../Latin1.js"

export interface Part {
  readonly name: string
  /** Where its content is: in a file that is uploaded or read, or here. */
  readonly source: "upload" | "file" | "text"
  readonly content: string
  readonly type: string | undefined
  readonly filename: string | undefined
}

/** A word up to the next `;`, or within quotes, and what is left behind it. */
const word = (text: string): readonly [word: string, rest: string] => {
  const quoted = /^\s*"((?:[^"\\]|\\.)*)"[^;]*/s.exec(text)
  if (quoted !== null) return [quoted[1]!.replace(/\\(["\\])/g, "$1"), text.slice(quoted[0].length)]
  const plain = /^[^;]*/.exec(text)![0]
  return [plain.trimStart(), text.slice(plain.length)]
}

/** What `-F` says, or `--form-string`, which takes all of it as it is; `undefined` where there is no name. */
export const parse = (text: string, asIs: boolean): Part | undefined => {
  const at = text.indexOf("=")
  if (at < 0) return undefined
  const name = text.slice(0, at)
  const value = text.slice(at + 1)
  const plain = { name, type: undefined, filename: undefined }
  if (asIs) return { ...plain, source: "text", content: value }
  const source = value.startsWith("@") ? "upload" : value.startsWith("<") ? "file" : "text"
  let [content, rest] = word(source === "text" ? value : value.slice(1))
  let type: string | undefined
  let filename: string | undefined
  while (rest !== "") {
    const key = /^;\s*(\w+)=/.exec(rest)
    const [said, further] = word(rest.slice(key?.[0].length ?? 1))
    if (key?.[1] === "type") type = said.trimEnd()
    if (key?.[1] === "filename") filename = said
    rest = further
  }
  return { name, source, content, type, filename }
}

const types: Readonly<Record<string, string>> = {
  gif: "image/gif",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain",
  htm: "text/html",
  html: "text/html",
  pdf: "application/pdf",
  xml: "application/xml"
}

const quoted = (text: string): string =>
  `"${text.replace(/["\r\n]/g, (letter) => ({ "\"": "%22", "\r": "%0D", "\n": "%0A" })[letter] ?? letter)}"`

/** A part as it is sent, a letter for each byte, with the `content` that it has. */
export const written = (part: Part, content: string): string => {
  const { name, source } = part
  const filename = part.filename ?? (source === "upload" ? part.content.split("/").at(-1) : undefined)
  const guessed = types[/\.(\w+)$/.exec(filename ?? "")?.[1]?.toLowerCase() ?? ""] ?? "application/octet-stream"
  const type = part.type ?? (source === "upload" ? guessed : undefined)
  const head = `Content-Disposition: form-data; name=${quoted(name)}` +
    (filename === undefined ? "" : `; filename=${quoted(filename)}`) +
    (type === undefined ? "" : `\r\nContent-Type: ${type}`)
  return `${Latin1.fromText(head)}\r\n\r\n${content}\r\n`
}
