/**
 * Transfers what a URL names, over HTTP.
 *
 * @see curl(1)
 */
import { O_CREAT, O_TRUNC, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import { writeAll } from "../BufferedWriter.js"
import * as Connect from "../Connect.js"
import { type Failure, type Head, HttpReader, isFailure } from "../HttpReader.js"
import * as Latin1 from "../Latin1.js"
import * as Options from "../Options.js"
import { attempt, type Steps, stop } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... URL...",
  does: "Transfer what each URL names, over HTTP.",
  short: "d:fH:iILm:o:OsSw:X:",
  long: {
    "data=": "d",
    fail: "f",
    "header=": "H",
    include: "i",
    head: "I",
    location: "L",
    "max-time=": "m",
    "max-redirs=": "redirs",
    "output=": "o",
    "remote-name": "O",
    silent: "s",
    "show-error": "S",
    "write-out=": "w",
    "request=": "X"
  },
  failure: 2
}

interface Url {
  readonly host: string
  readonly port: number
  /** With the query. */
  readonly path: string
}

interface Request {
  readonly method: string
  readonly headers: ReadonlyArray<string>
  readonly data: string | undefined
}

const why: Readonly<Record<Failure, readonly [status: number, text: string]>> = {
  timeout: [28, "Operation timed out"],
  empty: [52, "Empty reply from server"],
  partial: [18, "transfer closed with outstanding read data remaining"],
  malformed: [1, "Received HTTP/0.9 when not allowed"],
  receive: [56, "Recv failure: Connection reset by peer"]
}

/** What is sent to where a server leads: what was posted, it has. */
const redirected = ({ data, headers, method }: Request, status: number): Request =>
  method === "POST" && status <= 303 ? { method: "GET", headers, data: undefined } : { method, headers, data }

/** One run: its options, and when it has to be over. */
class Transfer {
  private readonly has: (key: string) => boolean
  private readonly request: Request
  private end: bigint | undefined

  constructor(private readonly run: Utility.Run, private readonly options: ReadonlyArray<Options.Given>) {
    this.has = (key) => options.some((option) => option.key === key)
    const values = (key: string) => options.filter((option) => option.key === key).map(({ value }) => value)
    const data = this.has("d") ? values("d").join("&") : undefined
    this.request = {
      method: values("X").at(-1) ?? (this.has("I") ? "HEAD" : data === undefined ? "GET" : "POST"),
      headers: values("H"),
      data
    }
  }

  private value(key: string): string | undefined {
    return Options.last(this.options, key)?.value
  }

  /** Gives up, and says why unless it has to be silent. */
  *fail(status: number, text: string): Steps<never> {
    return yield* stop(status, this.has("s") && !this.has("S") ? undefined : `(${status}) ${text}`)
  }

  *start(): Steps<void> {
    const limit = this.value("m")
    if (limit === undefined) return
    if (!/^\d+(\.\d+)?$/.test(limit)) return yield* this.fail(2, "option -m: expected a proper numerical parameter")
    this.end = (yield* this.run.sys.clockGettime("monotonic")) + BigInt(Math.ceil(Number(limit) * 1e9))
  }

  private *left(): Steps<number> {
    if (this.end === undefined) return -1
    const left = this.end - (yield* this.run.sys.clockGettime("monotonic"))
    return left <= 0n ? 0 : Math.ceil(Number(left) / 1e6)
  }

  private *parse(text: string): Steps<Url> {
    const [, scheme = "http", authority = "", rest = ""] =
      /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?([^/?#]*)([^#]*)/.exec(text) ?? []
    if (scheme.toLowerCase() !== "http") {
      return yield* this.fail(1, `Protocol "${scheme}" not supported: this curl speaks http only`)
    }
    const parts = /^(?:[^@]*@)?(\[[0-9A-Fa-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(authority)
    // What would end a line of the request is no part of a URL.
    // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
    if (parts === null || /[\u0000- \u007f]/.test(text)) return yield* this.fail(3, "URL rejected: Malformed input")
    const port = Number(parts[2] ?? "80")
    if (port > 65_535) {
      return yield* this.fail(3, "URL rejected: Port number was not a decimal number between 0 and 65535")
    }
    return { host: parts[1] ?? "", port, path: rest.startsWith("/") ? rest : `/${rest}` }
  }

  /** The text of the request; bytes of arguments as characters. */
  private textOf({ host, path, port }: Url, { data, headers, method }: Request): string {
    const named = new Set(headers.map((header) => header.split(":", 1)[0]!.toLowerCase()))
    const body = data === undefined ? "" : Latin1.fromText(data)
    const own = [
      `Host: ${port === 80 ? host : `${host}:${port}`}`,
      "User-Agent: curl/8 (Effix)",
      "Accept: */*",
      ...(data === undefined
        ? []
        : [`Content-Length: ${body.length}`, "Content-Type: application/x-www-form-urlencoded"])
    ].filter((header) => !named.has(header.split(":", 1)[0]!.toLowerCase()))
    const given = headers.filter((header) => !/^[^:]*:\s*$/.test(header)).map(Latin1.fromText)
    return `${[`${method} ${path} HTTP/1.1`, ...own, ...given, "Connection: close"].join("\r\n")}\r\n\r\n${body}`
  }

  private *output(url: Url): Steps<number> {
    const name = this.has("O") ? url.path.replace(/\?.*$/, "").split("/").at(-1) : this.value("o")
    if (name === "") return yield* this.fail(23, "Remote file name has no length")
    if (name === undefined || name === "-") return 1
    const fd = yield* attempt(this.run.sys.open(name, O_WRONLY | O_CREAT | O_TRUNC, 0o666))
    return Errno.isErrno(fd) ? yield* this.fail(23, `Failure writing output to ${name}: ${Errno.text(fd._tag)}`) : fd
  }

  /** Transfers one URL, and follows where it leads if it may. */
  *transfer(text: string): Steps<void> {
    const { sys } = this.run
    let url = yield* this.parse(text)
    const out = yield* this.output(url)
    let { request } = this
    const most = Number(this.value("redirs") ?? "50")
    for (let redirects = 0;; redirects++) {
      const host = url.host.replace(/^\[(.*)\]$/, "$1")
      const connected = yield* Connect.to(sys, host, url.port, { milliseconds: yield* this.left() })
      if ("nameless" in connected) return yield* this.fail(6, `Could not resolve host: ${host}`)
      if ("refused" in connected) {
        if (connected.refused._tag === "EINPROGRESS") return yield* this.fail(28, "Connection timed out")
        const because = Errno.text(connected.refused._tag)
        return yield* this.fail(7, `Failed to connect to ${host} port ${url.port}: ${because}`)
      }
      const { fd } = connected
      const unsent = yield* writeAll(sys, fd, Latin1.encode(this.textOf(url, request)))
      if (unsent !== undefined) return yield* this.fail(55, `Send failure: ${Errno.text(unsent._tag)}`)
      const reader = new HttpReader(sys, fd, () => this.left())
      const head = yield* reader.head()
      if (isFailure(head)) return yield* this.fail(...why[head])
      const location = this.has("L") && head.status >= 300 && head.status < 400
        ? head.headers.get("location")
        : undefined
      if (location === undefined) {
        yield* this.receive(reader, head, out)
        yield* attempt(sys.close(fd))
        if (out !== 1) yield* attempt(sys.close(out))
        const wanted = this.value("w")
        if (wanted !== undefined) yield* this.report(wanted, head.status, redirects)
        return
      }
      if (this.has("i") || this.has("I")) yield* this.write(out, Latin1.encode(head.text))
      yield* attempt(sys.close(fd))
      if (redirects >= most) return yield* this.fail(47, `Maximum (${most}) redirects followed`)
      request = redirected(request, head.status)
      url = yield* this.parse(this.follow(url, location))
    }
  }

  private follow({ host, path, port }: Url, location: string): string {
    if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(location)) return location
    if (location.startsWith("//")) return `http:${location}`
    const folder = location.startsWith("/") ? "" : path.replace(/\?.*$/, "").replace(/[^/]*$/, "")
    return `http://${host}:${port}${folder}${location}`
  }

  private *receive(reader: HttpReader, head: Head, out: number): Steps<void> {
    if (this.has("f") && head.status >= 400) {
      return yield* this.fail(22, `The requested URL returned error: ${head.status}`)
    }
    const { has, write } = this
    if (has("i") || has("I")) yield* this.write(out, Latin1.encode(head.text))
    if (this.request.method === "HEAD") return
    const failed = yield* reader.body(head, (piece) => write.call(this, out, piece))
    if (failed !== undefined) return yield* this.fail(...why[failed])
  }

  private *write(out: number, bytes: Uint8Array): Steps<void> {
    const error = yield* writeAll(this.run.sys, out, bytes)
    if (error !== undefined) return yield* this.fail(23, `Failure writing output: ${Errno.text(error._tag)}`)
  }

  private *report(wanted: string, status: number, redirects: number): Steps<void> {
    const variables: Readonly<Record<string, string>> = {
      http_code: `${status}`.padStart(3, "0"),
      response_code: `${status}`.padStart(3, "0"),
      num_redirects: `${redirects}`
    }
    const text = wanted.replace(/%\{(\w+)\}|\\n|\\t|\\r|%%/g, (all, name: string | undefined) =>
      name === undefined
        ? ({ "\\n": "\n", "\\t": "\t", "\\r": "\r", "%%": "%" })[all] ?? all
        : variables[name] ?? "")
    yield* this.write(1, Bytes.encode(text))
  }
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  if (operands.length === 0) return yield* run.misuse("(2) no URL specified")
  const transfer = new Transfer(run, options)
  yield* transfer.start()
  for (const url of operands) yield* transfer.transfer(url)
})
