/**
 * The colors of grep, from GREP_COLORS.
 *
 * @see grep(1) GREP_COLORS
 */
export interface Colors {
  /** Of what matches, in lines that are selected and in their context. */
  ms: string
  mc: string
  /** Of lines that are selected and of their context, but for what matches. */
  sl: string
  cx: string
  /** Of names, line numbers, offsets and the marks behind them. */
  fn: string
  ln: string
  bn: string
  se: string
  /** Whether `sl` and `cx` change places with -v. */
  rv: boolean
  /** Whether the rest of the screen's line is left as it is. */
  ne: boolean
}

const usual: Colors = {
  ms: "01;31",
  mc: "01;31",
  sl: "",
  cx: "",
  fn: "35",
  ln: "32",
  bn: "32",
  se: "36",
  rv: false,
  ne: false
}

const texts = new Set(["ms", "mc", "sl", "cx", "fn", "ln", "bn", "se"])

/** What the variables say; GREP_COLOR is an old one, for what matches. */
export const read = (old: string | undefined, said: string | undefined): Colors => {
  const colors = { ...usual }
  if (old !== undefined && /^[\d;]+$/.test(old)) colors.ms = colors.mc = old
  for (const part of said?.split(":") ?? []) {
    const [whole, name = "", value] = /^(\w*)(?:=([\d;]*))?$/.exec(part) ?? []
    // What makes no sense ends it; names that nobody knows do not.
    if (whole === undefined) break
    if (name === "rv" || name === "ne") colors[name] = true
    else if (value !== undefined && name === "mt") colors.ms = colors.mc = value
    else if (value !== undefined && texts.has(name)) Object.assign(colors, { [name]: value })
  }
  return colors
}

const erase = ({ ne }: Colors): string => ne ? "" : "\u001b[K"

/** What begins a color, if it is one. */
export const begin = (colors: Colors, color: string): string => color === "" ? "" : `\u001b[${color}m${erase(colors)}`

/** A text in a color. */
export const paint = (colors: Colors, color: string, text: string): string =>
  color === "" ? text : `${begin(colors, color)}${text}\u001b[m${erase(colors)}`
