import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServer from "@effect/platform/HttpServer"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import { assert, describe, it } from "@effect/vitest"
import { Kernel } from "@effix/kernel"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as KernelProcess from "../src/KernelProcess.js"
import * as NodeKernelHttpClient from "../src/node/NodeKernelHttpClient.js"
import * as NodeKernelHttpServer from "../src/node/NodeKernelHttpServer.js"

const app = HttpRouter.empty.pipe(
  HttpRouter.get("/hello", HttpServerResponse.text("hello")),
  HttpRouter.post(
    "/length",
    Effect.gen(function*() {
      const request = yield* HttpServerRequest.HttpServerRequest
      const length = yield* Stream.runFold(request.stream, 0, (sum, bytes) => sum + bytes.length)
      return HttpServerResponse.text(`${length}`)
    })
  ),
  HttpRouter.get(
    "/stream",
    HttpServerResponse.stream(
      Stream.range(1, 2000).pipe(Stream.map((n) => `line ${n}\n`), Stream.encodeText)
    )
  )
)

const address = { family: "inet", address: "127.0.0.1", port: 8080 } as const

const inside = HttpServer.serve(app).pipe(
  Layer.provide(NodeKernelHttpServer.layer(address)),
  Layer.provideMerge(NodeKernelHttpClient.layer),
  Layer.provideMerge(KernelProcess.layer()),
  Layer.provideMerge(Kernel.layer)
)

describe("HTTP inside a kernel", () => {
  it.live("an application is served, and fetched by address and by name", () =>
    Effect.gen(function*() {
      const client = yield* HttpClient.HttpClient
      for (const host of ["127.0.0.1", "localhost"]) {
        const response = yield* client.get(`http://${host}:8080/hello`)
        assert.deepStrictEqual([response.status, yield* response.text], [200, "hello"])
      }
      assert.strictEqual((yield* client.get("http://127.0.0.1:8080/nothing")).status, 404)
    }).pipe(Effect.provide(inside)))

  it.live("large bodies go both ways in pieces", () =>
    Effect.gen(function*() {
      const client = yield* HttpClient.HttpClient
      const request = HttpClientRequest.post("http://127.0.0.1:8080/length").pipe(
        HttpClientRequest.bodyStream(Stream.repeatValue(new Uint8Array(10_000)).pipe(Stream.take(300)))
      )
      assert.strictEqual(yield* Effect.flatMap(client.execute(request), (response) => response.text), "3000000")
      const text = yield* Effect.flatMap(client.get("http://127.0.0.1:8080/stream"), (response) => response.text)
      assert.strictEqual(text.split("\n").length, 2001)
    }).pipe(Effect.provide(inside)))

  it.live("a hundred requests at once are answered, over connections that are kept", () =>
    Effect.gen(function*() {
      const client = yield* HttpClient.HttpClient
      const answers = yield* Effect.forEach(
        Array.from({ length: 100 }),
        () => Effect.flatMap(client.get("http://127.0.0.1:8080/hello"), (response) => response.text),
        { concurrency: 20 }
      )
      assert.deepStrictEqual(new Set(answers), new Set(["hello"]))
    }).pipe(Effect.provide(inside)))

  it.live("the host's own network does not see it", () =>
    Effect.gen(function*() {
      const client = yield* HttpClient.HttpClient
      const outcome = yield* Effect.exit(client.get("http://127.0.0.1:8080/hello"))
      assert.strictEqual(outcome._tag, "Failure")
    }).pipe(Effect.provide(Layer.merge(inside, FetchHttpClient.layer))))

  it.live("a port where nobody listens and a host that has no name are errors", () =>
    Effect.gen(function*() {
      const client = yield* HttpClient.HttpClient
      const refused = yield* Effect.flip(client.get("http://127.0.0.1:1/"))
      assert.match(String((refused as { cause?: unknown }).cause), /ECONNREFUSED/)
      const nameless = yield* Effect.flip(client.get("http://nobody.example/"))
      assert.match(String((nameless as { cause?: unknown }).cause), /nobody\.example/)
    }).pipe(Effect.provide(inside)))
})
