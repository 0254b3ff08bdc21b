/**
 * The interactive shell as its user sees it: a terminal emulator draws, and what it shows is compared. `▮` is the cursor.
 */
import { describe, it } from "@effect/vitest"
import { Bytes, Kernel, type Programs, Sys, Termios } from "@effix/kernel"
import { SIGTSTP, SIGWINCH } from "@effix/kernel/abi/Signals"
import * as Effect from "effect/Effect"
import { machine, Screen } from "./Screen.js"

const UP = "\u001b[A"
const DOWN = "\u001b[B"
const RIGHT = "\u001b[C"
const LEFT = "\u001b[D"
const HOME = "\u001b[H"
const END = "\u001b[F"
const DELETE = "\u001b[3~"

const on = <A, E>(use: (screen: Screen) => Effect.Effect<A, E, Kernel.Kernel>, columns = 40) =>
  Effect.gen(function*() {
    return yield* use(yield* Screen.open({ columns }))
  }).pipe(Effect.provide(machine()))

describe("A line that is edited", () => {
  it.scoped("moves the cursor by characters, by words and to both ends", ({ expect }) =>
    on((screen) =>
      Effect.gen(function*() {
        yield* screen.type("echo one two three", LEFT, LEFT, "\u0002")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echo one two th▮ree
          "
        `)
        yield* screen.type("\u001bb", "\u001b[1;5D")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echo one ▮two three
          "
        `)
        yield* screen.type(HOME, RIGHT, "\u0006", "\u001bf")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echo▮ one two three
          "
        `)
        yield* screen.type("\u0001", "\u001b[1;5C", "\u0005", "\u0002", END, "!")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echo one two three!▮
          "
        `)
      })
    ))

  it.scoped("loses what is deleted, and gets back what was killed", ({ expect }) =>
    on((screen) =>
      Effect.gen(function*() {
        yield* screen.type("echo abcdef", LEFT, LEFT, "\u007f", DELETE, "\u0004")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echo abc▮
          "
        `)
        yield* screen.type(" two three\u0017")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echo abc two ▮
          "
        `)
        yield* screen.type("\u0019\u0019", HOME, "\u001bd")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ ▮ abc two threethree
          "
        `)
        yield* screen.type("\u000b")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ ▮
          "
        `)
        yield* screen.type("\u0019\u0015x")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ x▮
          "
        `)
      })
    ))

  it.scoped("goes on in the next row, and is redrawn where it began", ({ expect }) =>
    on((screen) =>
      Effect.gen(function*() {
        yield* screen.type("echo 0123456789")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echo 0123456789▮
          "
        `)
        yield* screen.type("abcdefghij", "klmnopqrst")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echo 0123456789abc
          defghijklmnopqrst▮
          "
        `)
        yield* screen.type(HOME, "\u001bf", "XY")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echoXY▮ 0123456789a
          bcdefghijklmnopqrst
          "
        `)
        yield* screen.type("\r")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echoXY 0123456789a
          bcdefghijklmnopqrst
          bash: echoXY: comman
          d not found
          $ ▮
          "
        `)
        yield* screen.type("1234567890123", "45678")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echoXY 0123456789a
          bcdefghijklmnopqrst
          bash: echoXY: comman
          d not found
          $ 123456789012345678
          ▮
          "
        `)
        yield* screen.type("\u0015ok")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echoXY 0123456789a
          bcdefghijklmnopqrst
          bash: echoXY: comman
          d not found
          $ ok▮
          "
        `)
      }), 20))

  it.scoped("counts wide characters as two cells, and accents as none", ({ expect }) =>
    on((screen) =>
      Effect.gen(function*() {
        yield* screen.type("echo 日本語 é e\u0301", LEFT, "\u0002")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echo 日本語 é▮ é
          "
        `)
        yield* screen.type(HOME, RIGHT, RIGHT, RIGHT, RIGHT, RIGHT, RIGHT, DELETE)
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echo 日▮語 é é
          "
        `)
        yield* screen.type(END, "漢字漢字漢字")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echo 日語 é é漢字
          漢字漢字▮
          "
        `)
        yield* screen.type("\r")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echo 日語 é é漢字
          漢字漢字
          日語 é é漢字漢字漢字
          $ ▮
          "
        `)
      }), 20))

  it.scoped("comes from the history, and what was typed is not lost meanwhile", ({ expect }) =>
    on((screen) =>
      Effect.gen(function*() {
        yield* screen.type("echo first\r", "echo second\r", "half", UP, UP)
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echo first
          first
          $ echo second
          second
          $ echo first▮
          "
        `)
        yield* screen.type(DOWN, DOWN)
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echo first
          first
          $ echo second
          second
          $ half▮
          "
        `)
        yield* screen.type("\u0015", "\u0012fir")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echo first
          first
          $ echo second
          second
          (reverse-i-search)\`fir': echo ▮first
          "
        `)
        yield* screen.type("\u0005", "!\r")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echo first
          first
          $ echo second
          second
          $ echo first!
          first!
          $ ▮
          "
        `)
      })
    ))

  it.scoped("is completed: files, commands, variables, and a list when there are several", ({ expect }) =>
    on((screen) =>
      Effect.gen(function*() {
        yield* screen.type("mkdir notes; > 'notes/a b'; > nothing\r", "cat no\t")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ mkdir notes; > 'notes/a b'; > nothing
          $ cat not▮
          "
        `)
        yield* screen.type("\t", "\t")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ mkdir notes; > 'notes/a b'; > nothing
          $ cat not
          notes/   nothing  
          $ cat not▮
          "
        `)
        yield* screen.type("e\t", "\t")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ mkdir notes; > 'notes/a b'; > nothing
          $ cat not
          notes/   nothing  
          $ cat notes/a\\ b ▮
          "
        `)
        yield* screen.type("\u0015basena\t$HOM\t")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ mkdir notes; > 'notes/a b'; > nothing
          $ cat not
          notes/   nothing  
          $ basename $HOME/▮
          "
        `)
      })
    ))

  it.scoped("is dropped by ^C, cleared by ^L, and goes on after an open quote", ({ expect }) =>
    on((screen) =>
      Effect.gen(function*() {
        yield* screen.type("echo 'two\r", "lines'\r", "dropped\u0003")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echo 'two
          > lines'
          two
          lines
          $ dropped^C
          $ ▮
          "
        `)
        yield* screen.type("still", "\u000c")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ still▮
          "
        `)
      })
    ))

  it.scoped("is drawn anew when the window changes its size", ({ expect }) =>
    on((screen) =>
      Effect.gen(function*() {
        yield* screen.type("echo 0123456789 0123456789 0123456789")
        yield* screen.resize(20, 12)
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echo 0123456789 01
          23456789 0123456789▮
          "
        `)
        yield* screen.type("\u0001", "X", "\u0005", "Y")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ Xecho 0123456789 0
          123456789 0123456789
          Y▮
          "
        `)
        yield* screen.type("\r", "echo $COLUMNS $LINES\r")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ Xecho 0123456789 0
          123456789 0123456789
          Y
          bash: Xecho: command
           not found
          $ echo $COLUMNS $LIN
          ES
          20 12
          $ ▮
          "
        `)
      })
    ))

  it.scoped("knows the window as it is when a command is entered", ({ expect }) =>
    on((screen) =>
      Effect.gen(function*() {
        yield* screen.type("echo $COLUMNS")
        yield* screen.resize(30, 12)
        yield* screen.type("\r")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ echo $COLUMNS
          30
          $ ▮
          "
        `)
      })
    ))
})

describe("A job", () => {
  it.scoped("is interrupted, quit and ended", ({ expect }) =>
    on((screen) =>
      Effect.gen(function*() {
        yield* screen.type("sleep 100\r", "\u0003", "echo $?\r", "sleep 100\r", "\u001c", "echo $?\r")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ sleep 100
          ^C
          $ echo $?
          130
          $ sleep 100
          ^\\Quit (core dumped)
          $ echo $?
          131
          $ ▮
          "
        `)
        yield* screen.type("clear\r", "cat\r", "echoed\r", "\u0004", "echo $?\r")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ cat
          echoed
          echoed
          $ echo $?
          0
          $ ▮
          "
        `)
      })
    ))

  it.scoped("is stopped, listed, continued behind and in front", ({ expect }) =>
    on((screen) =>
      Effect.gen(function*() {
        yield* screen.type("sleep 100 | cat\r", "\u001a", "jobs\r", "bg\r")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ sleep 100 | cat
          ^Z
          [1]+  Stopped                 sleep 100 
          | cat
          $ jobs
          [1]+  Stopped                 sleep 100 
          | cat
          $ bg
          [1]+ sleep 100 | cat &
          $ ▮
          "
        `)
        yield* screen.type("fg\r", "\u001a", "kill %1\r", "\r")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ bg
          [1]+ sleep 100 | cat &
          $ fg
          sleep 100 | cat
          ^Z
          [1]+  Stopped                 sleep 100 
          | cat
          $ kill %1
          [1]+  Terminated              sleep 100 
          | cat
          $ 
          $ ▮
          "
        `)
      })
    ))

  it.scoped("that reads behind is stopped until it is in front; one that writes is not, without tostop", ({ expect }) =>
    on((screen) =>
      Effect.gen(function*() {
        yield* screen.type("cat &\r", "\r", "fg\r", "hello\r", "\u0004")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ cat &
          [1] 3
          $ 
          [1]+  Stopped                 cat
          $ fg
          cat
          hello
          hello
          $ ▮
          "
        `)
      })
    ))

  it.scoped("is hung up with the terminal, unless the shell has a trap for that", ({ expect }) =>
    on((screen) =>
      Effect.gen(function*() {
        const kernel = yield* Kernel.Kernel
        yield* screen.type("sleep 100 &\r", "nohup sleep 100 &\r", "trap 'echo h''ung' HUP\r")
        yield* screen.terminal.kill(1)
        yield* screen.type("", "trap - HUP\r")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ sleep 100 &
          [1] 3
          $ nohup sleep 100 &
          [2] 4
          $ nohup: ignoring input and appending ou
          tput to 'nohup.out'
          trap 'echo h''ung' HUP
          $ 
          hung
          $ trap - HUP
          $ ▮
          "
        `)
        yield* screen.terminal.kill(1)
        yield* screen.type("")
        expect(yield* screen.terminal.wait).toMatchObject({ _tag: "Signaled", signal: 1 })
        const left = (yield* kernel.processes).filter(({ state }) => state === "running")
        expect(left.map(({ argv }) => argv.join(" "))).toEqual(["init", "sleep 100"])
      })
    ))
})

/** Takes the whole screen, shows a file page by page, and gives the screen back. */
const pager: Programs.Main = ([, file = ""]) =>
  Effect.gen(function*() {
    const sys = yield* Sys.Sys
    const fd = yield* sys.open(file, 0)
    const content = new Uint8Array(4096)
    const lines = Bytes.decode(content.subarray(0, yield* sys.read(fd, content))).trimEnd().split("\n")
    const settings = yield* rawMode(sys)
    yield* sys.sigaction(SIGWINCH, { disposition: () => Effect.void })
    yield* print(sys, "\u001b[?1049h\u001b[?25l")
    let top = 0
    for (let key = ""; key !== "q";) {
      const { columns, rows } = yield* sys.getWindowSize(0)
      const page = rows - 1
      if (key === " ") top += page
      else if (key === "b") top -= page
      top = Math.max(0, Math.min(top, lines.length - page))
      const shown = lines.slice(top, top + page).map((line) => line.slice(0, columns))
      const state = `\u001b[7m${top + 1}-${top + shown.length} of ${lines.length}\u001b[m`
      yield* print(sys, `\u001b[H\u001b[2J${[...shown, state].join("\r\n")}`)
      key = yield* readKey(sys)
    }
    yield* print(sys, "\u001b[?25h\u001b[?1049l")
    yield* sys.tcsetattr(0, Termios.TCSADRAIN, settings)
    return 0
  })

/** Edits one screenful; ^Z gives the terminal back for a while, ^X ends it. */
const editor: Programs.Main = () =>
  Effect.gen(function*() {
    const sys = yield* Sys.Sys
    const lines = [""]
    const draw = print(sys, "\u001b[?1049h").pipe(Effect.zipRight(Effect.suspend(() =>
      print(
        sys,
        `\u001b[H\u001b[2J${lines.join("\r\n")}\u001b[12H\u001b[7m-- insert --\u001b[m\u001b[${lines.length};${
          lines.at(-1)!.length + 1
        }H`
      )
    )))
    let settings = yield* rawMode(sys)
    for (;;) {
      yield* draw
      const key = yield* readKey(sys)
      if (key === "\u0018" || key === "\u001a") {
        yield* print(sys, "\u001b[?1049l")
        yield* sys.tcsetattr(0, Termios.TCSADRAIN, settings)
        if (key === "\u0018") {
          return 0
        }
        yield* sys.kill(0, SIGTSTP)
        settings = yield* rawMode(sys)
      } else if (key === "\r") lines.push("")
      else if (key === "\u007f") lines[lines.length - 1] = lines.at(-1)!.slice(0, -1)
      else lines[lines.length - 1] += key
    }
  })

const print = (sys: Sys.SystemCalls, text: string) => sys.write(1, Bytes.encode(text))

/** Empty when a signal came instead. */
const readKey = (sys: Sys.SystemCalls) => {
  const into = new Uint8Array(1)
  return Effect.orElseSucceed(Effect.map(sys.read(0, into), () => String.fromCharCode(into[0]!)), () => "")
}

const rawMode = (sys: Sys.SystemCalls) =>
  Effect.tap(sys.tcgetattr(0), (settings) =>
    sys.tcsetattr(0, Termios.TCSADRAIN, {
      ...settings,
      iflag: 0,
      oflag: 0,
      lflag: 0
    }))

describe("A full-screen program", () => {
  const at = <A, E>(use: (screen: Screen) => Effect.Effect<A, E, Kernel.Kernel>) =>
    Effect.gen(function*() {
      return yield* use(yield* Screen.open({ rows: 12 }))
    }).pipe(Effect.provide(machine({ pager, editor })))

  it.scoped("takes the screen, follows the window, and gives the screen back", ({ expect }) =>
    at((screen) =>
      Effect.gen(function*() {
        yield* screen.type("seq -f 'line %g' 30 > file; pager file\r")
        expect(screen.isAlternate).toBe(true)
        expect(screen.text).toMatchInlineSnapshot(`
          "
          line 1
          line 2
          line 3
          line 4
          line 5
          line 6
          line 7
          line 8
          line 9
          line 10
          line 11
          1-11 of 30▮
          "
        `)
        yield* screen.type(" ", " ")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          line 20
          line 21
          line 22
          line 23
          line 24
          line 25
          line 26
          line 27
          line 28
          line 29
          line 30
          20-30 of 30▮
          "
        `)
        yield* screen.resize(6, 6)
        expect(screen.text).toMatchInlineSnapshot(`
          "
          line 2
          line 2
          line 2
          line 2
          20-24 
          of 30▮
          "
        `)
        yield* screen.resize(40, 12)
        yield* screen.type("q")
        expect(screen.isAlternate).toBe(false)
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ seq -f 'line %g' 30 > file; pager file

          $ ▮
          "
        `)
        yield* screen.type("echo back\r")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ seq -f 'line %g' 30 > file; pager file

          $ echo back
          back
          $ ▮
          "
        `)
      })
    ))

  it.scoped("is stopped and continued, and finds its screen again", ({ expect }) =>
    at((screen) =>
      Effect.gen(function*() {
        yield* screen.type("editor\r", "Dear Adx", "\u007fa,\r", "\u0003 is no signal here")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          Dear Ada,
           is no signal here ▮









          -- insert --
          "
        `)
        yield* screen.type("\u001a")
        expect(screen.isAlternate).toBe(false)
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ editor

          [1]+  Stopped                 editor
          $ ▮
          "
        `)
        yield* screen.type("fg\r", "!")
        expect(screen.isAlternate).toBe(true)
        expect(screen.text).toMatchInlineSnapshot(`
          "
          Dear Ada,
           is no signal here! ▮









          -- insert --
          "
        `)
        yield* screen.type("\u0018", "stty -a | grep -c ' icanon'\r")
        expect(screen.text).toMatchInlineSnapshot(`
          "
          $ editor

          [1]+  Stopped                 editor
          $ fg
          editor
          $ stty -a | grep -c ' icanon'
          1
          $ ▮
          "
        `)
      })
    ))

  it.scoped("such as top has the screen until q", ({ expect }) =>
    at((screen) =>
      Effect.gen(function*() {
        yield* screen.type("top\r")
        expect(screen.isAlternate).toBe(true)
        expect(screen.text).toContain("PID USER      PR  NI")
        yield* screen.type("q")
        expect(screen.isAlternate).toBe(false)
      })
    ))

  it.scoped("dies with its terminal", ({ expect }) =>
    at((screen) =>
      Effect.gen(function*() {
        const kernel = yield* Kernel.Kernel
        yield* screen.type("editor\r", "text")
        yield* screen.terminal.kill(1)
        yield* screen.type("")
        const left = (yield* kernel.processes).filter(({ state }) => state === "running")
        expect(left.map(({ name }) => name)).toEqual(["init"])
      })
    ))
})
