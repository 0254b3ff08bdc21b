/**
 * Erasing in the line that is being edited: a character, a word, or all of it; and what that shows.
 *
 * @see termios(3)
 */
import * as T from "../abi/Termios.js"
import { BACKSLASH, BACKSPACE, isContinuation, isControl, isWord, NEWLINE, SLASH, SPACE, TAB } from "./characters.js"
import type { Line } from "./line.js"

/** Ends what ECHOPRT shows between `\` and `/`. */
export const finishErasing = (line: Line): void => {
  if (!line.erasing) return
  line.echo.raw(SLASH)
  line.erasing = false
}

/** Carries out VERASE, VWERASE or VKILL, whichever `c` is. */
export const erase = (line: Line, c: number): void => {
  const { input, settings } = line
  const { cc, lflag } = settings
  if (input.head === input.lineHead) return
  const one = c === cc[T.VERASE]
  const word = !one && c === cc[T.VWERASE]
  if (!one && !word && killedAtOnce(line)) return
  let seenWord = false
  while (!input.isLineStart(input.head)) {
    const head = characterBefore(line, input.head)
    if (head < 0) break
    const erased = input.at(head)
    if (word) {
      if (isWord(erased)) seenWord = true
      else if (seenWord) break
    }
    const length = input.head - head
    input.head = head
    if ((lflag & T.ECHO) !== 0) show(line, erased, length, one)
    if (one) break
  }
  if (input.head === input.lineHead && (lflag & T.ECHO) !== 0) finishErasing(line)
}

/** VKILL where the line is not taken back from the screen. */
const killedAtOnce = (line: Line): boolean => {
  const { echo, input, settings } = line
  const { cc, lflag } = settings
  const visual = T.ECHO | T.ECHOK | T.ECHOKE | T.ECHOE
  if ((lflag & visual) === visual) return false
  input.head = input.lineHead
  if ((lflag & T.ECHO) === 0) return true
  finishErasing(line)
  echo.char(cc[T.VKILL]!)
  if ((lflag & T.ECHOK) !== 0) echo.raw(NEWLINE)
  return true
}

/** Where the character before `position` begins, or -1 when it has no beginning in this line. */
const characterBefore = (line: Line, position: number): number => {
  const { input } = line
  let head = position - 1
  if ((line.settings.iflag & T.IUTF8) === 0) return head
  while (isContinuation(input.at(head)) && !input.isLineStart(head)) head--
  return isContinuation(input.at(head)) ? -1 : head
}

/** Shows that the character `c`, of `length` bytes at the input's head, is gone. */
const show = (line: Line, c: number, length: number, one: boolean): void => {
  const { echo, input, settings } = line
  const { cc, lflag } = settings
  if ((lflag & T.ECHOPRT) !== 0) {
    if (!line.erasing) {
      echo.raw(BACKSLASH)
      line.erasing = true
    }
    echo.char(c)
    for (let i = 1; i < length; i++) {
      echo.raw(input.at(input.head + i))
      echo.moveBack()
    }
  } else if (one && (lflag & T.ECHOE) === 0) {
    echo.char(cc[T.VERASE]!)
  } else if (c === TAB) {
    showTab(line)
  } else {
    const control = isControl(c)
    const caret = (lflag & T.ECHOCTL) !== 0
    if (control && caret) rubOut(line)
    if (!control || caret) rubOut(line)
  }
}

const rubOut = ({ echo }: Line): void => {
  echo.raw(BACKSPACE)
  echo.raw(SPACE)
  echo.raw(BACKSPACE)
}

/** How far a tab went depends on the columns before it, back to the tab before or to the beginning of the line. */
const showTab = ({ echo, input, settings }: Line): void => {
  let columns = 0
  for (let at = input.head; !input.isLineStart(at);) {
    const c = input.at(--at)
    if (c === TAB) return echo.eraseTab(columns, true)
    if (isControl(c)) {
      if ((settings.lflag & T.ECHOCTL) !== 0) columns += 2
    } else if (!isContinuation(c) || (settings.iflag & T.IUTF8) === 0) columns++
  }
  echo.eraseTab(columns, false)
}
