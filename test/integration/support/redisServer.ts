/**
 * A program of the kernel that speaks enough of Redis' protocol for a client to be happy: PING, SET, GET, INCR, DEL.
 *
 * @see https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
import { AF_INET, SOCK_STREAM } from "@effix/kernel/abi/Socket"
import type { Main } from "@effix/kernel/Programs"
import { Sys, type SystemCalls } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"

const latin1 = (text: string): Uint8Array => Buffer.from(text, "latin1")

/** The first command of `text`, which is an array of strings, and where the next one begins; `undefined` if it is not whole. */
const parse = (text: string): { readonly words: ReadonlyArray<string>; readonly end: number } | undefined => {
  let at = 0
  const line = (): string | undefined => {
    const end = text.indexOf("\r\n", at)
    if (end < 0) return undefined
    const found = text.slice(at, end)
    at = end + 2
    return found
  }
  const count = line()
  if (count === undefined) return undefined
  const words: Array<string> = []
  for (let left = Number(count.slice(1)); left > 0; left--) {
    const length = line()
    if (length === undefined || text.length < at + Number(length.slice(1)) + 2) return undefined
    words.push(text.slice(at, at + Number(length.slice(1))))
    at += Number(length.slice(1)) + 2
  }
  return { words, end: at }
}

const bulk = (text: string | undefined): string => text === undefined ? "$-1\r\n" : `$${text.length}\r\n${text}\r\n`

const answer = (data: Map<string, string>, [command = "", key = "", value = ""]: ReadonlyArray<string>): string => {
  switch (command.toUpperCase()) {
    case "PING":
      return key === "" ? "+PONG\r\n" : bulk(key)
    case "SET":
      data.set(key, value)
      return "+OK\r\n"
    case "GET":
      return bulk(data.get(key))
    case "INCR": {
      const next = Number(data.get(key) ?? "0") + 1
      if (!Number.isSafeInteger(next)) return "-ERR value is not an integer or out of range\r\n"
      data.set(key, `${next}`)
      return `:${next}\r\n`
    }
    case "DEL":
      return `:${data.delete(key) ? 1 : 0}\r\n`
    default:
      return `-ERR unknown command '${command}'\r\n`
  }
}

const serve = (sys: SystemCalls, fd: number, data: Map<string, string>) =>
  Effect.gen(function*() {
    const into = new Uint8Array(65_536)
    let text = ""
    for (;;) {
      const count = yield* sys.read(fd, into)
      if (count === 0) break
      text += Buffer.from(into.subarray(0, count)).toString("latin1")
      let answers = ""
      for (let command = parse(text); command !== undefined; command = parse(text)) {
        text = text.slice(command.end)
        answers += answer(data, command.words)
      }
      const bytes = latin1(answers)
      for (let at = 0; at < bytes.length;) at += yield* sys.write(fd, bytes.subarray(at))
    }
  }).pipe(Effect.ignore, Effect.ensuring(Effect.ignore(sys.close(fd))))

/** Listens at port 6379 of every address; a fiber for each connection. */
export const main: Main = () =>
  Effect.gen(function*() {
    const sys = yield* Sys
    const listening = yield* sys.socket(AF_INET, SOCK_STREAM)
    yield* sys.bind(listening, { family: "inet", address: "0.0.0.0", port: 6379 })
    yield* sys.listen(listening, 128)
    const data = new Map<string, string>()
    return yield* Effect.forever(
      Effect.flatMap(sys.accept(listening), ({ fd }) => Effect.forkScoped(serve(sys, fd, data)))
    )
  }).pipe(Effect.scoped)
