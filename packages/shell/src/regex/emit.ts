/**
 * Regular expressions in the syntax of RE2, which matches in linear time whatever the pattern.
 *
 * @see regex(7)
 */
import { isWord, type Node } from "./syntax.js"

const hex = (byte: number): string => `\\x${byte.toString(16).padStart(2, "0")}`

const isAlphanumeric = (byte: number): boolean => isWord(byte) && byte !== 95

const char = (byte: number): string => isAlphanumeric(byte) ? String.fromCharCode(byte) : hex(byte)

const setText = (set: Uint8Array): string => {
  let text = ""
  let count = 0
  let only = 0
  for (let from = 0; from < 256; from++) {
    if (set[from] === 0) continue
    let to = from
    while (to < 255 && set[to + 1] === 1) to++
    text += from === to ? hex(from) : `${hex(from)}-${hex(to)}`
    count += to - from + 1
    only = from
    from = to
  }
  // No byte at all: RE2 has no empty class.
  return count === 0 ? "[^\\x00-\\x{10ffff}]" : count === 1 ? char(only) : `[${text}]`
}

/** The most that RE2 repeats at once. */
const repeatMax = 1000

const repeatText = (text: string, min: number, max: number): string => {
  if (min === 0 && max === Number.POSITIVE_INFINITY) return `${text}*`
  if (min === 1 && max === Number.POSITIVE_INFINITY) return `${text}+`
  if (max <= repeatMax) return `${text}{${min},${max}}`
  if (min > repeatMax) return `${text}{${repeatMax}}${repeatText(text, min - repeatMax, max - repeatMax)}`
  if (max === Number.POSITIVE_INFINITY) return `${text}{${min},}`
  return `${text}{${min},${repeatMax}}${repeatText(text, 0, max - repeatMax)}`
}

/** Whether whatever the node matches begins (ends) with a character of a word; `undefined` when it depends. */
const edge = (node: Node, end: boolean): boolean | undefined => {
  switch (node._tag) {
    case "Set": {
      let word = 0
      let other = 0
      for (let byte = 0; byte < 256; byte++) if (node.set[byte] === 1) isWord(byte) ? word++ : other++
      return other === 0 ? true : word === 0 ? false : undefined
    }
    case "Sequence": {
      const inner = node.nodes[end ? node.nodes.length - 1 : 0]
      return inner === undefined ? undefined : edge(inner, end)
    }
    case "Group":
      return edge(node.node, end)
    case "Repeat":
      return node.min > 0 ? edge(node.node, end) : undefined
    case "Alternation": {
      const all = node.nodes.map((inner) => edge(inner, end))
      return all.every((one) => one === all[0]) ? all[0] : undefined
    }
    default:
      return undefined
  }
}

/** `undefined` when RE2 cannot say it: back-references, and word edges next to what may or may not be a word. */
export const emit = (node: Node, captures: boolean): string | undefined => {
  switch (node._tag) {
    case "Set":
      return setText(node.set)
    case "Sequence": {
      let text = ""
      for (let i = 0; i < node.nodes.length; i++) {
        const inner = node.nodes[i]!
        if (inner._tag === "Assert" && (inner.what === "wordStart" || inner.what === "wordEnd")) {
          const start = inner.what === "wordStart"
          const neighbour = node.nodes[start ? i + 1 : i - 1]
          // Next to a character of a word, an edge of a word is a boundary.
          if (neighbour === undefined || edge(neighbour, !start) !== true) return undefined
          text += "\\b"
          continue
        }
        const emitted = emit(inner, captures)
        if (emitted === undefined) return undefined
        text += inner._tag === "Alternation" ? `(?:${emitted})` : emitted
      }
      return text
    }
    case "Alternation": {
      const all = node.nodes.map((inner) => emit(inner, captures))
      return all.includes(undefined) ? undefined : all.join("|")
    }
    case "Group": {
      const inner = emit(node.node, captures)
      return inner === undefined ? undefined : captures ? `(${inner})` : `(?:${inner})`
    }
    case "Repeat": {
      const inner = emit(node.node, captures)
      if (inner === undefined) return undefined
      return repeatText(
        node.node._tag === "Set" || node.node._tag === "Group" ? inner : `(?:${inner})`,
        node.min,
        node.max
      )
    }
    case "Assert":
      switch (node.what) {
        case "lineStart":
        case "textStart":
          return "\\A"
        case "lineEnd":
        case "textEnd":
          return "\\z"
        case "eachLineStart":
          return "(?m:^)"
        case "eachLineEnd":
          return "(?m:$)"
        case "boundary":
          return "\\b"
        case "notBoundary":
          return "\\B"
        default:
          return undefined
      }
    case "BackReference":
      return undefined
  }
}

/** The text that the node stands for, if it stands for only one. */
export const literal = (node: Node): string | undefined => {
  if (node._tag === "Set") {
    const byte = node.set.indexOf(1)
    return byte >= 0 && node.set.lastIndexOf(1) === byte ? String.fromCharCode(byte) : undefined
  }
  if (node._tag !== "Sequence") return undefined
  let text = ""
  for (const inner of node.nodes) {
    const one = inner._tag === "Set" ? literal(inner) : undefined
    if (one === undefined) return undefined
    text += one
  }
  return text
}
