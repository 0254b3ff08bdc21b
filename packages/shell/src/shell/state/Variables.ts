/**
 * The variables of a shell: values, arrays and attributes, and what functions hide with `local`.
 *
 * A variable is an immutable record. What a shell has written lately lies over a table that is never changed, which it
 * shares with its subshells: so starting one copies a few references. Arrays are changed in place by the one shell that
 * owns them.
 *
 * @see bash(1) PARAMETERS
 */
import { AssignmentFailed } from "./Control.js"
import { inOrder } from "./order.js"

export interface Indexed {
  readonly kind: "indexed"
  readonly owner: object
  /** Sparse: a hole is an element that is not set. */
  readonly items: Array<string>
  /** Declared, and nothing assigned yet. */
  readonly bare?: boolean
}
export interface Associative {
  readonly kind: "associative"
  readonly owner: object
  readonly items: Map<string, string>
  readonly bare?: boolean
}

export interface Variable {
  /** `undefined`: declared, but not set. */
  readonly value: string | Indexed | Associative | undefined
  readonly exported: boolean
  readonly readonly: boolean
  readonly integer: boolean
  readonly letters: "" | "upper" | "lower" | "capital"
  readonly reference: boolean
  /** `declare -t`, which nothing asks for. */
  readonly traced: boolean
  /** Its value is made when it is asked for, whatever it was set to, until it is unset. */
  readonly dynamic: boolean
}

const plain: Variable = {
  value: undefined,
  exported: false,
  readonly: false,
  integer: false,
  letters: "",
  reference: false,
  traced: false,
  dynamic: false
}

/** The elements of an associative array, in the order in which bash has them. */
export const pairs = ({ items }: Associative): ReadonlyArray<readonly [key: string, value: string]> =>
  inOrder(items.keys()).map((key) => [key, items.get(key)!])

/** The elements that are set, in order. */
export const values = (value: Variable["value"]): ReadonlyArray<string> => {
  if (value === undefined) return []
  if (typeof value === "string") return [value]
  return value.kind === "indexed" ? value.items.filter(() => true) : pairs(value).map(([, item]) => item)
}

export const keys = (value: Variable["value"]): ReadonlyArray<string> => {
  if (value === undefined) return []
  if (typeof value === "string") return ["0"]
  return value.kind === "indexed" ? Object.keys(value.items) : inOrder(value.items.keys())
}

/** The value of a variable that is named without a subscript. */
const scalar = (value: Variable["value"]): string | undefined => {
  if (value === undefined || typeof value === "string") return value
  return value.kind === "indexed" ? value.items[0] : value.items.get("0")
}

/** The parts of a target such as `a[1]`. */
const split = (target: string): { readonly name: string; readonly key: string } | undefined => {
  const [, name, key] = /^(\w+)\[(.+)\]$/s.exec(target) ?? []
  return name === undefined || key === undefined ? undefined : { name, key }
}

/** So many changes are copied at most when a subshell starts. */
const changedMax = 16

type Frame = Map<string, Variable | undefined>

export class Variables {
  /** Owns the arrays that may be changed in place. */
  private token: object = {}
  private frames: Array<Frame> = []
  private environment: Readonly<Record<string, string>> | undefined = undefined
  /** Set to be told of assignments that mean something to the shell, such as one to `PATH`. */
  onChange: ((name: string) => void) | undefined = undefined

  /** What has been written since `base` was made; `undefined` for what has been unset. */
  private changed: Map<string, Variable | undefined>

  constructor(private base: ReadonlyMap<string, Variable> = new Map(), changed?: Map<string, Variable | undefined>) {
    this.changed = changed ?? new Map()
  }

  /** The variables that a subshell begins with. */
  clone(): Variables {
    if (this.changed.size > changedMax) {
      this.base = this.all()
      this.changed = new Map()
    }
    const copy = new Variables(this.base, new Map(this.changed))
    this.token = {}
    copy.frames = this.frames.map((frame) => new Map(frame))
    copy.environment = this.environment
    return copy
  }

  private all(): ReadonlyMap<string, Variable> {
    const all = new Map(this.base)
    for (const [name, variable] of this.changed) {
      if (variable === undefined) all.delete(name)
      else all.set(name, variable)
    }
    return all
  }

  private put(name: string, variable: Variable | undefined): void {
    if (this.get(name)?.exported === true || variable?.exported === true) this.environment = undefined
    this.changed.set(name, variable)
    this.onChange?.(name)
  }

  get(name: string): Variable | undefined {
    const variable = this.changed.get(name)
    return variable === undefined && !this.changed.has(name) ? this.base.get(name) : variable
  }

  names(): ReadonlyArray<string> {
    return [...this.all().keys()].sort(compare)
  }

  /** The name behind a name reference. */
  resolve(name: string): string {
    let current = name
    for (let depth = 0; depth < 20; depth++) {
      const variable = this.get(current)
      if (variable === undefined || !variable.reference || typeof variable.value !== "string") return current
      current = variable.value
    }
    return current
  }

  /** The value of `$name`. */
  value(name: string): string | undefined {
    const variable = this.get(name)
    if (variable === undefined) return undefined
    if (!variable.reference) return scalar(variable.value)
    const target = this.resolve(name)
    const part = this.part(target)
    // One that goes in a circle has no end, and no value.
    if (part === undefined && this.get(target)?.reference === true) return undefined
    return part === undefined ? scalar(this.get(target)?.value) : this.element(part.name, part.key)
  }

  /** The element that a name reference such as `a[1]` means. */
  private part(target: string): { readonly name: string; readonly key: number | string } | undefined {
    const { key, name } = split(target) ?? {}
    if (name === undefined || key === undefined) return undefined
    return { name, key: this.isAssociative(name) ? key : Number(this.evaluate(key)) }
  }

  /** The array and the subscript, as it is written, that the name reference `name` stands for. */
  elementBehind(name: string): { readonly name: string; readonly key: string } | undefined {
    return this.get(name)?.reference === true ? split(this.resolve(name)) : undefined
  }

  /** The value of `${name[key]}`; a negative index counts from the end. */
  element(given: string, key: number | string): string | undefined {
    const value = this.get(this.resolve(given))?.value
    if (value === undefined) return undefined
    if (typeof value === "string") return Number(key) === 0 || Number(key) === -1 ? value : undefined
    if (value.kind === "associative") return value.items.get(String(key))
    const at = Number(key)
    return value.items[at < 0 ? at + value.items.length : at]
  }

  /** Says which variable a name reference stands for. */
  refer(name: string, target: string | undefined): void {
    const variable = this.get(name) ?? plain
    if (target !== undefined && !/^[A-Za-z_]\w*(\[.+\])?$/s.test(target)) {
      throw new AssignmentFailed(`\`${target}'`, "invalid variable name for name reference")
    }
    if (typeof variable.value === "object") throw new AssignmentFailed(name, "reference variable cannot be an array")
    this.put(name, { ...variable, value: target, reference: true })
  }

  private convert(variable: Variable, value: string, integer: (text: string) => string): string {
    if (variable.integer) return integer(value)
    if (variable.letters === "upper") return value.toUpperCase()
    if (variable.letters === "lower") return value.toLowerCase()
    if (variable.letters !== "capital") return value
    const [first = ""] = value
    return first.toUpperCase() + value.slice(first.length).toLowerCase()
  }

  /** What the `-i` attribute does to values. */
  evaluate: (text: string) => string = (text) => text

  private writable(name: string): Variable {
    const variable = this.get(name) ?? plain
    if (variable.readonly) throw new AssignmentFailed(name, "readonly variable")
    return variable
  }

  /** Assigns to a plain variable, or to element 0 of an array. */
  set(given: string, value: string, append = false): void {
    const name = this.resolve(given)
    const part = name === given ? undefined : this.part(name)
    if (part !== undefined) return this.setElement(part.name, part.key, value, append)
    if (this.get(name)?.reference === true) return this.refer(name, value)
    const variable = this.writable(name)
    const before = variable.value
    if (before !== undefined && typeof before !== "string") {
      return this.setElement(name, before.kind === "indexed" ? 0 : "0", value, append)
    }
    let next = value
    if (append) {
      next = variable.integer
        ? this.evaluate(`(${before === undefined || before === "" ? "0" : before})+(${value === "" ? "0" : value})`)
        : (before ?? "") + value
    }
    if (variable === plain) return this.put(name, { ...plain, value: next })
    this.put(name, { ...variable, value: this.convert(variable, next, this.evaluate) })
  }

  private owned(name: string, variable: Variable, associative: boolean): Indexed | Associative {
    const { value } = variable
    if (value === undefined || typeof value === "string") {
      const fresh: Indexed | Associative = associative
        ? { kind: "associative", owner: this.token, items: new Map(value === undefined ? [] : [["0", value]]) }
        : { kind: "indexed", owner: this.token, items: value === undefined ? [] : [value] }
      this.put(name, { ...variable, value: fresh })
      return fresh
    }
    if (value.owner === this.token && value.bare !== true) return value
    const copy: Indexed | Associative = value.kind === "indexed"
      ? { kind: "indexed", owner: this.token, items: value.items.slice() }
      : { kind: "associative", owner: this.token, items: new Map(value.items) }
    this.put(name, { ...variable, value: copy })
    return copy
  }

  /** Assigns to one element; a number is an index, a text a key. */
  setElement(given: string, key: number | string, value: string, append = false): void {
    const name = this.resolve(given)
    const before = this.get(name)?.value
    const length = typeof before === "object"
      ? (before.kind === "indexed" ? before.items.length : 0)
      : scalar(before) === undefined
      ? 0
      : 1
    const index = Number(key) < 0 ? Number(key) + length : Number(key)
    if (typeof key === "number" && !(index >= 0 && index < 4294967295)) {
      throw new AssignmentFailed(`${name}[${key}]`, "bad array subscript")
    }
    const variable = this.writable(name)
    const array = this.owned(name, variable, typeof key === "string")
    if (array.kind === "indexed") {
      array.items[index] = this.joined(variable, array.items[index], value, append)
    } else array.items.set(String(key), this.joined(variable, array.items.get(String(key)), value, append))
  }

  private joined(variable: Variable, before: string | undefined, value: string, append: boolean): string {
    if (!append) return this.convert(variable, value, this.evaluate)
    if (variable.integer) return this.evaluate(`(${before ?? "0"})+(${value})`)
    return this.convert(variable, (before ?? "") + value, this.evaluate)
  }

  /** Says that `name` is an array, which keeps the value that it has. */
  declareArray(given: string, associative: boolean): void {
    const name = this.resolve(given)
    const variable = this.get(name) ?? plain
    const { value } = variable
    if (typeof value === "object") {
      if ((value.kind === "associative") === associative) return
      const [from, to] = associative ? ["indexed", "associative"] : ["associative", "indexed"]
      throw new AssignmentFailed(name, `cannot convert ${from} to ${to} array`)
    }
    if (value !== undefined) return void this.owned(name, this.writable(name), associative)
    const owner = this.token
    const bare: Indexed | Associative = associative
      ? { kind: "associative", owner, items: new Map(), bare: true }
      : { kind: "indexed", owner, items: [], bare: true }
    this.put(name, { ...variable, value: bare })
  }

  /** Makes `name` an array; an empty one unless `keep`. */
  makeArray(given: string, associative: boolean, keep: boolean): void {
    const name = this.resolve(given)
    const variable = this.writable(name)
    this.owned(name, keep ? variable : { ...variable, value: undefined }, associative)
  }

  isAssociative(name: string): boolean {
    const value = this.get(this.resolve(name))?.value
    return typeof value === "object" && value.kind === "associative"
  }

  /** Changes attributes; makes the variable if there is none. */
  mark(given: string, attributes: Partial<Omit<Variable, "value">>): void {
    const name = attributes.reference === undefined ? this.resolve(given) : given
    const variable = this.get(name) ?? plain
    this.put(name, { ...variable, ...attributes })
  }

  /** `staysLocal`: whether also what a caller has made local stays so. */
  unset(given: string, staysLocal = false): void {
    const name = this.resolve(given)
    const variable = this.get(name)
    if (variable === undefined) return
    if (variable.readonly) throw new AssignmentFailed(name, "cannot unset: readonly variable")
    const own = this.frames.length - 1
    let at = own
    while (at >= 0 && !this.frames[at]!.has(name)) at--
    if (at < 0 || at === own || staysLocal) return this.put(name, undefined)
    // What a caller hid with `local` is seen again.
    const frame = this.frames[at]!
    this.put(name, frame.get(name))
    frame.delete(name)
  }

  /** Brings what is hidden of `name` outside of all functions to the front, until the answered function is called. */
  reachGlobal(given: string): () => void {
    const frame = this.frames.find((each) => each.has(given))
    if (frame === undefined) return () => {}
    const hiding = this.get(given)
    this.put(given, frame.get(given))
    return () => {
      frame.set(given, this.get(given))
      this.put(given, hiding)
    }
  }

  /** Puts a variable back as it was. */
  restore(name: string, before: Variable | undefined): void {
    this.put(name, before)
  }

  unsetReference(name: string): void {
    this.put(name, undefined)
  }

  unsetElement(given: string, key: number | string): void {
    const name = this.resolve(given)
    const variable = this.get(name)
    if (variable === undefined || typeof variable.value !== "object") return
    if (variable.readonly) throw new AssignmentFailed(name, "cannot unset: readonly variable")
    const array = this.owned(name, variable, false)
    if (array.kind === "indexed") {
      const index = Number(key) < 0 ? Number(key) + array.items.length : Number(key)
      delete array.items[index]
      while (array.items.length > 0 && !(array.items.length - 1 in array.items)) array.items.length--
    } else array.items.delete(String(key))
  }

  // -------------------------------------------------------------------- scopes

  get depth(): number {
    return this.frames.length
  }

  pushScope(): void {
    this.frames.push(new Map())
  }

  popScope(): void {
    const frame = this.frames.pop()
    if (frame !== undefined) { for (const [name, before] of frame) this.put(name, before) }
  }

  /** Hides `name` until the innermost scope ends. */
  local(name: string, inherit: boolean): boolean {
    const frame = this.frames[this.frames.length - 1]
    if (frame === undefined) return false
    if (frame.has(name)) return true
    const before = this.get(name)
    if (before?.readonly === true) throw new AssignmentFailed(name, "readonly variable")
    frame.set(name, before)
    this.put(name, inherit && before !== undefined ? before : { ...plain, exported: before?.exported ?? false })
    return true
  }

  /** The names that the innermost scope hides. */
  localNames(): ReadonlyArray<string> {
    return [...(this.frames[this.frames.length - 1]?.keys() ?? [])]
  }

  // --------------------------------------------------------------- environment

  /** What a program is started with. */
  exported(): Readonly<Record<string, string>> {
    if (this.environment !== undefined) return this.environment
    const environment: Record<string, string> = {}
    for (const [name, variable] of this.all()) {
      if (variable.exported && typeof variable.value === "string") environment[name] = variable.value
    }
    return this.environment = environment
  }
}

/** The order of bytes, which is the order of code points. */
export const compare = (left: string, right: string): number => {
  const length = Math.min(left.length, right.length)
  for (let at = 0; at < length; at++) {
    const [a, b] = [left.charCodeAt(at), right.charCodeAt(at)]
    if (a === b) continue
    // Surrogates come after everything else in the basic plane.
    const [wideA, wideB] = [a >= 0xd800 && a < 0xe000, b >= 0xd800 && b < 0xe000]
    return wideA === wideB ? a - b : wideA ? 1 : -1
  }
  return left.length - right.length
}
