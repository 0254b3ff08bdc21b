/** The curl inside beside the host's: the same server, the same options, and what comes out, is asked for and is answered. */
import { assert, describe, it } from "@effect/vitest"
import * as Kernel from "@effix/kernel/Kernel"
import * as NodeHostNetwork from "@effix/platform/node/NodeHostNetwork"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Effix } from "effix"
import { spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { isDeepStrictEqual } from "node:util"
import { type Canned, serve } from "./support/cannedServer.js"

/** `URL` stands for the server. Errors in words are compared where `-S` asks for them. */
const commands: ReadonlyArray<string> = [
  // However a body is told to end.
  ..."plain chunked trailers shouted slow endless old missing nothing both binary nowhere".split(" ").map((name) =>
    `curl -s URL/${name}`
  ),
  ..."short no-number cut-piece empty no-http negative lines".split(" ").map((name) => `curl -sS URL/${name}`),
  ..."continue unchanged lines old nothing found".split(" ").map((name) => `curl -s -i URL/${name}`),
  "curl -s -I URL/plain",
  "curl -sI URL/missing -w '%{http_code}\\n'",
  // Where it leads.
  ..."found a/b/c/upwards a/dots a/question see again fragment".split(" ").flatMap((name) => [
    `curl -sL URL/${name}`,
    `curl -sL -d x=1 URL/${name}`
  ]),
  "curl -sLi URL/found",
  "curl -sIL URL/found",
  "curl -sL -X PUT -d x=1 URL/found",
  "curl -sL -X POST URL/found",
  "curl -sL -X DELETE URL/see",
  "curl -sSL --max-redirs 3 URL/loop",
  "curl -sL -w '%{url_effective} %{num_redirects}\\n' URL/fragment",
  "curl -sL -u a:b URL/found",
  "curl -sL -H 'Authorization: x' URL/found",
  "curl -sL --location-trusted URL/found",
  "curl -sLi -D heads URL/found; cat heads",
  // What is sent.
  "curl -s -d @data URL/plain",
  "curl -s -d @- URL/plain",
  "curl -s --data-binary @data URL/plain",
  "curl -s --data-binary @binary URL/plain",
  "curl -s --data-raw @data URL/plain",
  "curl -s -d a -d @data --data-raw b URL/plain",
  "curl -s -d '' URL/plain",
  "curl -s -d 'größe=1' URL/plain",
  ...["'x=a b&c/é'", "'a b'", "=a=b", "x@data", "@data"].map((data) => `curl -s --data-urlencode ${data} URL/plain`),
  "curl -s -G -d a=1 -d b=2 URL/plain",
  "curl -s -G -d a=1 'URL/plain?q=2'",
  "curl -s --json '{\"a\":1}' URL/plain",
  "curl -s --json '{' --json '}' -H 'Accept: x' URL/plain",
  "curl -s -X PATCH -d a URL/plain",
  "curl -s -X get URL/plain",
  "curl -s -H 'X-A: 1' -H 'X-B;' -H 'Host: me' -H 'X-C:' -H '' URL/plain",
  "curl -s -H 'Content-Type: text/plain' -d x URL/plain",
  "curl -s -A me -e http://from/ -b 'a=1; b=2' -r 0-3 URL/plain",
  "curl -s -A '' -H 'Accept:' URL/plain",
  "curl -s -u a:b URL/plain",
  "curl -s http://a%40b:c@HOST/plain",
  "curl -s -0 URL/plain",
  "curl -s --request-target /other URL/plain",
  "curl -s HOST/plain",
  "curl -s 'HOST?x=1'",
  "curl -s 'URL/plain?x=1#frag?y'",
  "curl -s URL//plain",
  "curl -s URL/a/./b/../plain",
  "curl -s URL/a/..",
  "curl -s --path-as-is URL/a/../plain",
  "curl -s URL/%2e%2e/plain",
  "curl -s 'URL/é'",
  // A form.
  "curl -s -F a=b -F f=@data -F 'g=@binary;type=a/b;filename=\"z\"' -F 'h=<data' -F 'i=x;type=text/x' URL/plain",
  "curl -s -F 'j=x;y' --form-string 'k=@x;y' -F 'l\"l= sp' -F 'm=\"q;\"' -F 'größe=é' URL/plain",
  "cp data page.html; cp data note.TXT; curl -s -F 'a=@page.html' -F b=@note.TXT -F 'c=@-;filename=d.pdf' URL/plain",
  "curl -s -X PUT -F a=b -H 'X: y' URL/plain",
  "curl -sL -F a=b URL/found",
  "curl -s -F a=b -d x URL/plain",
  // One URL for several.
  "curl -s 'URL/{plain,chunked,missing}'",
  "curl -s 'URL/[1-3]' 'URL/[08-10]x[a-c:2]'",
  "curl -s 'URL/{a,}/[3-5:2]/{x,y}'",
  "curl -s -o '#1-#2-#3' 'URL/{plain,chunked}?[1-2]'; cat plain-1-#3 chunked-2-#3",
  "curl -s -g 'URL/{a,b}[1-2]'",
  "curl -s 'URL/\\{a\\}\\[1\\]'",
  "curl -s 'URL/[]'",
  ..."[1- {a [3-1] [a-C] {} a} ] {a,{b} [1-3:0] [1-3:3] [a-c [A-z] [1-99999999999999999999]".split(" ").map((pattern) =>
    `curl -s 'URL/${pattern}'`
  ),
  "curl -s 'URL/plain' 'URL/[3-1]' URL/plain",
  ..."[1- {a [3-1] [a-C] {} a} x] {a,{b} [1-2 [a-c".split(" ").map((pattern) => `curl -sS '${pattern}'`),
  // Where it goes to.
  "curl -so out URL/plain; cat out",
  "curl -s -o a -o b URL/plain URL/chunked; cat a b",
  "curl -s -O -O URL/plain URL/a/chunked; cat plain chunked",
  "curl -s -O URL/",
  "curl -s -o none URL/nothing; ls none",
  "curl -s -o /nowhere/x URL/plain",
  "curl -s --create-dirs -o x/y/z URL/plain; cat x/y/z",
  "curl -s -D heads URL/plain; cat heads",
  "curl -s -D - URL/plain",
  "curl -s -i -o out URL/plain; cat out",
  "curl --silent --show-error --include --request GET --header 'A: b' --output - URL/plain",
  // How it ends.
  "curl -sf URL/missing",
  "curl -sSf URL/missing URL/plain",
  "curl -s --fail-with-body URL/missing",
  "curl -sS URL/empty URL/plain",
  "curl -sS URL/plain URL/empty",
  "curl -s -w '%{http_code} %{size_download} %{content_type} %{method} %{url} %{scheme}\\n' URL/typed",
  "curl -s -w '%{url_effective} %{size_header} %{num_connects} %{redirect_url}\\n' -o /dev/null URL/found",
  "curl -s -w '%{exitcode} %{http_code} %{size_upload} %{http_version}\\n' -d abc URL/plain",
  "curl -s -w '%{unknown}%%|\\t\\r\\n' URL/plain",
  "curl -s -w '%{exitcode} %{http_code}\\n' http://127.0.0.1:1/",
  "curl -s --unix-socket /nowhere URL/plain",
  "curl -s --connect-timeout 5 -m 5 -4kgN URL/plain",
  "curl -s --url URL/plain",
  "curl -s http://",
  "curl -s ' URL/plain'",
  "curl -s 'URL/pl ain'",
  "curl -s foo://x",
  "curl -s http://HOST:99999/"
]

interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const HOST = "127.0.0.1"
const GUEST = "10.0.2.2"
const STDIN = "from stdin"

/** In a folder of its own, with files. */
const script = (command: string, host: string, port: number, folder: string) =>
  `mkdir -p ${folder} && cd ${folder} && rm -rf * && printf 'a=1\\r\\nb=2\\n' > data && printf '\\0\\001x\\n' > binary
${command.replaceAll("URL", `http://${host}:${port}`).replaceAll("HOST", `${host}:${port}`)}`

const onHost = (text: string) =>
  Effect.async<Outcome>((resume) => {
    const child = spawn("bash", ["-c", text], {
      env: { ...process.env, http_proxy: "", no_proxy: "*", LC_ALL: "C.UTF-8" }
    })
    let stdout = ""
    let stderr = ""
    child.stdout.on("data", (data: Buffer) => (stdout += data.toString("latin1")))
    child.stderr.on("data", (data: Buffer) => (stderr += data.toString("latin1")))
    child.on("close", (code) => resume(Effect.succeed({ code, stdout, stderr })))
    child.stdin.on("error", () => {}).end(STDIN)
  })

const inside = (kernel: Kernel.HostInterface, text: string) =>
  Effect.map(kernel.exec(["bash", "-c", text], { stdin: STDIN }), ({ exitCode, stderr, stdout }): Outcome => ({
    code: exitCode,
    stdout: Buffer.from(stdout).toString("latin1"),
    stderr: Buffer.from(stderr).toString("latin1")
  }))

/** Without what has to differ: where the server is, what the two call themselves, and that one goes on with a connection. */
const told = ({ code, stderr, stdout }: Outcome, { port, take }: Canned, host: string) => {
  const plain = (text: string): string =>
    text.replaceAll(`${host}:${port}`, "HOST").replaceAll(host, "ADDRESS")
      .replace(/User-Agent: curl.*\r\n|Connection: close\r\n/g, "").replace(/-{24}[0-9a-zA-Z]+/g, "BOUNDARY")
  return { code, stdout: plain(stdout), stderr: plain(stderr), asked: take().map(plain) }
}

const hasCurl = spawnSync("curl", ["--version"]).error === undefined

describe("curl inside", () => {
  it.live("does as the host's does, with its options and with the answers that servers give", ({ skip }) =>
    Effect.gen(function*() {
      if (!hasCurl) return skip("curl is not installed here")
      const kernel = yield* Kernel.Kernel
      const canned = yield* serve
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), "effix-curl-"))
      yield* Effect.addFinalizer(() => Effect.sync(() => fs.rmSync(folder, { recursive: true })))
      const differences: Array<unknown> = []
      for (const command of commands) {
        const theirs = told(yield* onHost(script(command, HOST, canned.port, folder)), canned, HOST)
        const ours = told(yield* inside(kernel, script(command, GUEST, canned.port, "/tmp/curl")), canned, GUEST)
        if (!isDeepStrictEqual(ours, theirs)) differences.push({ command, ours, theirs })
      }
      assert.deepStrictEqual(differences, [])
    }).pipe(
      Effect.scoped,
      Effect.provide(Layer.provide(
        Kernel.layerWith({ drivers: Effix.layer }),
        NodeHostNetwork.layer({ allow: [{ host: GUEST }] })
      ))
    ))

  it.live("shows with -v what it sends and what it gets", () =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const { port } = yield* serve
      const { stderrText } = yield* kernel.exec(["curl", "-sv", `http://${GUEST}:${port}/plain`])
      assert.strictEqual(
        stderrText,
        `* Connected to ${GUEST} (${GUEST}) port ${port}\n> GET /plain HTTP/1.1\r\n> Host: ${GUEST}:${port}\r\n` +
          "> User-Agent: curl/8 (Effix)\r\n> Accept: */*\r\n> Connection: close\r\n> \r\n" +
          "< HTTP/1.1 200 OK\r\n< Content-Length: 5\r\n< \r\n* Closing connection\n"
      )
    }).pipe(
      Effect.scoped,
      Effect.provide(Layer.provide(
        Kernel.layerWith({ drivers: Effix.layer }),
        NodeHostNetwork.layer({ allow: [{ host: GUEST }] })
      ))
    ))
})
