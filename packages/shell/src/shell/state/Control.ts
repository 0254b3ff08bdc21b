/**
 * How control leaves the ordinary order of commands: JavaScript exceptions that the command they are for catches.
 *
 * They carry no stack, and they never leave the shell's own program.
 */

/** `break` and `continue`: out of so many loops. */
export class LoopJump {
  constructor(
    readonly kind: "break" | "continue",
    public levels: number,
    /** The exit status of the loop that it ends. */
    readonly status = 0
  ) {}
}

/** `return`: out of a function or a sourced file. */
export class Return {
  constructor(readonly status: number) {}
}

/** `exit`, and the end of the shell for any other reason. */
export class Exit {
  constructor(readonly status: number, /** Set when `errexit` or an error ends it. */ readonly forced = false) {}
}

/**
 * An error that ends the current command, and a shell that is not interactive with it: of an expansion, of a special
 * builtin, of an assignment.
 */
export class Fatal {
  /** The file that it came up in, where that is left before it is told. */
  speaker: string | undefined = undefined

  constructor(
    readonly status: number,
    readonly message: string | undefined,
    /** Whether it ends only the command, as errors do that are found while a command is prepared. */
    readonly discard = false
  ) {}
}

/** An assignment, or an `unset`, that a variable refused. */
export class AssignmentFailed extends Fatal {
  constructor(name: string, reason: string) {
    super(1, `${name}: ${reason}`, true)
  }
}

/** An error, told of already, that ends the line of the script itself, whatever it evaluates or sources meanwhile. */
export class LineAbandoned extends Fatal {
  constructor() {
    super(1, undefined, true)
  }
}

/** Leaves the line, and with it all that was given with `-c`. */
export const abandoning = ({ from }: { readonly from: string }): LineAbandoned | Exit =>
  from === "c" ? new Exit(1, true) : new LineAbandoned()

/** ^C at a prompt: back to the prompt. */
export class Interrupted {
  constructor(readonly signal: number) {}
}
