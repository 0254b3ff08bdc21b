/**
 * A file as find sees it, and the expressions that are asked about it.
 *
 * @see find(1)
 */
import type { Stat } from "@effix/kernel/Inode"
import type { Steps } from "../Steps.js"

export interface Found {
  readonly path: string
  /** The operand below which it was found. */
  readonly start: string
  readonly depth: number
  readonly stat: Stat
  /** What a link points at, where an expression asks. */
  readonly followed: Stat | undefined
  /** The text of a link, where an expression asks. */
  readonly target: string
}

/** What the walk does next. */
export interface Walk {
  pruned: boolean
  quit: boolean
}

export type Node =
  | { readonly _tag: "Test"; readonly test: (file: Found, walk: Walk) => boolean }
  | { readonly _tag: "Action"; readonly act: (file: Found, walk: Walk) => Steps<boolean> }
  | { readonly _tag: "Not"; readonly node: Node }
  | { readonly _tag: "And"; readonly left: Node; readonly right: Node }
  | { readonly _tag: "Or"; readonly left: Node; readonly right: Node }
  | { readonly _tag: "List"; readonly left: Node; readonly right: Node }

/** Whether asking needs no system call, so that it can be answered on the spot. */
const isPure = (node: Node): boolean =>
  node._tag === "Test" || (node._tag === "Not"
    ? isPure(node.node)
    : node._tag !== "Action" && isPure(node.left) && isPure(node.right))

const pure = (node: Node, file: Found, walk: Walk): boolean => {
  switch (node._tag) {
    case "Test":
      return node.test(file, walk)
    case "Not":
      return !pure(node.node, file, walk)
    case "And":
      return pure(node.left, file, walk) && pure(node.right, file, walk)
    case "Or":
      return pure(node.left, file, walk) || pure(node.right, file, walk)
    case "List":
      pure(node.left, file, walk)
      return pure(node.right, file, walk)
    case "Action":
      return false
  }
}

/** Asks an expression about a file. */
export function* evaluate(node: Node, file: Found, walk: Walk): Steps<boolean> {
  if (isPure(node)) return pure(node, file, walk)
  switch (node._tag) {
    case "Test":
      return node.test(file, walk)
    case "Action":
      return yield* node.act(file, walk)
    case "Not":
      return !(yield* evaluate(node.node, file, walk))
    case "And":
      return (yield* evaluate(node.left, file, walk)) && !walk.quit && (yield* evaluate(node.right, file, walk))
    case "Or":
      return (yield* evaluate(node.left, file, walk)) || (!walk.quit && (yield* evaluate(node.right, file, walk)))
    case "List":
      yield* evaluate(node.left, file, walk)
      return !walk.quit && (yield* evaluate(node.right, file, walk))
  }
}
