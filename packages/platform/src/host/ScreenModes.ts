/**
 * What programs have turned on at a terminal and not off again: the other screen, a hidden cursor, reports of the mouse,
 * colours. A program that is killed leaves them, and the shell after it is unusable.
 *
 * Only enough of the terminal's language is read to know these; a sequence may be cut anywhere between two pieces.
 *
 * @see console_codes(4)
 */
const ESC = 0x1b

/** Private modes that are on to begin with. */
const onAtFirst: ReadonlySet<number> = new Set([7, 25])

/** What a sequence `ESC [` may hold, before it is none. */
const LONGEST = 64

export class ScreenModes {
  /** Private modes (`ESC [ ? N h`) that are not as they were at first. */
  private readonly changed = new Set<number>()
  private colours = false
  private keypad = false
  private margins = false
  /** The sequence that is under way, `undefined` outside one. */
  private sequence: string | undefined = undefined

  /** Takes note of what is written. */
  see(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at++) {
      if (this.sequence === undefined) {
        at = bytes.indexOf(ESC, at)
        if (at < 0) return
        this.sequence = ""
      } else this.next(bytes[at]!)
    }
  }

  private next(byte: number): void {
    const before = this.sequence!
    if (byte === ESC) this.sequence = ""
    else if (before === "") this.afterEscape(byte)
    else if (byte < 0x20) return
    else if (byte < 0x40) this.sequence = before.length < LONGEST ? before + String.fromCharCode(byte) : undefined
    else {
      this.sequence = undefined
      this.done(before.slice(1), String.fromCharCode(byte))
    }
  }

  private afterEscape(byte: number): void {
    const character = String.fromCharCode(byte)
    this.sequence = character === "[" ? character : undefined
    if (character === "=") this.keypad = true
    else if (character === ">") this.keypad = false
    else if (character === "c") this.forget()
  }

  private done(parameters: string, final: string): void {
    if (parameters.startsWith("?") && (final === "h" || final === "l")) {
      for (const mode of parameters.slice(1).split(";").map(Number)) {
        if ((final === "h") === onAtFirst.has(mode)) this.changed.delete(mode)
        else this.changed.add(mode)
      }
    } else if (final === "m" && /^[\d;:]*$/.test(parameters)) this.colours = !/(^|;)0*$/.test(parameters)
    else if (final === "r" && /^[\d;]*$/.test(parameters)) this.margins = parameters !== ""
    else if (final === "p" && parameters === "!") this.forget()
  }

  /** After a reset everything is as at first. */
  private forget(): void {
    this.changed.clear()
    this.colours = this.keypad = this.margins = false
  }

  /** What has to be written so that the screen is as it was. */
  restore(): Uint8Array {
    let text = ""
    if (this.margins) text += "\u001b7\u001b[r\u001b8"
    for (const mode of this.changed) text += `\u001b[?${mode}${onAtFirst.has(mode) ? "h" : "l"}`
    if (this.keypad) text += "\u001b>"
    if (this.colours) text += "\u001b[m"
    return new TextEncoder().encode(text)
  }
}
