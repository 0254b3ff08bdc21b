/**
 * Transfers what a URL names, over HTTP.
 *
 * @see curl(1)
 */
import { O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import { AF_UNIX, SOCK_STREAM } from "@effix/kernel/abi/Socket"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import * as Effect from "effect/Effect"
import { writeAll } from "../BufferedWriter.js"
import * as Connect from "../Connect.js"
import { type Failure, type Head, HttpReader, isFailure } from "../HttpReader.js"
import * as Latin1 from "../Latin1.js"
import { attempt, type Steps, Stop } from "../Steps.js"
import * as Url from "../Url.js"
import * as Utility from "../Utility.js"
import * as Glob from "./curlGlob.js"
import { Given, redirected, type Request, utility } from "./curlOptions.js"

const why = ({ failure, missing }: Failure): readonly [status: number, text: string] => {
  switch (failure) {
    case "timeout":
      return [28, "Operation timed out"]
    case "empty":
      return [52, "Empty reply from server"]
    case "partial":
      return [
        18,
        missing === undefined
          ? "transfer closed with outstanding read data remaining"
          : `transfer closed with ${missing} bytes remaining to read`
      ]
    case "malformed":
      return [1, "Received HTTP/0.9 when not allowed"]
    case "length":
      return [8, "Invalid Content-Length: value"]
    case "chunk":
      return [56, "Illegal or missing hexadecimal sequence in chunked-encoding"]
    case "receive":
      return [56, "Recv failure: Connection reset by peer"]
  }
}

/** The transfer of one URL, as far as it has got. */
class Transfer {
  private out: number | undefined
  private status = 0
  private redirects = 0
  private downloaded = 0
  private headers = 0
  private sent = 0
  private type = ""
  private effective: string
  private remote = ""
  private leads = ""
  private dumped = false

  constructor(
    private readonly run: Utility.Run,
    private readonly given: Given,
    /** Where its output goes; `undefined` is standard output, and `""` what the URL is called. */
    private readonly target: string | undefined,
    private readonly text: string,
    private readonly query: string,
    private request: Request,
    private readonly end: bigint | undefined
  ) {
    this.effective = text
  }

  /** Milliseconds until it takes too long. */
  private *left(): Steps<number> {
    if (this.end === undefined) return -1
    const left = this.end - (yield* this.run.sys.clockGettime("monotonic"))
    return left <= 0n ? 0 : Math.ceil(Number(left) / 1e6)
  }

  private *parse(text: string): Steps<Url.Url> {
    const url = Url.parse(text, this.given.has("asis"))
    if (!("unfit" in url)) return url
    if (url.unfit === "scheme") {
      return yield* this.given.fail(1, `Protocol "${url.scheme}" not supported: this curl speaks http only`)
    }
    return yield* this.given.fail(
      3,
      url.unfit === "port"
        ? "URL rejected: Port number was not a decimal number between 0 and 65535"
        : "URL rejected: Malformed input"
    )
  }

  private *say(mark: string, text: string): Steps<void> {
    if (!this.given.has("v")) return
    const lines = text.split("\n").slice(0, -1)
    yield* this.run.error(lines.map((line) => `${mark} ${line}\n`).join(""))
  }

  private *connect(url: Url.Url): Steps<number> {
    const { given, run: { sys } } = this
    const path = given.value("unix")
    if (path !== undefined) {
      const fd = yield* sys.socket(AF_UNIX, SOCK_STREAM)
      const answer = yield* attempt(sys.connect(fd, { family: "unix", path }))
      if (!Errno.isErrno(answer)) return fd
      return yield* given.fail(7, `Failed to connect to ${url.host} port ${url.port}: ${Errno.text(answer._tag)}`)
    }
    const limit = yield* given.seconds("connect", "--connect-timeout")
    const left = yield* this.left()
    const most = limit === undefined ? left : Number(limit) / 1e6
    const connected = yield* Connect.to(sys, url.host, url.port, {
      milliseconds: left < 0 ? most : Math.min(left, most),
      family: given.has("4") ? "inet" : given.has("6") ? "inet6" : undefined
    })
    if ("nameless" in connected) return yield* given.fail(6, `Could not resolve host: ${url.host}`)
    if ("refused" in connected) {
      if (connected.refused._tag === "EINPROGRESS") return yield* given.fail(28, "Connection timed out")
      const because = Errno.text(connected.refused._tag)
      return yield* given.fail(7, `Failed to connect to ${url.host} port ${url.port}: ${because}`)
    }
    this.remote = connected.address
    yield* this.say("*", `Connected to ${url.host} (${connected.address}) port ${url.port}\n`)
    return connected.fd
  }

  /** Transfers it, and follows where it leads if it may. */
  *whole(): Steps<void> {
    const { given, run: { sys } } = this
    const asked = this.query === "" ? this.text : withQuery(this.text, this.query)
    let url = yield* this.parse(asked)
    this.effective = Url.format(url)
    if (this.target === "" && url.path.endsWith("/")) yield* given.fail(23, "Remote file name has no length")
    const most = Number(given.value("redirs") ?? "50")
    for (;;) {
      if (url.user !== undefined) this.request = { ...this.request, user: url.user }
      const fd = yield* this.connect(url)
      const text = given.textOf(url, this.request)
      this.sent = this.request.data?.length ?? 0
      const head = text.slice(0, text.indexOf("\r\n\r\n") + 4)
      yield* this.say(">", Latin1.toText(head))
      const unsent = yield* writeAll(sys, fd, Latin1.encode(text))
      if (unsent !== undefined) return yield* given.fail(55, `Send failure: ${Errno.text(unsent._tag)}`)
      const location = yield* this.answer(fd, url)
      yield* attempt(sys.close(fd))
      yield* this.say("*", "Closing connection\n")
      if (location === undefined) return
      if (this.redirects >= most) return yield* given.fail(47, `Maximum (${most}) redirects followed`)
      this.redirects++
      const from = url
      const next = yield* this.parse(location)
      url = { ...next, fragment: next.fragment === "" ? from.fragment : next.fragment }
      const elsewhere = !given.has("trusted") && (from.host !== url.host || from.port !== url.port)
      this.request = redirected(this.request, this.status, elsewhere)
      this.effective = Url.format(url)
    }
  }

  /** Reads an answer; answers where it leads, if that is followed. */
  private *answer(fd: number, url: Url.Url): Steps<string | undefined> {
    const { given } = this
    const reader = new HttpReader(this.run.sys, fd, () => this.left())
    let head: Head
    for (;;) {
      const read = yield* reader.head()
      if (isFailure(read)) return yield* given.fail(...why(read))
      head = read
      this.headers += head.text.length
      yield* this.say("<", Latin1.toText(head.text))
      const isLast = head.status >= 200 || head.status === 101
      if (given.has("f") && head.status >= 400 && isLast) break
      if (given.has("i") || given.has("I")) yield* this.write(Latin1.encode(head.text), url)
      if (given.has("D")) yield* this.dump(head.text)
      if (isLast) break
    }
    this.status = head.status
    this.type = head.headers.get("content-type") ?? ""
    const location = head.status >= 300 && head.status < 400 ? head.headers.get("location") : undefined
    this.leads = location === undefined ? "" : Url.follow(url, Latin1.toText(location))
    if (location !== undefined && (given.has("L") || given.has("trusted"))) return this.leads
    yield* this.receive(reader, head, url)
    return undefined
  }

  private *receive(reader: HttpReader, head: Head, url: Url.Url): Steps<void> {
    const { given } = this
    const refused = head.status >= 400 ? `The requested URL returned error: ${head.status}` : undefined
    if (refused !== undefined && given.has("f")) return yield* given.fail(22, refused)
    if (!given.has("I") && this.request.method !== "HEAD") {
      const { write } = this
      const failed = yield* reader.body(head, (piece) => write.call(this, piece, url))
      if (failed !== undefined) return yield* given.fail(...why(failed))
    }
    // A file is there even if nothing was in it.
    yield* this.write(new Uint8Array(0), url)
    if (this.out !== undefined && this.out > 2) yield* attempt(this.run.sys.close(this.out))
    if (refused !== undefined && given.has("body")) yield* given.fail(22, refused)
  }

  /** Opens where the output goes. */
  private *open({ path }: Url.Url): Steps<number> {
    const { given, run: { sys }, target } = this
    if (target === undefined || target === "-") return 1
    const name = target === "" ? path.split("/").at(-1) || "curl_response" : target
    if (given.has("dirs")) {
      for (let at = name.indexOf("/", 1); at > 0; at = name.indexOf("/", at + 1)) {
        yield* attempt(sys.mkdir(name.slice(0, at), 0o777))
      }
    }
    const fd = yield* attempt(sys.open(name, O_WRONLY | O_CREAT | O_TRUNC, 0o666))
    if (!Errno.isErrno(fd)) return fd
    return yield* given.fail(23, `Failure writing output to ${name}: ${Errno.text(fd._tag)}`)
  }

  private *write(bytes: Uint8Array, url: Url.Url): Steps<void> {
    this.out ??= yield* this.open(url)
    if (bytes.length === 0) return
    this.downloaded += bytes.length
    const error = yield* writeAll(this.run.sys, this.out, bytes)
    if (error !== undefined) return yield* this.given.fail(23, `Failure writing output: ${Errno.text(error._tag)}`)
  }

  private *dump(text: string): Steps<void> {
    const { given, run: { sys } } = this
    const path = given.value("D") ?? "-"
    const how = O_WRONLY | O_CREAT | (this.dumped ? O_APPEND : O_TRUNC)
    this.dumped = true
    const fd = path === "-" ? 1 : yield* attempt(sys.open(path, how, 0o666))
    if (Errno.isErrno(fd)) return yield* given.fail(23, `Failure writing output to ${path}: ${Errno.text(fd._tag)}`)
    yield* writeAll(sys, fd, Latin1.encode(text))
    if (fd !== 1) yield* attempt(sys.close(fd))
  }

  /** Writes what `-w` asks for. */
  *report(exit: Stop | undefined): Steps<void> {
    const wanted = this.given.value("w")
    if (wanted === undefined) return
    const code = `${this.status}`.padStart(3, "0")
    const isShown = this.given.has("i") || this.given.has("I")
    const variables: Readonly<Record<string, string>> = {
      content_type: this.type,
      errormsg: exit?.text?.replace(/^\(\d+\) /, "") ?? "",
      exitcode: `${exit?.status ?? 0}`,
      filename_effective: this.target ?? "",
      http_code: code,
      http_version: this.given.has("0") ? "1.0" : "1.1",
      method: this.request.method,
      num_connects: `${this.redirects + 1}`,
      num_redirects: `${this.redirects}`,
      redirect_url: this.leads,
      remote_ip: this.remote,
      response_code: code,
      scheme: "HTTP",
      size_download: `${Math.max(0, this.downloaded - (isShown ? this.headers : 0))}`,
      size_header: `${this.headers}`,
      size_upload: `${this.sent}`,
      url: this.text,
      url_effective: this.effective
    }
    let unknown = ""
    const text = wanted.replace(/%\{(\w+)\}|\\n|\\t|\\r|%%/g, (all, name: string | undefined) => {
      if (name === undefined) return ({ "\\n": "\n", "\\t": "\t", "\\r": "\r", "%%": "%" })[all] ?? all
      const value = variables[name]
      if (value === undefined) unknown += `curl: unknown --write-out variable: '${name}'\n`
      return value ?? ""
    })
    if (unknown !== "") yield* this.run.error(unknown)
    yield* writeAll(this.run.sys, 1, Bytes.encode(text))
  }
}

/** Data that belongs into the URL (`-G`). */
const withQuery = (text: string, query: string): string => {
  const [, before = "", fragment = ""] = /^([^#]*)(#.*)?$/s.exec(text) ?? []
  return `${before}${before.includes("?") ? "&" : "?"}${query}${fragment}`
}

/** What to transfer where to, or what keeps a pattern from being understood. */
interface Task {
  readonly text: string
  readonly target: string | undefined
  readonly unfit: Glob.Unfit | undefined
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const given = new Given(run, options)
  const urls = [...given.all("url"), ...operands]
  if (urls.length === 0) return yield* run.misuse("(2) no URL specified")
  const { query, request } = yield* given.request()
  const limit = yield* given.seconds("m", "-m")
  const targets = options.filter(({ key }) => key === "o" || key === "O").map(({ value }) => value)
  let status = 0
  const transfers = urls.flatMap((url, i): ReadonlyArray<Task> => {
    const globbed = given.has("g") ? [{ url, parts: [] }] : Glob.expand(url)
    if ("position" in globbed) return [{ text: url, target: undefined, unfit: globbed }]
    const target = targets[i]
    const name = (parts: ReadonlyArray<string>) => target === undefined ? undefined : Glob.named(target, parts)
    return globbed.map(({ parts, url }) => ({ text: url, target: name(parts), unfit: undefined }))
  })
  for (const { target, text, unfit } of transfers) {
    if (unfit !== undefined) {
      const mark = `${" ".repeat(Math.max(1, unfit.position - 1))}^`
      return yield* given.fail(3, `${unfit.text} in URL position ${unfit.position}:\n${text}\n${mark}`)
    }
    const end = limit === undefined ? undefined : (yield* run.sys.clockGettime("monotonic")) + limit
    const uploads = given.value("T")
    const at = uploads !== undefined && uploads !== "-" && text.endsWith("/") ? text + uploads.split("/").at(-1) : text
    const transfer = new Transfer(run, given, target, at, query, request, end)
    // One that fails does not keep the next from being tried.
    const ended = yield* Effect.merge(Effect.gen(function*() {
      yield* transfer.whole()
      return undefined
    }))
    const failed = ended instanceof Stop ? ended : undefined
    if (failed?.text !== undefined) yield* run.warn(failed.text)
    yield* transfer.report(failed)
    if (Errno.isErrno(ended)) return yield* Effect.fail(ended)
    status = failed === undefined ? 0 : failed.status ?? 1
  }
  return status
})
