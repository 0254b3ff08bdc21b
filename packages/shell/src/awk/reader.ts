/**
 * Records of a descriptor, taken off as soon as their end is there.
 *
 * @see awk(1p)
 */
import * as Errno from "@effix/kernel/Errno"
import type { SystemCalls } from "@effix/kernel/Sys"
import * as Block from "../Block.js"
import * as Latin1 from "../Latin1.js"
import type { Regex } from "../Regex.js"
import { attempt, type Steps } from "../Steps.js"
import { Fatal } from "./control.js"
import { type Patterns, span } from "./patterns.js"

/** What ends a record. */
export type Separator =
  | { readonly _tag: "Text"; readonly text: string }
  | { readonly _tag: "Paragraph" }
  | { readonly _tag: "Regexp"; readonly regex: Regex }

/** What a value of RS means. */
export const separator = (value: string, patterns: Patterns): Separator => {
  if (value === "") return { _tag: "Paragraph" }
  if (value.length === 1 && !(patterns.ignoreCase && /[A-Za-z]/.test(value))) return { _tag: "Text", text: value }
  const regex = patterns.get(value)
  return regex.literal !== undefined && regex.literal !== ""
    ? { _tag: "Text", text: regex.literal }
    : { _tag: "Regexp", regex }
}

/** The longest record, as no text may be longer. */
const recordMax = 1 << 28

export class Reader {
  #text = ""
  #at = 0
  /** Up to here there is no end of a record. */
  #searched = 0
  #atEnd = false
  #buffer = Block.first()
  /** What ended the last record. */
  terminator = ""
  /** What ended the input, if it was not its end. */
  error: Errno.Any | undefined = undefined

  constructor(readonly sys: SystemCalls, readonly fd: number) {}

  /** The next record, if all of it is here. */
  take(separator: Separator): string | undefined {
    switch (separator._tag) {
      case "Text": {
        const end = this.#text.indexOf(separator.text, this.#searched)
        if (end >= 0) return this.#cut(end, end + separator.text.length)
        this.#searched = Math.max(this.#at, this.#text.length - separator.text.length + 1)
        return this.#last()
      }
      case "Paragraph":
        return this.#paragraph()
      case "Regexp":
        return this.#bounded(separator.regex)
    }
  }

  #cut(end: number, next: number): string {
    const record = this.#text.slice(this.#at, end)
    this.terminator = this.#text.slice(end, next)
    this.#at = this.#searched = next
    return record
  }

  /** What is left at the end of the input. */
  #last(): string | undefined {
    if (!this.#atEnd || this.#at === this.#text.length) return undefined
    return this.#cut(this.#text.length, this.#text.length)
  }

  #paragraph(): string | undefined {
    const text = this.#text
    while (this.#at < text.length && text.charCodeAt(this.#at) === 10) this.#at++
    const end = text.indexOf("\n\n", Math.max(this.#at, this.#searched))
    if (end >= 0) {
      let next = end + 2
      while (next < text.length && text.charCodeAt(next) === 10) next++
      // More newlines may follow, and belong to what ends this one.
      if (next < text.length || this.#atEnd) return this.#cut(end, next)
      this.#searched = end
      return undefined
    }
    this.#searched = Math.max(this.#at, text.length - 1)
    if (this.#atEnd && text.endsWith("\n") && this.#at < text.length) return this.#cut(text.length - 1, text.length)
    return this.#last()
  }

  #bounded(regex: Regex): string | undefined {
    // What was looked through in vain is looked through again only when much more is there.
    if (!this.#atEnd && this.#text.length - this.#at < (this.#searched - this.#at) * 1.25) return undefined
    for (let from = this.#at; from < this.#text.length;) {
      const found = span(regex, this.#text, from)
      if (found === undefined) break
      const [start, end] = found
      if (end === start) {
        from = start + 1
        continue
      }
      if (end < this.#text.length || this.#atEnd) return this.#cut(start, end)
      break
    }
    this.#searched = this.#text.length
    return this.#last()
  }

  /** Whether everything has been taken. */
  get isDone(): boolean {
    return this.#atEnd
  }

  /** Reads more; `false` when there is nothing more. */
  *fill(): Steps<boolean> {
    if (this.#atEnd) return false
    const count = yield* attempt(this.sys.read(this.fd, this.#buffer))
    if (Errno.isErrno(count)) {
      this.error = count
      this.#atEnd = true
    } else if (count === 0) this.#atEnd = true
    else {
      const more = Latin1.decode(this.#buffer, 0, count)
      if (this.#text.length - this.#at + count > recordMax) throw new Fatal("memory exhausted")
      this.#text = this.#at === this.#text.length ? more : this.#text.slice(this.#at) + more
      this.#searched = Math.max(0, this.#searched - this.#at)
      this.#at = 0
      this.#buffer = Block.next(this.#buffer, count)
    }
    return true
  }

  /** The next record, or `undefined` at the end. */
  *next(separator: Separator): Steps<string | undefined> {
    while (true) {
      const record = this.take(separator)
      if (record !== undefined) return record
      if (!(yield* this.fill())) return undefined
    }
  }
}
