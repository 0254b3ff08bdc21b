/** A command that is watched, as a user in front of a terminal sees it. */
import { describe, it } from "@effect/vitest"
import type { Kernel } from "@effix/kernel"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { machine, Screen } from "./Screen.js"

const at = <A, E>(use: (screen: Screen) => Effect.Effect<A, E, Kernel.Kernel>) =>
  Effect.gen(function*() {
    return yield* use(yield* Screen.open({ rows: 6, columns: 40 }))
  }).pipe(Effect.scoped, Effect.provide(machine()))

describe("watch", () => {
  it.scoped("shows what a command writes, again after each interval, and gives the screen back at ^C", ({ expect }) =>
    at((screen) =>
      Effect.gen(function*() {
        yield* screen.type("echo one > f; clear\r", "watch -n 5 cat f\r")
        expect(screen.isAlternate).toBe(true)
        expect(screen.text).toMatchInlineSnapshot(`
          "
                   effix: Thu Jan  1 00:00:00 1970

          one


                                                 ▮
          "
        `)
        yield* screen.type("")
        yield* TestClock.adjust("5 seconds")
        yield* screen.type("")
        expect(screen.text).toMatchInlineSnapshot(`
          "
                   effix: Thu Jan  1 00:00:05 1970

          one


                                                 ▮
          "
        `)
        yield* screen.type("\u0003")
        expect(screen.isAlternate).toBe(false)
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ watch -n 5 cat f
          $ ▮
          "
        `)
      })
    ))

  it.scoped("marks what has changed, and leaves when something has", ({ expect }) =>
    at((screen) =>
      Effect.gen(function*() {
        yield* screen.type("n=0; clear\r", "watch -t -d -n 1 'echo x >> f; wc -l < f'\r")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          1




                                                 ▮
          "
        `)
        yield* TestClock.adjust("1 seconds")
        yield* screen.type("")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          2




                                                 ▮
          "
        `)
        yield* screen.type("\u0003", "clear; watch -t -g -n 1 'echo x >> f; wc -l < f'; echo $?\r")
        yield* TestClock.adjust("1 seconds")
        yield* screen.type("")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          0
          $ ▮
          "
        `)
      })
    ))

  it.scoped("breaks long lines, or cuts them, and shows colours only when asked to", ({ expect }) =>
    at((screen) =>
      Effect.gen(function*() {
        const long = "seq -s- 30; printf 'a\\tb\\e[31mred\\e[m\\n'"
        yield* screen.type(`watch -t -n 9 ${JSON.stringify(long)}\r`)
        expect(screen.text).toMatchInlineSnapshot(`
          "
          1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16-1
          7-18-19-20-21-22-23-24-25-26-27-28-29-30
          a       bred


                                                 ▮
          "
        `)
        yield* screen.type("\u0003", `watch -t -w -c -n 9 ${JSON.stringify(long)}\r`)
        expect(screen.text).toMatchInlineSnapshot(`
          "
          1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16-1
          a       bred



                                                 ▮
          "
        `)
      })
    ))

  it.scoped("stays at a failure until a key is pressed, if asked to", ({ expect }) =>
    at((screen) =>
      Effect.gen(function*() {
        yield* screen.type("clear; watch -t -e 'echo bad; exit 3'; echo $?\r")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          bad




          command exit with a non-zero status, pre▮
          "
        `)
        yield* screen.type("q")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          8
          $ ▮
          "
        `)
      })
    ))
})
