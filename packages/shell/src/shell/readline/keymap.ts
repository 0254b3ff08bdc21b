/**
 * What keys do when nobody has said otherwise, and the names of all that they can do.
 *
 * @see bash(1) READLINE
 */
import * as Notation from "./notation.js"

/** A function of the editor, a text that is typed in place of the keys, or a command that the shell runs. */
export type Binding =
  | { readonly _tag: "Function"; readonly name: FunctionName }
  | { readonly _tag: "Macro"; readonly text: string }
  | { readonly _tag: "Command"; readonly text: string }

const bound = {
  "abort": ["\\C-g", "\\C-x\\C-g", "\\e\\C-g"],
  "accept-line": ["\\C-j", "\\C-m"],
  "backward-char": ["\\C-b", "\\eOD", "\\e[D"],
  "backward-delete-char": ["\\C-h", "\\C-?"],
  "backward-kill-line": ["\\C-x\\C-?"],
  "backward-kill-word": ["\\e\\C-h", "\\e\\C-?"],
  "backward-word": ["\\e[1;3D", "\\e[1;5D", "\\eb"],
  "beginning-of-history": ["\\e<"],
  "beginning-of-line": ["\\C-a", "\\eOH", "\\e[H"],
  "call-last-kbd-macro": ["\\C-xe"],
  "capitalize-word": ["\\ec"],
  "character-search": ["\\C-]"],
  "character-search-backward": ["\\e\\C-]"],
  "clear-display": ["\\e\\C-l"],
  "clear-screen": ["\\C-l"],
  "complete": ["\\C-i", "\\e\\e"],
  "complete-command": ["\\e!"],
  "complete-filename": ["\\e/"],
  "complete-hostname": ["\\e@"],
  "complete-username": ["\\e~"],
  "complete-variable": ["\\e$"],
  "delete-char": ["\\C-d", "\\e[3~"],
  "delete-horizontal-space": ["\\e\\\\"],
  "digit-argument": ["\\e-", "\\e0", "\\e1", "\\e2", "\\e3", "\\e4", "\\e5", "\\e6", "\\e7", "\\e8", "\\e9"],
  "display-shell-version": ["\\C-x\\C-v"],
  "downcase-word": ["\\el"],
  "edit-and-execute-command": ["\\C-x\\C-e"],
  "end-kbd-macro": ["\\C-x)"],
  "end-of-history": ["\\e>"],
  "end-of-line": ["\\C-e", "\\eOF", "\\e[F"],
  "exchange-point-and-mark": ["\\C-x\\C-x"],
  "forward-char": ["\\C-f", "\\eOC", "\\e[C"],
  "forward-search-history": ["\\C-s"],
  "forward-word": ["\\e[1;3C", "\\e[1;5C", "\\ef"],
  "history-expand-line": ["\\e^"],
  "history-search-backward": ["\\e[5~"],
  "history-search-forward": ["\\e[6~"],
  "insert-comment": ["\\e#"],
  "insert-completions": ["\\e*"],
  "insert-last-argument": ["\\e.", "\\e_"],
  "kill-line": ["\\C-k"],
  "kill-word": ["\\e[3;5~", "\\ed"],
  "next-history": ["\\C-n", "\\eOB", "\\e[B"],
  "non-incremental-forward-search-history": ["\\en"],
  "non-incremental-reverse-search-history": ["\\ep"],
  "operate-and-get-next": ["\\C-o"],
  "overwrite-mode": ["\\e[2~"],
  "possible-command-completions": ["\\C-x!"],
  "possible-completions": ["\\e=", "\\e?"],
  "possible-filename-completions": ["\\C-x/"],
  "possible-hostname-completions": ["\\C-x@"],
  "possible-username-completions": ["\\C-x~"],
  "possible-variable-completions": ["\\C-x$"],
  "previous-history": ["\\C-p", "\\eOA", "\\e[A"],
  "quoted-insert": ["\\C-q", "\\C-v"],
  "re-read-init-file": ["\\C-x\\C-r"],
  "reverse-search-history": ["\\C-r"],
  "revert-line": ["\\e\\C-r", "\\er"],
  "set-mark": ["\\C-@", "\\e "],
  "shell-backward-word": ["\\e\\C-b"],
  "shell-forward-word": ["\\e\\C-f"],
  "shell-kill-word": ["\\e\\C-d"],
  "shell-transpose-words": ["\\e\\C-t"],
  "start-kbd-macro": ["\\C-x("],
  "tilde-expand": ["\\e&"],
  "transpose-chars": ["\\C-t"],
  "transpose-words": ["\\et"],
  "undo": ["\\C-x\\C-u", "\\C-_"],
  "unix-line-discard": ["\\C-u"],
  "unix-word-rubout": ["\\C-w"],
  "upcase-word": ["\\eu"],
  "yank": ["\\C-y"],
  "yank-last-arg": ["\\e.", "\\e_"],
  "yank-nth-arg": ["\\e\\C-y"],
  "yank-pop": ["\\ey"]
} as const

/** Functions that no key has at first. */
const unbound = [
  "alias-expand-line",
  "copy-backward-word",
  "copy-forward-word",
  "copy-region-as-kill",
  "delete-char-or-list",
  "do-lowercase-version",
  "fetch-history",
  "forward-backward-delete-char",
  "history-and-alias-expand-line",
  "history-substring-search-backward",
  "history-substring-search-forward",
  "kill-region",
  "kill-whole-line",
  "magic-space",
  "menu-complete",
  "menu-complete-backward",
  "non-incremental-forward-search-history-again",
  "non-incremental-reverse-search-history-again",
  "print-last-kbd-macro",
  "redraw-current-line",
  "self-insert",
  "shell-backward-kill-word",
  "tab-insert",
  "unix-filename-rubout",
  "universal-argument"
] as const

export type FunctionName = keyof typeof bound | (typeof unbound)[number]

/** All functions by name, in the order in which they are listed. */
export const functionNames: ReadonlyArray<string> = [...Object.keys(bound), ...unbound].sort()

export const isFunction = (name: string): name is FunctionName => functionNames.includes(name)

/** Functions of readline that this editor does not have. */
const absent = new Set(
  ("arrow-key-prefix backward-byte bracketed-paste-begin complete-into-braces dabbrev-expand dump-functions " +
    "dump-macros dump-variables dynamic-complete-history emacs-editing-mode forward-byte glob-complete-word " +
    "glob-expand-word glob-list-expansions next-screen-line old-menu-complete previous-screen-line " +
    "shell-expand-line skip-csi-sequence spell-correct-word tty-status").split(" ")
)

/** Whether readline has a function of this name that this editor does not have. */
export const isAbsent = (name: string): boolean => absent.has(name) || name.startsWith("vi-")

const initial = (): ReadonlyMap<string, Binding> => {
  const keys = new Map<string, Binding>()
  const put = (key: string, name: FunctionName): void => void keys.set(key, { _tag: "Function", name })
  for (let code = 32; code < 256; code++) if (code !== 127) put(String.fromCharCode(code), "self-insert")
  for (let code = 65; code <= 90; code++) {
    for (const prefix of ["\u0018", "\u001b"]) {
      // Behind an escape this begins the sequence of a function key.
      if (prefix + String.fromCharCode(code) !== "\u001bO") {
        put(prefix + String.fromCharCode(code), "do-lowercase-version")
      }
    }
  }
  for (const [name, sequences] of Object.entries(bound)) {
    if (isFunction(name)) { for (const sequence of sequences) put(Notation.read(sequence), name) }
  }
  return keys
}

/** The keys that every shell begins with. */
export const initialKeys = initial()
