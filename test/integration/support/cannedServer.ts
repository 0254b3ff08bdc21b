/** A server that answers with the bytes that belong to the last part of a path, and keeps what it was asked. */
import * as Effect from "effect/Effect"
import * as Net from "node:net"

const OK = "HTTP/1.1 200 OK\r\n"
const pieces = (...all: ReadonlyArray<string>): string =>
  [...all, ""].map((each) => `${each.length.toString(16)}\r\n${each}\r\n`).join("")

/** Several pieces are sent one after the other. */
const answers: Readonly<Record<string, string | ReadonlyArray<string>>> = {
  plain: `${OK}Content-Length: 5\r\n\r\nhello`,
  typed: `${OK}Content-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n\r\nhello`,
  chunked: `${OK}Transfer-Encoding: chunked\r\n\r\n${pieces("hello ", "wor", "ld\n")}`,
  trailers: `${OK}Transfer-Encoding: chunked\r\nTrailer: X\r\n\r\n3;a=b\r\nabc\r\n0\r\nX-T: y\r\n\r\n`,
  shouted: `${OK}TRANSFER-ENCODING: Chunked\r\n\r\n${pieces("abc")}`,
  slow: ["HTTP/1.1 2", "00 OK\r\nContent-", "Length: 4\r\n\r", "\nab", "cd"],
  endless: `${OK}\r\nno length\n`,
  short: `${OK}Content-Length: 50\r\n\r\nhello`,
  "no-number": `${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n`,
  "cut-piece": `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nab`,
  "cut-head": `${OK}Content-Le`,
  empty: "",
  "no-http": "hello\n",
  old: "HTTP/1.0 200 OK\r\n\r\nold",
  continue: `HTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 2\r\n\r\nok`,
  missing: "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone",
  nothing: "HTTP/1.1 204 No Content\r\n\r\n",
  unchanged: "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n",
  lines: "HTTP/1.1 200 OK\nContent-Length: 3\n\nabc",
  negative: `${OK}Content-Length: -3\r\n\r\nabc`,
  both: `${OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n${pieces("abcdef")}`,
  binary: `${OK}Content-Length: 4\r\n\r\n\u0000\u0001\u00fe\u00ff`,
  found: "HTTP/1.1 302 Found\r\nLocation: /plain\r\nContent-Length: 3\r\n\r\nbye",
  upwards: "HTTP/1.1 301 Moved\r\nLocation: ../plain\r\nContent-Length: 0\r\n\r\n",
  dots: "HTTP/1.1 301 Moved\r\nLocation: ./a/../plain\r\nContent-Length: 0\r\n\r\n",
  question: "HTTP/1.1 301 Moved\r\nLocation: plain?x=1\r\nContent-Length: 0\r\n\r\n",
  fragment: "HTTP/1.1 303 See Other\r\nLocation: /plain#frag\r\nContent-Length: 0\r\n\r\n",
  see: "HTTP/1.1 303 See Other\r\nLocation: /plain\r\nContent-Length: 0\r\n\r\n",
  again: "HTTP/1.1 307 Temporary Redirect\r\nLocation: /plain\r\nContent-Length: 0\r\n\r\n",
  loop: "HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n",
  nowhere: "HTTP/1.1 302 Found\r\nContent-Length: 3\r\n\r\nabc"
}

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Whether a request is there with all of its data. */
const isWhole = (request: string): boolean => {
  const end = request.indexOf("\r\n\r\n")
  const length = Number(/\r\nContent-Length: (\d+)/i.exec(request.slice(0, end + 2))?.[1] ?? "0")
  return end >= 0 && request.length >= end + 4 + length
}

export interface Canned {
  readonly port: number
  /** What was asked since the last time. */
  readonly take: () => ReadonlyArray<string>
}

export const serve = Effect.acquireRelease(
  Effect.async<{ readonly server: Net.Server; readonly canned: Canned }>((resume) => {
    let requests: Array<string> = []
    const server = Net.createServer((socket) => {
      let request = ""
      let answered = false
      socket.on("error", () => {}).on("data", async (data) => {
        request += data.toString("latin1")
        if (answered || !isWhole(request)) return
        answered = true
        requests.push(request)
        const name = request.split(" ")[1]!.replace(/\?.*/, "").split("/").at(-1)!
        const answer = answers[name] ?? "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
        for (const [i, piece] of [answer].flat().entries()) {
          if (i > 0) await wait(5)
          socket.write(piece, "latin1")
        }
        socket.end()
      })
    })
    const take = () => {
      const taken = requests
      requests = []
      return taken
    }
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      resume(Effect.succeed({ server, canned: { port, take } }))
    })
  }),
  ({ server }) => Effect.async<void>((resume) => void server.close(() => resume(Effect.void)))
).pipe(Effect.map(({ canned }) => canned))
