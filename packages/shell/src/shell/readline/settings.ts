/**
 * The variables of the editor.
 *
 * @see bash(1) Readline Variables
 */

/** Those that are on or off, in the order in which they are listed. */
const switches: Readonly<Record<string, boolean>> = {
  "bind-tty-special-chars": true,
  "blink-matching-paren": false,
  "byte-oriented": false,
  "colored-completion-prefix": false,
  "colored-stats": false,
  "completion-ignore-case": false,
  "completion-map-case": false,
  "convert-meta": false,
  "disable-completion": false,
  "echo-control-characters": true,
  "enable-active-region": true,
  "enable-bracketed-paste": false,
  "enable-keypad": false,
  "enable-meta-key": true,
  "expand-tilde": false,
  "history-preserve-point": false,
  "horizontal-scroll-mode": false,
  "input-meta": true,
  "mark-directories": true,
  "mark-modified-lines": false,
  "mark-symlinked-directories": false,
  "match-hidden-files": true,
  "menu-complete-display-prefix": false,
  "meta-flag": true,
  "output-meta": true,
  "page-completions": true,
  "prefer-visible-bell": true,
  "print-completions-horizontally": false,
  "revert-all-at-newline": false,
  "show-all-if-ambiguous": false,
  "show-all-if-unmodified": false,
  "show-mode-in-prompt": false,
  "skip-completed-text": false,
  "visible-stats": false
}

const texts: Readonly<Record<string, string>> = {
  "bell-style": "audible",
  "comment-begin": "#",
  "completion-display-width": "-1",
  "completion-prefix-display-length": "0",
  "completion-query-items": "100",
  "editing-mode": "emacs",
  "emacs-mode-string": "@",
  "history-size": "0",
  keymap: "emacs",
  "keyseq-timeout": "500",
  "vi-cmd-mode-string": "(cmd)",
  "vi-ins-mode-string": "(ins)"
}

/** Those whose value is one of a few. */
const choices: Readonly<Record<string, ReadonlyArray<string>>> = {
  "bell-style": ["none", "off", "audible", "on", "visible"],
  "editing-mode": ["emacs"],
  keymap: ["emacs", "emacs-standard", "emacs-meta", "emacs-ctlx"]
}

const numbers = new Set([
  "completion-display-width",
  "completion-prefix-display-length",
  "completion-query-items",
  "history-size",
  "keyseq-timeout"
])

export type Settings = ReadonlyMap<string, string>

/** All variables by name, in the order in which they are listed. */
export const initial: Settings = new Map([
  ...Object.entries(switches).map(([name, on]) => [name, on ? "on" : "off"] as const),
  ...Object.entries(texts)
])

/** The settings with one changed; a text is a complaint. */
export const change = (settings: Settings, given: string, value: string): Settings | string => {
  const name = given.toLowerCase()
  if (Object.hasOwn(switches, name)) {
    return new Map(settings).set(name, value === "" || value === "1" || value.toLowerCase() === "on" ? "on" : "off")
  }
  if (!Object.hasOwn(texts, name)) return `${given}: unknown variable name`
  const few = choices[name]
  const text = value === "" && few !== undefined ? texts[name]! : value
  if (few !== undefined && !few.includes(text.toLowerCase())) return `${given}: could not set value to \`${value}'`
  const number = Number.parseInt(text, 10)
  return new Map(settings).set(name, numbers.has(name) ? String(Number.isNaN(number) ? 0 : number) : text)
}
