/** Sessions for corners that chance seldom turns: full buffers above all. Their answers stand in `corners.json`. */
import type { Step } from "./replay.js"

const lines = `${"y".repeat(80)}\r`.repeat(20)

export const corners: Readonly<Record<string, ReadonlyArray<Step>>> = {
  "echo goes out every 256 bytes": [["m", `${"a".repeat(300)}\x03`], ["rm"], ["sig"]],
  "echo that runs over loses the oldest": [
    ["m", "y".repeat(1365)],
    ["rm"],
    ["m", `\x15${"\xff".repeat(885)}`],
    ["rm"],
    ["s", "X"],
    ["rm"]
  ],
  "echo that ends amid a note": [
    ["m", "y".repeat(1269)],
    ["rm"],
    ["m", `\x15${"\xff".repeat(885)}`],
    ["rm"],
    ["s", "X"],
    ["rm"],
    ["m", "a"],
    ["rm"]
  ],
  "a full line can be edited": [
    ["m", "y".repeat(2000)],
    ["m", "y".repeat(2000)],
    ["rm"],
    ["m", "z".repeat(300)],
    ["rm"],
    ["m", "\x7f\x7f!\x17\x12"],
    ["rm"],
    ["m", "ab\r"],
    ["rm"],
    ["rs", 5000]
  ],
  "IMAXBEL rings no bell": [["attr", { IMAXBEL: true }], ["m", "y".repeat(2000)], ["m", "y".repeat(2000)], ["rm"], [
    "m",
    "z".repeat(200)
  ], ["rm"]],
  "a line full of marked bytes": [
    ["attr", { PARMRK: true, ECHO: false }],
    ["m", "\xff".repeat(1500)],
    ["m", "ab".repeat(900)],
    ["m", "\r"],
    ["inq"],
    ["rs", 5000]
  ],
  "raw input full of marked bytes": [
    ["attr", { PARMRK: true, ECHO: false, ICANON: false }],
    ["m", "\xff".repeat(1500)],
    ["m", "\xff".repeat(1500)],
    ["inq"],
    ["rs", 5000],
    ["inq"],
    ["rs", 5000]
  ],
  "^S behind input that is full is heard once": [
    ["attr", { ECHO: false }],
    ["m", lines],
    ["m", lines],
    ["m", lines],
    ["m", "\x13"],
    ["s", "x"],
    ["attr", { IXON: false }],
    ["attr", { IXON: true }],
    ["attr", { ICANON: false }],
    ["rs", 5000],
    ["rs", 5000],
    ["s", "x"],
    ["rm"]
  ],
  "VLNEXT does not outlast canonical mode": [["m", "a\x16"], ["attr", { ICANON: false }], ["m", "\x03b"], ["rs", 9], [
    "sig"
  ]],
  "a tab behind a newline that does not return": [
    ["attr", { ONLCR: false }],
    ["s", "abc\n"],
    ["m", "x\ty\x7f\x7f"],
    ["s", "\nab\n"],
    ["m", "\r\t\x7f"],
    ["rm"]
  ],
  "ECHOPRT of wide characters": [
    ["attr", { ECHOPRT: true, IUTF8: true, XTABS: true }],
    ["m", "a\u00c3\u00a9\u00e4\u00bd\u00a0\x7f\x7fb"],
    ["s", "\t|"],
    ["rm"]
  ],
  "a read that ends at an end of file": [["m", "abc\x04"], ["rs", 3], ["rs", 9], ["m", "ab\x04\x04"], ["rs", 2], [
    "rs",
    9
  ]],
  "a read of many lines at once": [["m", lines], ["inq"], ["rs", 64], ["rs", 5000], ["rs", 81], ["inq"]],
  "VMIN above 64": [["attr", { ICANON: false, VMIN: 100 }], ["m", "y".repeat(200)], ["poll"], ["rb", 200, 40], [
    "rb",
    200,
    40
  ]],
  "poll counts to VMIN": [["attr", { ICANON: false, VMIN: 3 }], ["m", "ab"], ["poll"], ["m", "c"], ["poll"]],
  "upper case": [["attr", { OLCUC: true, IUCLC: true }], ["m", "ABC \xc0\xd7\xdf\r"], ["s", "abc \xe0\xf7\xdf\xff\n"], [
    "rm"
  ], ["rs", 9]]
}
