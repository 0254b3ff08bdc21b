import * as fs from "node:fs"

/** A fenced block of code, in a Markdown file or in a comment of a TypeScript file. */
export interface CodeBlock {
  readonly file: string
  /** The line on which its code begins, counted from 1. */
  readonly line: number
  readonly language: string
  /** What stands behind the language: `no-run`. */
  readonly tags: ReadonlyArray<string>
  readonly code: string
  /** What it has to print: the text of a block ```` ```text output ```` right behind it. */
  readonly output: string | undefined
}

interface Fence extends Omit<CodeBlock, "output"> {
  readonly end: number
}

/** In a comment every line of a block begins with ` * `. */
const opening = (inComment: boolean) => inComment ? /^(\s*\* ?\s*)```(\w+)(.*)$/ : /^(\s*)```(\w+)(.*)$/

const fencesOf = (file: string): Array<Fence> => {
  const lines = fs.readFileSync(file, "utf8").split("\n")
  const fences: Array<Fence> = []
  for (let at = 0; at < lines.length; at++) {
    const [, indent, language, rest] = opening(file.endsWith(".ts")).exec(lines[at]!) ?? []
    if (indent === undefined || language === undefined) continue
    const line = at + 2
    const code: Array<string> = []
    while (++at < lines.length && !/^[\s*]*```\s*$/.test(lines[at]!)) {
      const text = lines[at]!
      code.push(text.startsWith(indent) ? text.slice(indent.length) : text.replace(/^\s*\*/, ""))
    }
    fences.push({ file, line, end: at, language, tags: rest!.trim().split(/\s+/), code: code.join("\n") + "\n" })
  }
  return fences
}

export const codeBlocks = (file: string): Array<CodeBlock> => {
  const fences = fencesOf(file)
  return fences.map(({ end, ...block }, index) => {
    const next = fences[index + 1]
    const follows = next !== undefined && next.line - end <= 4
    return { ...block, output: follows && next.tags.includes("output") ? next.code : undefined }
  })
}

/** Why what was printed is not what the block promises; nothing if it is. */
export const mismatch = (block: CodeBlock, printed: string): string | undefined =>
  block.output === undefined || block.output.trimEnd() === printed.trimEnd()
    ? undefined
    : `it printed\n${printed.trimEnd()}\ninstead of\n${block.output.trimEnd()}`
