/** A pager, as a user in front of a terminal sees it. */
import { describe, it } from "@effect/vitest"
import { Kernel } from "@effix/kernel"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { machine, Screen } from "./Screen.js"

const at = <A, E>(use: (screen: Screen) => Effect.Effect<A, E, Kernel.Kernel>) =>
  Effect.gen(function*() {
    return yield* use(yield* Screen.open({ rows: 7, columns: 30 }))
  }).pipe(Effect.scoped, Effect.provide(machine()))

const lines = "seq -f 'line %g' 30 > f; clear\r"

describe("less", () => {
  it.scoped("goes on by screens, halves and lines, to both ends and to lines by number, and stops at the end", ({ expect }) =>
    at((screen) =>
      Effect.gen(function*() {
        yield* screen.type(lines, "less f\r")
        expect(screen.isAlternate).toBe(true)
        expect(screen.text).toMatchInlineSnapshot(`
          "
          line 1
          line 2
          line 3
          line 4
          line 5
          line 6
          f▮
          "
        `)
        yield* screen.type(" ")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          line 7
          line 8
          line 9
          line 10
          line 11
          line 12
          :▮
          "
        `)
        yield* screen.type("d", "j", "k", "\r")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          line 11
          line 12
          line 13
          line 14
          line 15
          line 16
          :▮
          "
        `)
        yield* screen.type("G")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          line 25
          line 26
          line 27
          line 28
          line 29
          line 30
          (END)▮
          "
        `)
        yield* screen.type(" ", "j", "12g")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          line 12
          line 13
          line 14
          line 15
          line 16
          line 17
          :▮
          "
        `)
        yield* screen.type("b", "\u001b[5~", "\u001b[B")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          line 2
          line 3
          line 4
          line 5
          line 6
          line 7
          :▮
          "
        `)
        yield* screen.type("q")
        expect(screen.isAlternate).toBe(false)
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ less f
          $ ▮
          "
        `)
      })
    ))

  it.scoped("finds texts forwards and backwards, and says when there is none", ({ expect }) =>
    at((screen) =>
      Effect.gen(function*() {
        yield* screen.type(lines, "less f\r", "/ne 1[0-9]\r")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          line 10
          line 11
          line 12
          line 13
          line 14
          line 15
          :▮
          "
        `)
        yield* screen.type("n", "3n", "N")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          line 13
          line 14
          line 15
          line 16
          line 17
          line 18
          :▮
          "
        `)
        yield* screen.type("?e 2$\r")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          line 2
          line 3
          line 4
          line 5
          line 6
          line 7
          :▮
          "
        `)
        yield* screen.type("/nothing\r")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          line 2
          line 3
          line 4
          line 5
          line 6
          line 7
          Pattern not found  (press RET▮
          "
        `)
        yield* screen.type("\r", "/(\r")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          line 2
          line 3
          line 4
          line 5
          line 6
          line 7
          Unmatched ( or \\(  (press RET▮
          "
        `)
        yield* screen.type("\r", "/wrong\u007f\u007f\u0015\r", "q")
        expect(screen.isAlternate).toBe(false)
      })
    ))

  it.scoped("breaks long lines, or cuts them, numbers them, and shows what is no text", ({ expect }) =>
    at((screen) =>
      Effect.gen(function*() {
        yield* screen.type(
          "printf '%s\\n' $(seq 100 | paste -sd-) $'a\\tb\\x01\\e[31mred\\e[m' $'b\\bbo\\bo _\\bu' > f; clear\r"
        )
        yield* screen.type("less f\r", "9999j")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          64-65-66-67-68-69-70-71-72-73-
          74-75-76-77-78-79-80-81-82-83-
          84-85-86-87-88-89-90-91-92-93-
          94-95-96-97-98-99-100
          a       b^AESC[31mredESC[m
          bo u
          (END)▮
          "
        `)
        yield* screen.type("-S", "\r", "-N", "\r")
        expect(screen.text).toMatchInlineSnapshot(`
          "
                1 1-2-3-4-5-6-7-8-9-10-1
                2 a       b^AESC[31mred
                3 bo u
          ~
          ~
          ~
          (END)▮
          "
        `)
        yield* screen.type("-R", "\r", "=")
        expect(screen.text).toMatchInlineSnapshot(`
          "
                1 1-2-3-4-5-6-7-8-9-10-1
                2 a       b^Ared
                3 bo u
          ~
          ~
          ~
          f lines 1-3/3 (END)  (press R▮
          "
        `)
        yield* screen.type("\r")
        yield* screen.resize(20, 5)
        expect(screen.text).toMatchInlineSnapshot(`
          "
                1 1-2-3-4-5-6-
                2 a       b^Ar
                3 bo u
          ~
          (END)▮
          "
        `)
      })
    ))

  it.scoped("reads a pipe only as far as it is looked at, and keys from the terminal", ({ expect }) =>
    at((screen) =>
      Effect.gen(function*() {
        yield* screen.type("clear; yes | less\r", "10j")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          y
          y
          y
          y
          y
          y
          :▮
          "
        `)
        yield* screen.type("q", "echo ${PIPESTATUS[@]}\r")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echo \${PIPESTATUS[@]}
          141 0
          $ ▮
          "
        `)
      })
    ))

  it.scoped("stops waiting for data at ^C, shows what there is, and stays", ({ expect }) =>
    at((screen) =>
      Effect.gen(function*() {
        yield* screen.type("clear; (trap '' INT; echo one; sleep 1000) | less\r")
        expect(screen.text).not.toContain("one")
        yield* screen.type("\u0003")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          one
          ~
          ~
          ~
          ~
          ~
          (END)▮
          "
        `)
        yield* screen.type("G", "\u0003", "h")
        expect(screen.isAlternate).toBe(true)
        yield* screen.type("q")
        expect(screen.isAlternate).toBe(false)
      })
    ))

  it.scoped("goes from file to file, and follows one that grows", ({ expect }) =>
    at((screen) =>
      Effect.gen(function*() {
        yield* screen.type("echo one > a; echo two > b; mkdir d; clear\r", "less a nothing d b\r")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          one
          ~
          ~
          ~
          ~
          ~
          a (file 1 of 2) (END)▮
          "
        `)
        yield* screen.type(":n")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          two
          ~
          ~
          ~
          ~
          ~
          b (file 2 of 2) (END)▮
          "
        `)
        yield* screen.type(":p", "q", "clear; (sleep 1; echo more >> a) & less +F a\r")
        for (let second = 0; second < 3; second++) {
          yield* TestClock.adjust("1 second")
          yield* screen.type("")
        }
        expect(screen.text).toMatchInlineSnapshot(`
          "
          one
          more
          ~
          ~
          ~
          ~
          Waiting for data... (^C to st▮
          "
        `)
        yield* screen.type("\u0003", "q")
        expect(screen.isAlternate).toBe(false)
      })
    ))

  it.scoped("is stopped and comes back, and gives the terminal back as it was", ({ expect }) =>
    at((screen) =>
      Effect.gen(function*() {
        yield* screen.type(lines, "less f\r", "j", "\u001a")
        expect(screen.isAlternate).toBe(false)
        yield* screen.type("fg\r")
        expect(screen.isAlternate).toBe(true)
        expect(screen.text).toMatchInlineSnapshot(`
          "
          line 2
          line 3
          line 4
          line 5
          line 6
          line 7
          :▮
          "
        `)
        yield* screen.type("q", "stty -a | grep -o ' icanon\\| echo '\r")
        expect(screen.text).toContain("icanon")
      })
    ))

  it.scoped("only copies where nobody looks, or what fits at once", ({ expect }) =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const run = (script: string) =>
        Effect.map(
          kernel.exec(["sh", "-c", script]),
          ({ exitCode, stderrText, stdoutText }) => [stdoutText, stderrText, exitCode]
        )
      expect(yield* run("seq 3 > f; less f | cat")).toEqual(["1\n2\n3\n", "", 0])
      expect(yield* run("seq 2 | more; less nothing f")).toEqual([
        "1\n2\n1\n2\n3\n",
        "less: nothing: No such file or directory\n",
        1
      ])
    }).pipe(Effect.provide(machine())))
})
