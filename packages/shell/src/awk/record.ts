/**
 * The record and its fields. Either is made from the other, and only when somebody asks.
 *
 * @see awk(1p)
 */
import { Fatal } from "./control.js"
import { byBlanks, type Splitter } from "./splitting.js"
import { checkLength, Input, numberOf, toNumber, type Value } from "./values.js"

/** The largest number of a field that may be assigned to. */
const fieldsMax = 5_000_000

export class Record {
  #text = ""
  /** Whether `#text` is what the fields make. */
  #textIsCurrent = true
  /** A field that was assigned to keeps its kind: a number, or a text. */
  #values: Map<number, Value> | undefined
  #whole: Value = undefined
  #fields: Array<string> = []
  /** Where splitting goes on; -1 when all fields are there. */
  #rest = -1
  #chosen: Splitter = byBlanks
  /** How the next record is split. */
  splitter: Splitter = byBlanks
  separator = " "

  /** A new record. */
  set(text: string): void {
    this.#text = text
    this.#textIsCurrent = true
    this.#values = undefined
    this.#whole = undefined
    this.#fields.length = 0
    this.#rest = 0
    // FS counts as it is now, even if the fields are asked for later.
    this.#chosen = this.splitter
  }

  /** `$0 = value`. */
  assign(text: string, value: Value): void {
    this.set(text)
    this.#whole = value
  }

  get text(): string {
    this.join()
    return this.#text
  }

  /** Makes the record out of its fields, if they changed. */
  join(): void {
    if (!this.#textIsCurrent) {
      let length = 0
      for (const field of this.#fields) length += field.length + this.separator.length
      checkLength(length)
      this.#text = this.#fields.join(this.separator)
      this.#textIsCurrent = true
      this.#whole = undefined
    }
  }

  /** `$0` as a value. */
  get value(): Value {
    const { text } = this
    return this.#whole ?? new Input(text)
  }

  #split(most: number): void {
    if (this.#rest < 0) return
    this.#rest = this.#chosen(this.#text, this.#rest, this.#fields, most)
  }

  get count(): number {
    this.#split(Number.POSITIVE_INFINITY)
    return this.#fields.length
  }

  /** The text of a field; `undefined` when there is none. */
  field(index: number): string | undefined {
    if (this.#rest >= 0 && this.#fields.length < index) this.#split(index)
    return this.#fields[index - 1]
  }

  fieldValue(index: number): Value {
    if (index === 0) return this.value
    const text = this.field(index)
    if (text === undefined) return undefined
    if (this.#values !== undefined) {
      const value = this.#values.get(index)
      if (value !== undefined) return value
    }
    return new Input(text)
  }

  /** A field as a number. */
  fieldNumber(index: number): number {
    const value = this.#values?.get(index)
    if (value !== undefined) return toNumber(value)
    const text = this.field(index)
    return text === undefined ? 0 : numberOf(text)
  }

  #grow(count: number): void {
    if (count > fieldsMax) throw new Fatal("memory exhausted")
    while (this.#fields.length < count) this.#fields.push("")
  }

  setField(index: number, text: string, value: Value): void {
    this.#split(Number.POSITIVE_INFINITY)
    if (index > this.#fields.length) this.#grow(index)
    this.#fields[index - 1] = text
    this.#values ??= new Map()
    this.#values.set(index, value instanceof Input ? undefined : value)
    this.#textIsCurrent = false
  }

  /** Makes a field that is not there, empty; the record stays as it is. */
  touch(index: number): void {
    if (this.count < index) this.#grow(index)
  }

  /** `NF = count`. */
  setCount(count: number): void {
    if (count < 0) throw new Fatal("NF set to negative value")
    this.#split(Number.POSITIVE_INFINITY)
    if (count > this.#fields.length) this.#grow(count)
    else {
      this.#fields.length = count
      for (const index of this.#values?.keys() ?? []) if (index > count) this.#values?.delete(index)
    }
    this.#textIsCurrent = false
  }
}
