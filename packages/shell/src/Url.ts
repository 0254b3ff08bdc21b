/**
 * URLs of HTTP: their parts, and where a reference leads from one.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3986
 */
import * as Bytes from "@effix/kernel/Bytes"

export interface Url {
  /** Without the brackets of IPv6. */
  readonly host: string
  readonly port: number
  /** `user:password` before the host. */
  readonly user: string | undefined
  readonly path: string
  /** With its `?`, or empty. */
  readonly query: string
  /** With its `#`, or empty; it is sent to nobody. */
  readonly fragment: string
}

/** Why a text is no URL that can be fetched. */
export interface Unfit {
  readonly unfit: "malformed" | "port" | "scheme"
  readonly scheme: string
}

/** Takes `.` and `..` out of a path, as far as there is something that they can take away. */
const withoutDots = (path: string): string => {
  const out: Array<string> = []
  const parts = path.split("/").slice(1)
  for (const [i, part] of parts.entries()) {
    if (part === "..") out.pop()
    else if (part !== ".") out.push(part)
    // A last one names a folder.
    if ((part === ".." || part === ".") && i === parts.length - 1) out.push("")
  }
  return `/${out.join("/")}`
}

/** The parts of a URL; `asIs` leaves the dots in its path. */
export const parse = (text: string, asIs = false): Url | Unfit => {
  const [, scheme = "http", authority = "", path = "", query = "", fragment = ""] =
    /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(text) ?? []
  if (scheme.toLowerCase() !== "http") return { unfit: "scheme", scheme }
  const parts = /^(?:([^@]*)@)?(\[[0-9A-Fa-f:.]+\]|[^:[\]]+)(?::(\d{0,5}))?$/.exec(authority)
  // What would end a line of the request is no part of a URL.
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  if (parts === null || /[\u0000- \u007f]/.test(text)) return { unfit: "malformed", scheme }
  const [, user, host = "", given] = parts
  const port = given === undefined || given === "" ? 80 : Number(given)
  if (port > 65_535) return { unfit: "port", scheme }
  const rooted = escaped(path === "" ? "/" : path)
  return {
    host: host.replace(/^\[(.*)\]$/, "$1"),
    port,
    user: user === undefined ? undefined : decoded(user),
    path: asIs ? rooted : withoutDots(rooted),
    query: escaped(query),
    fragment
  }
}

/** What is not ASCII goes as its bytes. */
const escaped = (text: string): string =>
  text.replace(
    /[\u0080-\uffff]+/g,
    (part) => Array.from(Bytes.encode(part), (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")
  )

/** What `%41` and its like stand for. */
const decoded = (text: string): string =>
  text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (all) => {
    try {
      return decodeURIComponent(all)
    } catch {
      return all
    }
  })

/** A host as it stands in a URL, with its port where that is not the usual one. */
export const authority = ({ host, port }: Url): string => {
  const name = host.includes(":") ? `[${host}]` : host
  return port === 80 ? name : `${name}:${port}`
}

export const format = (url: Url): string => `http://${authority(url)}${url.path}${url.query}${url.fragment}`

/** Where a reference leads, such as a `Location` says it, as text. */
export const follow = (from: Url, reference: string): string => {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(reference)) return reference
  if (reference.startsWith("//")) return `http:${reference}`
  const base = `http://${authority(from)}`
  if (reference.startsWith("/")) return base + reference
  if (reference.startsWith("?") || reference === "") return base + from.path + reference
  if (reference.startsWith("#")) return base + from.path + from.query + reference
  return base + from.path.replace(/[^/]*$/, "") + reference
}
