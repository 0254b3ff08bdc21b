/**
 * What expressions and statements are compiled to: functions where no system call is needed, generators elsewhere.
 *
 * @see awk(1p)
 */
import type { Run } from "../internal/Nesting.js"
import { numberText } from "./format.js"
import type { Machine } from "./machine.js"
import { toBoolean, toNumber, type Value } from "./values.js"

/** An expression that needs no system call, in each way that its value may be wanted. */
export interface Plain {
  readonly waits: false
  readonly value: () => Value
  readonly number: () => number
  readonly text: () => string
  readonly truth: () => boolean
  /** As `print` shows it. */
  readonly shown: () => string
}

/** An expression that may. */
export interface Waiting {
  readonly waits: true
  readonly value: () => Run<Value>
}

export type Code = Plain | Waiting

export const ofValue = (machine: Machine, value: () => Value): Plain => ({
  waits: false,
  value,
  number: () => toNumber(value()),
  text: () => machine.text(value()),
  truth: () => toBoolean(value()),
  shown: () => machine.outputText(value())
})

export const ofNumber = (machine: Machine, number: () => number): Plain => ({
  waits: false,
  value: number,
  number,
  text: () => numberText(number(), machine.convfmt),
  truth: () => number() !== 0,
  shown: () => numberText(number(), machine.ofmt)
})

export const ofText = (text: () => string): Plain => ({
  waits: false,
  value: text,
  number: () => toNumber(text()),
  text,
  truth: () => text() !== "",
  shown: text
})

export const ofTruth = (machine: Machine, truth: () => boolean): Plain => ({
  ...ofNumber(machine, () => truth() ? 1 : 0),
  truth
})

export const waiting = (value: () => Run<Value>): Waiting => ({ waits: true, value })

/** The value of any code. */
export function* valueOf(code: Code): Run<Value> {
  return code.waits ? yield* code.value() : code.value()
}

/** Evaluates all, in order. */
export function* valuesOf(codes: ReadonlyArray<Code>): Run<ReadonlyArray<Value>> {
  const values: Array<Value> = []
  for (const code of codes) values.push(code.waits ? yield* code.value() : code.value())
  return values
}

const allPlain = (codes: ReadonlyArray<Code>): codes is ReadonlyArray<Plain> => codes.every((code) => !code.waits)

/** Applies a function to the values of `codes`. */
export const applied = (
  machine: Machine,
  codes: ReadonlyArray<Code>,
  apply: (values: ReadonlyArray<Value>) => Value
): Code =>
  allPlain(codes)
    ? ofValue(machine, () => apply(codes.map((code) => code.value())))
    : waiting(function*() {
      return apply(yield* valuesOf(codes))
    })

/** How a statement ends; after `undefined` the next one follows. */
export type After = undefined | "break" | "continue" | "next" | "nextfile" | "exit" | "return"

export interface PlainStep {
  readonly waits: false
  readonly run: () => After
}

export interface WaitingStep {
  readonly waits: true
  readonly run: () => Run<After>
}

export type Step = PlainStep | WaitingStep
