/**
 * The options of curl, and the request that they make.
 *
 * @see curl(1)
 */
import { O_RDONLY } from "@effix/kernel/abi/OpenFlags"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import { blockSize } from "../BufferedWriter.js"
import * as Latin1 from "../Latin1.js"
import type * as Options from "../Options.js"
import { attempt, type Steps, stop } from "../Steps.js"
import { authority, type Url } from "../Url.js"
import type * as Utility from "../Utility.js"
import * as Form from "./curlForm.js"

export const utility: Utility.Utility = {
  usage: "[OPTION]... URL...",
  does: "Transfer what each URL names, over HTTP.",
  short: "046A:b:d:D:e:fF:gGH:iIkLm:No:Or:sST:u:vw:X:#",
  long: {
    compressed: "\u0001",
    "connect-timeout=": "connect",
    "cookie=": "b",
    "create-dirs": "dirs",
    "data=": "d",
    "data-ascii=": "d",
    "data-binary=": "binary",
    "data-raw=": "raw",
    "data-urlencode=": "urlencode",
    "dump-header=": "D",
    "form=": "F",
    "form-string=": "string",
    fail: "f",
    "fail-with-body": "body",
    get: "G",
    globoff: "g",
    head: "I",
    "header=": "H",
    "http1.0": "0",
    "http1.1": "\u0001",
    include: "i",
    insecure: "k",
    ipv4: "4",
    ipv6: "6",
    "json=": "json",
    location: "L",
    "location-trusted": "trusted",
    "max-redirs=": "redirs",
    "max-time=": "m",
    "no-buffer": "N",
    "no-keepalive": "\u0001",
    "no-progress-meter": "\u0001",
    "output=": "o",
    "path-as-is": "asis",
    "progress-bar": "#",
    "range=": "r",
    "referer=": "e",
    "remote-name": "O",
    "request=": "X",
    "request-target=": "target",
    "show-error": "S",
    silent: "s",
    "unix-socket=": "unix",
    "upload-file=": "T",
    "url=": "url",
    "user=": "u",
    "user-agent=": "A",
    verbose: "v",
    "write-out=": "w"
  },
  failure: 2
}

/** Data, a letter for each byte, and what it is sent as. */
export interface Request {
  readonly method: string
  /** Whether `-X` says so, which redirects leave as it is. */
  readonly chosen: boolean
  readonly headers: ReadonlyArray<string>
  readonly data: string | undefined
  readonly type: string | undefined
  readonly user: string | undefined
  readonly cookie: string | undefined
}

export class Given {
  constructor(private readonly run: Utility.Run, readonly options: ReadonlyArray<Options.Given>) {}

  readonly has = (key: string): boolean => this.options.some((option) => option.key === key)
  readonly value = (key: string): string | undefined => this.all(key).at(-1)

  all(key: string): ReadonlyArray<string> {
    return this.options.flatMap((option) => option.key === key ? [option.value] : [])
  }

  /** Gives up, and says why unless it has to be silent. */
  *fail(status: number, text: string): Steps<never> {
    return yield* stop(status, this.has("s") && !this.has("S") ? undefined : `(${status}) ${text}`)
  }

  /** The nanoseconds of an option in seconds. */
  *seconds(key: string, name: string): Steps<bigint | undefined> {
    const text = this.value(key)
    if (text === undefined) return undefined
    if (/^\d+(\.\d+)?$/.test(text)) return BigInt(Math.ceil(Number(text) * 1e9))
    return yield* this.fail(2, `option ${name}: expected a proper numerical parameter`)
  }

  /** The bytes of a file, a letter each; `-` is standard input. */
  *content(path: string): Steps<string> {
    const { sys } = this.run
    const fd = path === "-" ? 0 : yield* attempt(sys.open(path, O_RDONLY))
    if (Errno.isErrno(fd)) return yield* this.fail(26, `Failed to open ${path}`)
    const block = new Uint8Array(blockSize)
    let text = ""
    for (;;) {
      const count = yield* attempt(sys.read(fd, block))
      if (Errno.isErrno(count)) return yield* this.fail(26, `Failed to read ${path}`)
      if (count === 0) break
      text += Latin1.decode(block, 0, count)
    }
    if (fd !== 0) yield* attempt(sys.close(fd))
    return text
  }

  private *data(): Steps<{ readonly data: string; readonly isJson: boolean } | undefined> {
    let data: string | undefined
    let isJson = false
    for (const { key, value } of this.options) {
      const isFile = value.startsWith("@")
      const plain = Latin1.fromText(value)
      let piece: string | undefined
      if (key === "d" && isFile) piece = (yield* this.content(value.slice(1))).replace(/[\r\n\0]/g, "")
      else if ((key === "binary" || key === "json") && isFile) piece = yield* this.content(value.slice(1))
      else if (key === "d" || key === "raw" || key === "binary" || key === "json") piece = plain
      else if (key === "urlencode") piece = yield* this.encoded(value)
      if (piece === undefined) continue
      if (key === "json") isJson = true
      data = data === undefined ? piece : `${data}${key === "json" ? "" : "&"}${piece}`
    }
    return data === undefined ? undefined : { data, isJson }
  }

  /** The parts of a form, and what bounds them. */
  private *form(): Steps<{ readonly data: string; readonly type: string } | undefined> {
    const { sys } = this.run
    const parts: Array<string> = []
    for (const { key, value } of this.options) {
      if (key !== "F" && key !== "string") continue
      const part = Form.parse(value, key === "string")
      if (part === undefined) return yield* this.run.misuse("option -F: is badly used here")
      const { content, source } = part
      parts.push(Form.written(part, source === "text" ? Latin1.fromText(content) : yield* this.content(content)))
    }
    if (parts.length === 0) return undefined
    const bytes = new Uint8Array(8)
    yield* sys.getrandom(bytes)
    const chance = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
    const boundary = `${"-".repeat(24)}${chance}`
    const data = `${parts.map((part) => `--${boundary}\r\n${part}`).join("")}--${boundary}--\r\n`
    return { data, type: `multipart/form-data; boundary=${boundary}` }
  }

  /** `--data-urlencode`: content, `name=content`, `@file` or `name@file`. */
  private *encoded(text: string): Steps<string> {
    const [, name = "", sign, rest = ""] = /^([^=@]*)([=@])(.*)$/s.exec(text) ?? [undefined, "", undefined, text]
    const content = sign === "@" ? yield* this.content(rest) : Latin1.fromText(rest)
    const escaped = content.replace(
      /[^A-Za-z0-9._~-]/g,
      (letter) =>
        letter === " " && !this.has("G") ? "+" : `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`
    )
    return name === "" ? escaped : `${Latin1.fromText(name)}=${escaped}`
  }

  /** What is asked for at the URLs, and what belongs behind them. */
  *request(): Steps<{ readonly request: Request; readonly query: string }> {
    const given = yield* this.data()
    const form = yield* this.form()
    // Under -s, nobody is told that one request has one body.
    if (form !== undefined && given !== undefined) {
      return yield* this.fail(2, "You can only select one HTTP request method!")
    }
    const sent = form !== undefined ? { ...form, isJson: false } : this.has("G") ? undefined : given
    const uploaded = this.value("T")
    const data = uploaded === undefined ? sent?.data : yield* this.content(uploaded)
    const method = this.has("I") ? "HEAD" : uploaded !== undefined ? "PUT" : sent === undefined ? "GET" : "POST"
    const json = sent?.isJson === true ? ["Content-Type: application/json", "Accept: application/json"] : []
    const headers = this.all("H")
    const named = new Set(headers.map(nameOf))
    const request = {
      method: this.value("X") ?? method,
      chosen: this.has("X"),
      headers: [...headers, ...json.filter((header) => !named.has(nameOf(header)))],
      data,
      type: sent === undefined || uploaded !== undefined
        ? undefined
        : form?.type ?? "application/x-www-form-urlencoded",
      // Nobody is asked for a password.
      user: this.value("u")?.replace(/^[^:]*$/, "$&:"),
      cookie: this.all("b").filter((each) => each.includes("=")).join("; ") || undefined
    }
    return { request, query: this.has("G") && given !== undefined ? given.data : "" }
  }

  /** The head of a request and its data, a letter for each byte. */
  textOf(url: Url, { cookie, data, headers, method, type, user }: Request): string {
    const named = new Set(headers.map(nameOf))
    const own = (name: string, value: string | undefined): ReadonlyArray<string> => {
      if (value === undefined || (named.has(name.toLowerCase()) && name !== "Host")) return []
      return [`${name}: ${value}`]
    }
    const host = headers.find((header) => nameOf(header) === "host")?.replace(/^[^:]*:\s*/, "")
    const range = this.value("r")
    const agent = this.value("A") ?? "curl/8 (Effix)"
    const lines = [
      `${method} ${this.value("target") ?? url.path + url.query} HTTP/1.${this.has("0") ? 0 : 1}`,
      ...own("Host", host === undefined ? authority(url) : host === "" ? undefined : host),
      ...own("Authorization", user === undefined ? undefined : `Basic ${base64(Bytes.encode(user))}`),
      ...own("Range", range === undefined ? undefined : `bytes=${range}`),
      ...own("User-Agent", agent === "" ? undefined : agent),
      ...own("Accept", "*/*"),
      ...own("Referer", this.value("e")),
      ...own("Cookie", cookie),
      ...headers.filter((header) => nameOf(header) !== "host").flatMap(written),
      ...own("Content-Length", data === undefined ? undefined : `${data.length}`),
      ...own("Content-Type", type),
      ...own("Connection", "close")
    ]
    return `${lines.map(Latin1.fromText).join("\r\n")}\r\n\r\n${data ?? ""}`
  }
}

const nameOf = (header: string): string => /^[^:;]*/.exec(header)![0].toLowerCase()

/** A header that is given: `Name:` takes one away, `Name;` sends one without a value. */
const written = (header: string): ReadonlyArray<string> => {
  if (/^[^:;]+;\s*$/.test(header)) return [header.replace(/;\s*$/, ":")]
  return /^[^:]*:\s*$/.test(header) || !header.includes(":") ? [] : [header]
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

const base64 = (bytes: Uint8Array): string => {
  let text = ""
  for (let i = 0; i < bytes.length; i += 3) {
    const bits = bytes[i]! << 16 | (bytes[i + 1] ?? 0) << 8 | (bytes[i + 2] ?? 0)
    const letters = [18, 12, 6, 0].map((shift) => LETTERS[bits >> shift & 63]!).join("")
    text += letters.slice(0, Math.min(4, bytes.length - i + 1)).padEnd(4, "=")
  }
  return text
}

/** What is sent to where a server leads: what was posted, it has. */
export const redirected = (request: Request, status: number, elsewhere: boolean): Request => {
  const { chosen, data, headers, method, type } = request
  const becomes = status === 303
    ? method !== "HEAD"
    : status < 303 && (method === "POST" || (chosen && data !== undefined))
  // Who has a secret for one server tells no other.
  const kept = elsewhere ? headers.filter((header) => !/^(authorization|cookie)\s*:/i.test(header)) : headers
  return {
    ...request,
    method: becomes && !chosen ? "GET" : method,
    data: becomes ? undefined : data,
    type: becomes ? undefined : type,
    headers: kept,
    user: elsewhere ? undefined : request.user,
    cookie: elsewhere ? undefined : request.cookie
  }
}
