/**
 * What `trap` has set: actions by condition, and the signals that came and wait for their action to run.
 *
 * @see trap(1p)
 */
export class Traps {
  /** Actions by condition: `EXIT`, `ERR`, `INT`, …; an empty one ignores the signal. */
  actions = new Map<string, string>()
  /** The parent's actions: what `trap` prints in a subshell until it sets one itself. */
  inherited: ReadonlyMap<string, string> | undefined = undefined
  /** Signals that were ignored when the shell started, which it cannot trap. */
  ignoredAtStart: ReadonlySet<number> = new Set()
  /** Signals that came, in order. */
  readonly pending: Array<number> = []
  /** Whether an action runs now: `ERR` and `EXIT` do not nest. */
  running = false

  forSubshell(): Traps {
    const copy = new Traps()
    copy.inherited = this.inherited ?? this.actions
    copy.ignoredAtStart = this.ignoredAtStart
    for (const [condition, action] of this.actions) if (action === "") copy.actions.set(condition, action)
    return copy
  }

  /** What `trap` prints. */
  listed(): ReadonlyMap<string, string> {
    return this.inherited ?? this.actions
  }

  set(condition: string, action: string | undefined): void {
    this.inherited = undefined
    if (action === undefined) this.actions.delete(condition)
    else this.actions.set(condition, action)
  }
}
