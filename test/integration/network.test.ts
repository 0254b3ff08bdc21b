/** Clients as they are, on the host, and servers inside: through a port of the host's loopback address. */
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServer from "@effect/platform/HttpServer"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import { assert, describe, it } from "@effect/vitest"
import { O_DIRECTORY, O_RDONLY } from "@effix/kernel/abi/OpenFlags"
import * as Kernel from "@effix/kernel/Kernel"
import { Sys, type SystemCalls } from "@effix/kernel/Sys"
import * as KernelProcess from "@effix/platform/KernelProcess"
import * as NodeHostNetwork from "@effix/platform/node/NodeHostNetwork"
import * as NodeKernelHttpServer from "@effix/platform/node/NodeKernelHttpServer"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { execFile, spawnSync } from "node:child_process"
import * as Http from "node:http"
import { createClient } from "redis"
import * as Redis from "./support/redisServer.js"

/** A machine with one of its ports exposed, and the port of the host that leads there. */
const exposing = (guest: number) =>
  Effect.gen(function*() {
    const listening = yield* Deferred.make<number>()
    const network = NodeHostNetwork.layer({
      expose: [{
        host: { port: 0 },
        guest: { port: guest },
        onListening: (port) => Deferred.unsafeDone(listening, Effect.succeed(port))
      }]
    })
    const rooms = yield* Layer.build(
      KernelProcess.layer().pipe(Layer.provideMerge(Kernel.layer), Layer.provide(network))
    )
    return { rooms, port: yield* Deferred.await(listening) }
  })

/** A client that is closed at the end. */
const redisClient = (port: number) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const client = createClient({ url: `redis://127.0.0.1:${port}`, RESP: 2, disableClientInfo: true })
      client.on("error", () => {})
      await client.connect()
      return client
    }),
    (client) => Effect.promise(() => client.close())
  )

/** How many descriptors a process has. */
const descriptors = (sys: SystemCalls) =>
  Effect.acquireUseRelease(
    sys.open("/proc/self/fd", O_RDONLY | O_DIRECTORY),
    (fd) => Effect.map(sys.getdents(fd, 10_000), (entries) => entries.length),
    (fd) => Effect.ignore(sys.close(fd))
  )

describe("The redis client", () => {
  it.live("talks to a server inside: strings of any bytes, counters, many commands at once, errors", () =>
    Effect.gen(function*() {
      const { port, rooms } = yield* exposing(6379)
      const kernel = Context.get(rooms, Kernel.Kernel)
      yield* kernel.spawn(Redis.main(["redis"]))
      const client = yield* redisClient(port)
      const talk = async () => {
        assert.strictEqual(await client.ping(), "PONG")
        assert.strictEqual(await client.set("name", "größe\r\n$-1\r\n"), "OK")
        assert.strictEqual(await client.get("name"), "größe\r\n$-1\r\n")
        assert.isNull(await client.get("nothing"))
        const counts = await Promise.all(Array.from({ length: 1000 }, () => client.incr("count")))
        assert.deepStrictEqual(counts, Array.from({ length: 1000 }, (_, i) => i + 1))
        assert.strictEqual(await client.set("large", "x".repeat(1_000_000)), "OK")
        assert.strictEqual((await client.get("large"))?.length, 1_000_000)
        assert.deepStrictEqual([await client.del("count"), await client.del("count")], [1, 0])
        const failed = await client.incr("name").catch((error: unknown) => String(error))
        assert.match(String(failed), /not an integer/)
      }
      yield* Effect.promise(talk)
    }).pipe(Effect.scoped))
})

const app = HttpRouter.empty.pipe(
  HttpRouter.get("/hello", HttpServerResponse.text("hello from inside\n")),
  HttpRouter.get("/large", HttpServerResponse.text("x".repeat(1_000_000))),
  HttpRouter.post(
    "/echo",
    Effect.gen(function*() {
      const request = yield* HttpServerRequest.HttpServerRequest
      return HttpServerResponse.text(yield* request.text)
    })
  )
)

const served = Effect.gen(function*() {
  const { port, rooms } = yield* exposing(80)
  yield* Layer.buildWithScope(
    HttpServer.serve(app).pipe(
      Layer.provide(NodeKernelHttpServer.layer({ family: "inet", address: "0.0.0.0", port: 80 })),
      Layer.provide(Layer.succeedContext(rooms))
    ),
    yield* Effect.scope
  )
  const sys = Context.get(rooms, Sys)
  const before = yield* descriptors(sys)
  /** Waits until every connection has been closed. */
  const isQuiet = Effect.retry(Effect.filterOrFail(descriptors(sys), (count) => count === before), {
    schedule: Schedule.spaced(10),
    times: 1000
  })
  return { isQuiet, port }
})

const run = (command: string, ...argv: ReadonlyArray<string>) =>
  Effect.async<string, Error>((resume) => {
    execFile(command, argv, { maxBuffer: 1e8 }, (error, stdout) => {
      resume(error === null ? Effect.succeed(stdout) : Effect.fail(error))
    })
  })
const hasWrk = spawnSync("wrk", ["--version"]).error === undefined

const curl = (...argv: ReadonlyArray<string>) => run("curl", "-sS", "--max-time", "30", ...argv)

const requested = (port: number, agent: Http.Agent) =>
  Effect.async<string, Error>((resume) => {
    const request = Http.get({ host: "127.0.0.1", port, path: "/hello", agent }, (response) => {
      let text = ""
      response.setEncoding("utf8").on("data", (piece: string) => (text += piece))
      response.on("end", () => resume(Effect.succeed(text)))
    })
    request.on("error", (error) => resume(Effect.fail(error)))
  })

describe("An HTTP application inside", () => {
  it.live("is read by curl, in pieces large and small, over one connection too", () =>
    Effect.gen(function*() {
      const { port } = yield* served
      const url = (path: string) => `http://127.0.0.1:${port}${path}`
      assert.strictEqual(yield* curl(url("/hello")), "hello from inside\n")
      assert.strictEqual((yield* curl(url("/large"))).length, 1_000_000)
      assert.strictEqual(yield* curl("-d", "some words", url("/echo")), "some words")
      assert.strictEqual(yield* curl("-o", "/dev/null", "-w", "%{http_code}", url("/nothing")), "404")
      const twice = yield* curl("-w", "%{num_connects}\n", url("/hello"), url("/hello"))
      assert.strictEqual(twice, "hello from inside\n1\nhello from inside\n0\n")
    }).pipe(Effect.scoped))

  it.live("answers two thousand requests over fifty connections, and keeps no descriptor of theirs", () =>
    Effect.gen(function*() {
      const { isQuiet, port } = yield* served
      const agent = new Http.Agent({ keepAlive: true, maxSockets: 50 })
      const answers = yield* Effect.forEach(Array.from({ length: 2000 }), () => requested(port, agent), {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual([answers.length, new Set(answers)], [2000, new Set(["hello from inside\n"])])
      agent.destroy()
      yield* isQuiet
    }).pipe(Effect.scoped))

  it.live("stands wrk, which asks over fifty connections as fast as it can, without an error", ({ skip }) =>
    Effect.gen(function*() {
      if (!hasWrk) return skip("wrk is not installed here: the test above does the same more slowly")
      const { isQuiet, port } = yield* served
      // A machine that is busy may let none of it run for seconds.
      const asked = yield* Effect.iterate({ requests: 0, said: "", seconds: 1 }, {
        while: ({ requests, seconds }) => requests <= 100 && seconds < 60,
        body: ({ seconds }) =>
          Effect.map(
            run("wrk", "-t2", "-c50", `-d${seconds * 2}s`, "--timeout", "30s", `http://127.0.0.1:${port}/hello`),
            (said) => {
              assert.notMatch(said, /Socket errors|Non-2xx/)
              return { requests: Number(/(\d+) requests in/.exec(said)?.[1]), said, seconds: seconds * 4 }
            }
          )
      })
      assert.isAbove(asked.requests, 100, asked.said)
      // What was under way when it ended is over too, and the next one is answered.
      yield* isQuiet
      assert.strictEqual(yield* curl(`http://127.0.0.1:${port}/hello`), "hello from inside\n")
    }).pipe(Effect.scoped))
})
