/**
 * The settings that `stty` knows, in the order in which it prints them.
 *
 * @see stty(1)
 */
import * as T from "@effix/kernel/abi/Termios"

export type Flags = "cflag" | "iflag" | "oflag" | "lflag"

export interface Mode {
  readonly name: string
  readonly flags: Flags
  readonly bits: number
  /** What the bits are compared in, where several stand for one setting. */
  readonly mask: number
  /** Whether `-NAME` turns it off. */
  readonly reversible: boolean
  /** What `sane` makes of it. */
  readonly sane: "on" | "off" | undefined
  /** An other name of one that is printed already. */
  readonly hidden: boolean
}

const mode = (flags: Flags, name: string, bits: number, sane?: "on" | "off"): Mode => ({
  name,
  flags,
  bits,
  mask: bits,
  reversible: true,
  sane,
  hidden: false
})

/** One of several that exclude each other. */
const choice = (flags: Flags, name: string, bits: number, mask: number, sane?: "on" | "off"): Mode => ({
  ...mode(flags, name, bits, sane),
  mask,
  reversible: false
})

const alias = (other: Mode): Mode => ({ ...other, sane: undefined, hidden: true })

const CSIZE = 0o60
const NLDLY = 0o400
const CRDLY = 0o3000
const BSDLY = 0o20000
const VTDLY = 0o40000
const FFDLY = 0o100000
const PARENB = 0o400
const PARODD = 0o1000
const CS7 = 0o40
const XCASE = 0o4

/** `nl0`, `nl1`, and so on. */
const delays = (name: string, mask: number, values: ReadonlyArray<number>): ReadonlyArray<Mode> =>
  values.map((bits, index) => choice("oflag", `${name}${index}`, bits, mask, bits === 0 ? "on" : "off")).reverse()

export const modes: ReadonlyArray<Mode> = [
  mode("cflag", "parenb", PARENB),
  mode("cflag", "parodd", PARODD),
  mode("cflag", "cmspar", 0o10000000000),
  choice("cflag", "cs5", 0, CSIZE),
  choice("cflag", "cs6", 0o20, CSIZE),
  choice("cflag", "cs7", CS7, CSIZE),
  choice("cflag", "cs8", T.CS8, CSIZE),
  mode("cflag", "hupcl", T.HUPCL),
  alias(mode("cflag", "hup", T.HUPCL)),
  mode("cflag", "cstopb", 0o100),
  mode("cflag", "cread", T.CREAD, "on"),
  mode("cflag", "clocal", T.CLOCAL),
  mode("cflag", "crtscts", 0o20000000000),
  mode("iflag", "ignbrk", T.IGNBRK, "off"),
  mode("iflag", "brkint", T.BRKINT, "on"),
  mode("iflag", "ignpar", T.IGNPAR),
  mode("iflag", "parmrk", T.PARMRK),
  mode("iflag", "inpck", T.INPCK),
  mode("iflag", "istrip", T.ISTRIP),
  mode("iflag", "inlcr", T.INLCR, "off"),
  mode("iflag", "igncr", T.IGNCR, "off"),
  mode("iflag", "icrnl", T.ICRNL, "on"),
  mode("iflag", "ixon", T.IXON),
  mode("iflag", "ixoff", T.IXOFF, "off"),
  alias(mode("iflag", "tandem", T.IXOFF)),
  mode("iflag", "iuclc", T.IUCLC, "off"),
  mode("iflag", "ixany", T.IXANY, "off"),
  mode("iflag", "imaxbel", T.IMAXBEL, "on"),
  mode("iflag", "iutf8", T.IUTF8, "off"),
  mode("oflag", "opost", T.OPOST, "on"),
  mode("oflag", "olcuc", T.OLCUC, "off"),
  mode("oflag", "ocrnl", T.OCRNL, "off"),
  mode("oflag", "onlcr", T.ONLCR, "on"),
  mode("oflag", "onocr", T.ONOCR, "off"),
  mode("oflag", "onlret", T.ONLRET, "off"),
  mode("oflag", "ofill", 0o100, "off"),
  mode("oflag", "ofdel", 0o200, "off"),
  ...delays("nl", NLDLY, [0, NLDLY]),
  ...delays("cr", CRDLY, [0, 0o1000, 0o2000, 0o3000]),
  ...delays("tab", T.TABDLY, [0, 0o4000, 0o10000, 0o14000]),
  ...delays("bs", BSDLY, [0, BSDLY]),
  ...delays("vt", VTDLY, [0, VTDLY]),
  ...delays("ff", FFDLY, [0, FFDLY]),
  mode("lflag", "isig", T.ISIG, "on"),
  mode("lflag", "icanon", T.ICANON, "on"),
  mode("lflag", "iexten", T.IEXTEN, "on"),
  mode("lflag", "echo", T.ECHO, "on"),
  mode("lflag", "echoe", T.ECHOE, "on"),
  alias(mode("lflag", "crterase", T.ECHOE)),
  mode("lflag", "echok", T.ECHOK, "on"),
  mode("lflag", "echonl", T.ECHONL, "off"),
  mode("lflag", "noflsh", T.NOFLSH, "off"),
  mode("lflag", "xcase", XCASE, "off"),
  mode("lflag", "tostop", T.TOSTOP, "off"),
  mode("lflag", "echoprt", T.ECHOPRT, "off"),
  alias(mode("lflag", "prterase", T.ECHOPRT)),
  mode("lflag", "echoctl", T.ECHOCTL, "on"),
  alias(mode("lflag", "ctlecho", T.ECHOCTL)),
  mode("lflag", "echoke", T.ECHOKE, "on"),
  alias(mode("lflag", "crtkill", T.ECHOKE)),
  mode("lflag", "flusho", T.FLUSHO, "off"),
  mode("lflag", "extproc", T.EXTPROC, "off")
]

/** Control characters: where they stand, and what they are when all is sane. */
export const characters: ReadonlyArray<readonly [name: string, index: number, sane: number]> = [
  ["intr", T.VINTR, 3],
  ["quit", T.VQUIT, 28],
  ["erase", T.VERASE, 127],
  ["kill", T.VKILL, 21],
  ["eof", T.VEOF, 4],
  ["eol", T.VEOL, 0],
  ["eol2", T.VEOL2, 0],
  ["swtch", T.VSWTC, 0],
  ["start", T.VSTART, 17],
  ["stop", T.VSTOP, 19],
  ["susp", T.VSUSP, 26],
  ["rprnt", T.VREPRINT, 18],
  ["werase", T.VWERASE, 23],
  ["lnext", T.VLNEXT, 22],
  ["discard", T.VDISCARD, 15]
]

/** What is set now of `on` in the flags of a terminal. */
export const isOn = (settings: T.Termios, { bits, flags, mask }: Mode): boolean =>
  ((settings[flags] & mask) >>> 0) === bits

export const set = (settings: T.Termios, { bits, flags, mask }: Mode, on: boolean): T.Termios => ({
  ...settings,
  [flags]: ((settings[flags] & ~mask) | (on ? bits : 0)) >>> 0
})

const withCharacters = (settings: T.Termios, changes: Readonly<Record<number, number>>): T.Termios => ({
  ...settings,
  cc: settings.cc.map((value, index) => changes[index] ?? value)
})

export const withCharacter = (settings: T.Termios, index: number, value: number): T.Termios =>
  withCharacters(settings, { [index]: value })

const named = (...names: ReadonlyArray<string>) => (settings: T.Termios): T.Termios => {
  let result = settings
  for (const name of names) {
    const found = modes.find((mode) => mode.name === name.replace(/^-/, ""))!
    result = set(result, found, !name.startsWith("-"))
  }
  return result
}

const sane = (settings: T.Termios): T.Termios => {
  let result = withCharacters(settings, {
    ...Object.fromEntries(characters.map(([, index, value]) => [index, value])),
    [T.VMIN]: 1,
    [T.VTIME]: 0
  })
  for (const mode of modes) if (mode.sane !== undefined) result = set(result, mode, mode.sane === "on")
  return result
}

const raw = (settings: T.Termios): T.Termios =>
  withCharacters(named("-opost", "-isig", "-icanon", "-xcase")({ ...settings, iflag: 0 }), {
    [T.VMIN]: 1,
    [T.VTIME]: 0
  })

const cooked = named("brkint", "ignpar", "istrip", "icrnl", "ixon", "opost", "isig", "icanon")
const crt = named("echoe", "echoctl", "echoke")
const reset = (...names: ReadonlyArray<string>) => (settings: T.Termios): T.Termios =>
  withCharacters(
    settings,
    Object.fromEntries(
      characters.filter(([name]) => names.includes(name)).map(([, index, value]) => [index, value])
    )
  )
const dec = (settings: T.Termios): T.Termios => reset("intr", "erase", "kill")(named("-ixany")(crt(settings)))

type Change = (settings: T.Termios) => T.Termios

/** Settings that stand for several; the second is what a dash before the name means. */
export const combinations: Readonly<Record<string, readonly [on: Change, off?: Change]>> = {
  cbreak: [named("-icanon"), named("icanon")],
  cooked: [cooked, raw],
  crt: [crt],
  dec: [dec],
  decctlq: [named("-ixany"), named("ixany")],
  ek: [reset("erase", "kill")],
  evenp: [named("parenb", "-parodd", "cs7"), named("-parenb", "cs8")],
  lcase: [named("xcase", "iuclc", "olcuc"), named("-xcase", "-iuclc", "-olcuc")],
  LCASE: [named("xcase", "iuclc", "olcuc"), named("-xcase", "-iuclc", "-olcuc")],
  litout: [named("-parenb", "cs8", "-istrip", "-opost"), named("parenb", "cs7", "istrip", "opost")],
  nl: [named("-icrnl", "-onlcr"), named("icrnl", "-inlcr", "-igncr", "onlcr", "-ocrnl", "-onlret")],
  oddp: [named("parenb", "parodd", "cs7"), named("-parenb", "cs8")],
  parity: [named("parenb", "-parodd", "cs7"), named("-parenb", "cs8")],
  pass8: [named("-parenb", "cs8", "-istrip"), named("parenb", "cs7", "istrip")],
  raw: [raw, cooked],
  sane: [sane],
  tabs: [named("tab0"), named("tab3")]
}
