/** Whoever types the same at our prompt and at the host's sees the same, screen by screen. */
import { describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { machine, onHost, Screen } from "./Screen.js"

const hasPython = spawnSync("python3", ["--version"]).error === undefined

/** Forgets what stands in the line, and on the screen. */
const anew = "\u0005\u0015\u000c"

/** Has the host's bash behave as it does without its own settings of a terminal. */
const plainly = "bind 'set enable-bracketed-paste off' 'set bell-style none' 2>/dev/null; cd $(mktemp -d)"

/** What a terminal sends for keys that are written as `^A`, `^[` and `^?`. */
const pressed = (text: string): string =>
  text.replace(/\^([@-Z[\\\]_?])/g, (_, key: string) => String.fromCharCode(key.charCodeAt(0) ^ 64))

/** What differs between the screens of both, after each text that is typed. */
const both = (
  { columns = 80, rows = 14 }: { readonly columns?: number; readonly rows?: number },
  setUp: ReadonlyArray<string>,
  typed: ReadonlyArray<string>
) =>
  Effect.gen(function*() {
    const first = [plainly, ...setUp].map((line) => `${line}\r`)
    const screens: Array<string> = []
    const ours = Effect.gen(function*() {
      const screen = yield* Screen.open({ columns, rows })
      yield* screen.type(...first)
      for (const keys of typed) {
        yield* screen.type(anew + keys)
        screens.push(screen.text)
      }
    }).pipe(Effect.scoped, Effect.provide(machine()))
    yield* ours
    const host = (yield* onHost({ columns, rows }, [...first, ...typed.map((keys) => anew + keys)])).slice(first.length)
    return typed.map((keys, index) => ({ keys, ours: screens[index], host: host[index] })).filter((each) =>
      each.ours !== each.host
    )
  })

/** What moves, kills, puts back, changes, undoes and looks for lines. */
const functions = (
  "^A ^E ^B ^F ^[b ^[f ^K ^U ^W ^[d ^[^? ^Y ^Y ^[y ^? ^[[3~ ^T ^[t ^[^T ^[u ^[l ^[c ^_ ^_ ^[r ^@ ^X^X ^[. ^[_ ^[^Y ^[\\ ^X^? " +
  "^[1 ^[2 ^[- ^P ^P ^N ^N ^R ^S ^G ^] ^[^] ^V ^[< ^[>"
).split(" ").map(pressed)

/** Lines of keys by chance. */
const byChance = (seed: number, lines: number): ReadonlyArray<ReadonlyArray<string>> => {
  let state = seed
  const pick = <A>(from: ArrayLike<A>): A => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return from[Math.floor(state / 2 ** 32 * from.length)]!
  }
  const key = (): string => pick([true, true, false]) ? pick("qkm12 h ") : pick(functions)
  return Array.from({ length: lines }, () => [...Array.from({ length: 16 }, key), "\r"])
}

const files =
  "mkdir -p many/dir1 many/dir2 .hid sub; touch many/aa1 many/aa2 many/bb many/c\\ d a.o a.c .dot sp\\ ace; " +
  "ln -s dir1 many/slnk; chmod +x a.c; HOME=$PWD"

describe.skipIf(!hasPython)("At a prompt as at the host's", () => {
  it.effect(
    "Tab completes files, variables, users and commands, or shows what there are",
    ({ expect }) =>
      Effect.gen(function*() {
        expect(
          yield* both({}, [files], [
            ...[
              "ls many/\t",
              "ls many/\t\t",
              "ls many/a\t",
              "ls many/a\t\t",
              "ls many/d\t\t\t",
              "ls many/c\t",
              "ls many/s\t"
            ],
            ...[
              "ls many/s\t\t",
              "ls \"many/c\t",
              "ls \"many/d\t",
              "ls \"many/dir1\t",
              "ls 'sp\t",
              "ls sp\t",
              "ls \"sp \t"
            ],
            ...[
              "echo $HOM\t",
              "echo \"$HOM\t",
              "echo ${HOM\t",
              "cd ~ro\t",
              "ls ~/ma\t",
              "cat $HOME/ma\t",
              "ls \\$HO\t"
            ],
            ...["whoa\t", "zzznope\t", "if mkte\t", "./a\t", "./\t\t", "$(mkte\t", "ls|mkte\t", "X=1 whoa\t", "X=ma\t"],
            ...[
              "ls many/*1\t",
              "ls many/aa*\t",
              "ls many/bb x\u0002\u0002\u0002\t",
              "ls --x=ma\t",
              "ls >ma\t",
              "ls nope\t"
            ],
            ...[
              "echo a:ma\t",
              "echo \"a b\" ma\t",
              "ls ./many/../sp\t",
              "ls many/slnk/\t",
              "ls .\t\t",
              "ls ..\t",
              "echo {ma\t"
            ]
          ])
        ).toEqual([])
      }),
    120_000
  )

  it.effect("a function of complete sees the line as bash has it", ({ expect }) =>
    Effect.gen(function*() {
      const show = "f() { echo \"<$1|$2|$3|$COMP_LINE|$COMP_POINT|$COMP_TYPE|$COMP_KEY|${#COMP_WORDS[@]}:" +
        "${COMP_WORDS[*]}:$COMP_CWORD>\"; COMPREPLY=(); }; complete -F f foo"
      expect(
        yield* both({ columns: 100 }, [show], [
          ...[
            "foo a b\t\t",
            "foo \t",
            "foo --x=\t",
            "foo --x=y:z\t",
            "foo \"a b\t",
            "foo a\\ b\t",
            "if foo x\t",
            "foo\t"
          ],
          ...[
            "X=1 foo x\t",
            "ls; foo x | y\u0002\u0002\u0002\u0002\t",
            "/a/foo x\t",
            "foo a b c\u0002\u0002\t",
            "foo >\t"
          ],
          ...[
            "foo  x > y\t",
            "foo a;b\u0002\u0002\t",
            "foo a >x\t",
            "foo \"a b\" c\t",
            "foo 'x\ty\t",
            "foo $(a b) c\t"
          ],
          ...["foo $(a b\t", "foo a==b\t", "foo \"$(a b\t", "foo    \u0002\t", "(foo x\t", "foo {a,b\t"]
        ])
      ).toEqual([])
    }), 120_000)

  it.effect("Tab follows what complete says", ({ expect }) =>
    Effect.gen(function*() {
      expect(
        yield* both({}, [
          files,
          "complete -W 'one two three' w; complete -W 'a\\ b c\\;d' q; complete -o filenames -W 'a\\ b dir1/ many' fn",
          "complete -o nospace -W 'oney' n; complete -o nosort -W 'z y x' ns; complete -E -W 'ee1 ee2'; complete -d cdd",
          "complete -o default -W nn df; complete -o bashdefault -W nn bd; complete -o dirnames dn; complete -I -W 'iii1'",
          "g() { compopt -o nospace; COMPREPLY=(gg); }; complete -F g gg; complete -o noquote -o filenames -W 'a\\ b' nq",
          "complete -G '*.c' gl; complete -f -X '!*.c' cc; complete -o plusdirs -W mano pd; complete -c ccc; complete -v vv",
          "complete -W '--foo= --bar' -o nospace eq; complete -S : -W 'a b' su; complete -W 'a:b a:c' col; alias al=w",
          "many() { COMPREPLY=(item{1..120}); }; complete -F many many; dup() { COMPREPLY=(b a b a); }; complete -F dup dup",
          "v() { COMPREPLY=(); }; complete -o bashdefault -o default -F v bdv"
        ], [
          ...[
            "w \t\t",
            "w o\t",
            "w t\t\t\t",
            "q a\t",
            "fn a\t",
            "fn m\t",
            "fn \t\t",
            "n o\t",
            "ns \t\t",
            "cdd m\t",
            "df ma\t"
          ],
          ...[
            "df n\t",
            "bd ma\t",
            "bd $HOM\t",
            "dn m\t",
            "gg g\t",
            "ii\t",
            "nq a\t",
            "gl \t",
            "w \"o\t",
            "w 'o\t",
            "pd m\t\t"
          ],
          ...[
            "cdd many/s\t",
            "/usr/bin/w t\t",
            "w x\u0002\t",
            "cc \t\t",
            "ccc whoa\t",
            "vv HOM\t",
            "eq --f\t",
            "su \t\t"
          ],
          ...[
            "dup \t\t",
            "col a\t",
            "col a:\t\t",
            "bdv ma\t",
            "bdv $HOM\t",
            "al o\t",
            "X=1 w o\t",
            "w; w o\t",
            "many \t\tq"
          ],
          ...["n", "many \t\ty", "many item1\t\t\t", "\t\t", "  \t\t", "ls; \t\t"]
        ])
      ).toEqual([])
    }), 120_000)

  it.effect("keys move, kill, yank, change words, take arguments and undo", ({ expect }) =>
    Effect.gen(function*() {
      const line = "echo one two/three \"four five\" six"
      const keys = [
        ...["^A", "^A^F^F", "^[b", "^[b^[b^[b", "^A^[f^[f", "^W", "^W^W", "^[^?", "^[^?^[^?^Y", "^A^[d", "^A^[d^[d^Y"],
        ...["^A^K^Y^Y", "^B^B^T", "^T", "^[t", "^[b^[t", "^A^[u^[c^[l", "^[b^[-^[u", "^A^[3^[f", "^A^[3x", "^[2^By"],
        ...[
          "^A^D^D",
          "^?^?",
          "^A^]3",
          "^[^]o",
          "^_",
          "ab^_",
          "^W^_",
          "^W^W^_^_",
          "^[\\",
          "^A^[f^[\\",
          "^[ ^[b^[b^X^XZ"
        ],
        ...["^A^K^Y^U^Y^[y", "^[^B^[^BQ", "^A^[^F^[^F^[^FQ", "^A^[^F^[^D", "^V^A", "^[[Hx", "^[[Fx", "^[[D^[[Dx"],
        ...["^[[3~", "^[[D^[[3~", "^[[1;5D^[[1;5Cx", "^[OD^[OCx", "^[r", "^X^U", "^A^X^?", "^X^?", "^[4^H"],
        ...["^A^[d^[f^[d^Y^[y", "^[A^[B", "^[Z", "^XZ", " ~root/x^[&", "^[1^[2a", "^[^H", "^A^[0^K", "^A^[2^[d"],
        ...["^B^[2^W", "é漢x^B^B^?", "^Aé", "^A^T", "^A^F^T^T"]
      ]
      expect(yield* both({ columns: 70 }, [], keys.map((each) => line + pressed(each)))).toEqual([])
    }), 120_000)

  it.effect("the history is gone through, searched, and taken from", ({ expect }) =>
    Effect.gen(function*() {
      const keys = [
        ...["^P", "^P^P", "^P^P^N", "^[.", "^[.^[.", "^P^P^[.", "x^Rsec", "^Recho^R", "^Rnothere^G"],
        ...["^Rfir^Ax", "^Rse^G", "!ech^[^", "a!!^[^"]
      ]
      const lines = ["echo first a1 b1", "echo second a2 b2 'c d'", "true"]
      expect(yield* both({ columns: 70 }, lines, keys.map((each) => pressed(`^E^U^M^L${each}`)))).toEqual([])
    }), 120_000)

  for (const seed of [1, 3, 5]) {
    it.effect(
      `whatever is pressed, one key after the other, by chance ${seed}`,
      ({ expect }) =>
        Effect.gen(function*() {
          const setUp = [
            plainly,
            "command_not_found_handle() { echo \"<$*>\"; }",
            "set +H; stty -ixon; history -c",
            "q 1 2h",
            "k; m"
          ]
          const lines = byChance(seed, 20)
          const keys = [...setUp.map((line) => `${line}\r`), ...lines.flat()]
          const ends = lines.map((_, line) => setUp.length + lines.slice(0, line + 1).flat().length - 1)
          const ours = yield* Effect.gen(function*() {
            const screen = yield* Screen.open({ rows: 30 })
            const screens: Array<string> = []
            for (const key of keys) {
              yield* screen.type(key)
              screens.push(screen.text)
            }
            return screens
          }).pipe(Effect.scoped, Effect.provide(machine()))
          const host = yield* onHost({ rows: 30, pause: 0.02 }, keys)
          for (const [line, end] of ends.entries()) expect([lines[line], ours[end]]).toEqual([lines[line], host[end]])
        }),
      120_000
    )
  }

  it.effect("bind has keys do other things: functions, macros and commands", ({ expect }) =>
    Effect.gen(function*() {
      const binds = [
        files,
        `bind '"\\C-xm": "hello \\"w\\" "' '"\\C-xo":"\\C-xm\\C-xm"' 'C-o: kill-whole-line' '"\\C-xk": menu-complete'`,
        `bind '"\\C-xn": "echo macro\\C-m"' '"\\C-x ": magic-space' '"\\C-xu": universal-argument'`,
        "bind -x '\"\\C-xw\": echo L=$READLINE_LINE P=$READLINE_POINT; READLINE_LINE=\"new $READLINE_LINE\"; READLINE_POINT=4'"
      ]
      const keys = [
        ...[
          "^Xm",
          "^Xo",
          "abc^Xw",
          "^Xn",
          "xyz^O",
          "ls many/^Xk",
          "ls many/^Xk^Xk",
          "ls many/a^Xk^Xkx",
          "!ech^X ",
          "^Xux"
        ],
        ...[
          "^Xu^Xux",
          "^Xu3x",
          "ls many/^[*",
          "cat many/a^[?",
          "ech^[!^[!",
          "$HOM^[$",
          "~roo^[~",
          "lo^[@",
          "ls many/a^[/"
        ],
        ...["ls many/a^X/"]
      ]
      expect(yield* both({ columns: 70 }, binds, keys.map(pressed))).toEqual([])
    }), 120_000)

  it.effect("the variables of the editor decide how completion shows a choice", ({ expect }) =>
    Effect.gen(function*() {
      const eager = [
        files,
        "bind 'set show-all-if-ambiguous on' 'set completion-ignore-case on' 'set completion-query-items 4'",
        "bind 'set match-hidden-files off'"
      ]
      const keys = ["ls many/\t", "n", "ls many/A\t", "ls MANY/\t", "ls \t", "y", "ls .\t", "ls many/d\t"]
      expect(yield* both({ columns: 70 }, eager, keys)).toEqual([])
      const flat = [
        files,
        "bind 'set print-completions-horizontally on' 'set mark-directories off' 'set show-all-if-unmodified on'"
      ]
      expect(yield* both({ columns: 20 }, flat, ["ls many/\t\t", "ls many/dir1\t", "ls many/a\t\t"])).toEqual([])
    }), 120_000)

  it.effect(
    "a function of complete may make another specification, and much is shown by pages",
    ({ expect }) =>
      Effect.gen(function*() {
        expect(
          yield* both({ columns: 40, rows: 8 }, [
            "m() { COMPREPLY=(x{1..60}); }; complete -F m m",
            "load() { complete -W 'late' $1; return 124; }; complete -D -F load"
          ], ["lz l\t", "lz l\t", "m \t\t", "m x\t\t \t\rq", "m x1\t\t"])
        ).toEqual([])
      }),
    120_000
  )
})
