/**
 * The colors of ls, from LS_COLORS.
 *
 * @see dir_colors(5)
 */
import {
  isDirectory,
  isRegular,
  S_IFBLK,
  S_IFCHR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFSOCK,
  S_ISGID,
  S_ISUID,
  S_ISVTX
} from "@effix/kernel/abi/FileMode"

/** What kinds of files are marked with when nothing is said: directories, links, … */
const usual = {
  di: "01;34",
  ln: "01;36",
  pi: "33",
  so: "01;35",
  bd: "01;33",
  cd: "01;33",
  ex: "01;32",
  do: "01;35",
  su: "37;41",
  sg: "30;43",
  st: "37;44",
  ow: "34;42",
  tw: "30;42",
  ca: "30;41",
  or: "",
  mi: "",
  fi: "",
  no: "",
  mh: "",
  rs: "0",
  lc: "\u001b[",
  rc: "m",
  ec: "",
  cl: "\u001b[K"
}

type Label = keyof typeof usual

const isLabel = (text: string): text is Label => text in usual

const terminals =
  /^(?:Eterm|ansi|.*color.*|con\d+x\d+.*|cons25|console|cygwin|.*direct.*|dtterm|gnome|hurd|jfbterm|konsole|kterm|linux.*|mlterm|putty.*|rxvt.*|screen.*|st.*|terminator|tmux.*|vt100|vt220|xterm.*)$/

const isNamed = (code: string): boolean => code !== "" && !/^0{1,2}$/.test(code)

const writable = 0o002
const executable = 0o111

export class Colors {
  private used = false

  private constructor(
    private readonly codes: Readonly<Record<Label, string>>,
    private readonly suffixes: ReadonlyArray<readonly [suffix: string, code: string]>
  ) {}

  /** What the variables say; `undefined` for no colors, or what in LS_COLORS makes no sense. */
  static read(environment: Readonly<Record<string, string>>): Colors | { readonly wrong: string } | undefined {
    const { COLORTERM = "", LS_COLORS = "", TERM = "" } = environment
    if (LS_COLORS === "" && COLORTERM === "" && !terminals.test(TERM)) return undefined
    const codes: Record<Label, string> = { ...usual }
    const suffixes: Array<readonly [string, string]> = []
    for (const part of LS_COLORS.split(":")) {
      if (part === "") continue
      const [, label = "", value = ""] = /^([^=]*)=(.*)$/s.exec(part) ?? [part, part.slice(0, 2)]
      const code = value.replace(/\\e|\^\[/g, "\u001b")
      if (label.startsWith("*")) suffixes.unshift([label.slice(1), code])
      else if (isLabel(label)) codes[label] = code
      else return { wrong: label }
    }
    return new Colors(codes, suffixes)
  }

  /** Whether it matters what links lead to. */
  get looksThroughLinks(): boolean {
    return this.codes.ln === "target" || isNamed(this.codes.or) || isNamed(this.codes.mi)
  }

  /** A text in the color of the file that it stands for; `target`: the mode of what a link leads to, if that is there. */
  paint(text: string, name: string, mode: number, nlink: number, target?: number): string {
    return this.painted(text, this.codeOf(name, mode, nlink, target))
  }

  /** What a link leads to that is not there. */
  paintMissing(text: string): string {
    return this.painted(text, isNamed(this.codes.mi) ? this.codes.mi : this.codes.or)
  }

  /** What ends it all, where the codes are not the usual ones. */
  get end(): string {
    const { lc, rc } = this.codes
    return this.used && !(lc === usual.lc && rc === usual.rc) ? lc + rc : ""
  }

  private painted(text: string, code: string): string {
    if (code === "") return text
    const { lc, rc } = this.codes
    return `${lc}${code}${rc}${text}${this.reset}`
  }

  private get reset(): string {
    const { ec, lc, rc, rs } = this.codes
    return ec === "" ? lc + rs + rc : ec
  }

  /** What is to be printed: before the first color comes what ends any other. */
  opened(text: string): string {
    const at = this.used ? -1 : text.indexOf(this.codes.lc)
    if (at < 0) return text
    this.used = true
    return text.slice(0, at) + this.reset + text.slice(at)
  }

  private codeOf(name: string, mode: number, nlink: number, target: number | undefined): string {
    const { codes } = this
    const first = (...labels: ReadonlyArray<Label>): string =>
      codes[labels.find((label) => isNamed(codes[label])) ?? "no"]
    if (isDirectory(mode)) {
      const [sticky, others] = [(mode & S_ISVTX) !== 0, (mode & writable) !== 0]
      if (sticky && others && isNamed(codes.tw)) return codes.tw
      if (others && isNamed(codes.ow)) return codes.ow
      return sticky ? first("st", "di") : first("di")
    }
    switch (mode & S_IFMT) {
      case S_IFLNK:
        if (target === undefined && isNamed(codes.or)) return codes.or
        return codes.ln === "target" ? (target === undefined ? "" : this.codeOf(name, target, 1, target)) : first("ln")
      case S_IFIFO:
        return first("pi")
      case S_IFSOCK:
        return first("so")
      case S_IFBLK:
        return first("bd")
      case S_IFCHR:
        return first("cd")
    }
    if (!isRegular(mode)) return first("or")
    if ((mode & S_ISUID) !== 0 && isNamed(codes.su)) return codes.su
    if ((mode & S_ISGID) !== 0 && isNamed(codes.sg)) return codes.sg
    if ((mode & executable) !== 0 && isNamed(codes.ex)) return codes.ex
    if (nlink > 1 && isNamed(codes.mh)) return codes.mh
    return this.suffixes.find(([suffix]) => name.endsWith(suffix))?.[1] ?? first("fi")
  }
}
