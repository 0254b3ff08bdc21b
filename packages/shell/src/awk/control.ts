/**
 * How the parts of an awk program leave what they are doing.
 *
 * @see awk(1p)
 */

/** Ends the program with a complaint. */
export class Fatal {
  readonly _tag = "Fatal"
  /** With `aside`, it is not about the record. */
  constructor(readonly text: string, readonly aside = false) {}
}

/** `next` and `nextfile` inside a function. */
export class Next {
  readonly _tag = "Next"
  constructor(readonly file: boolean) {}
}

/** `exit` inside a function. */
export class Exit {
  readonly _tag = "Exit"
}
