/**
 * The table that `strace -c` prints: how often each call was made, and how often it failed.
 *
 * @see strace(1)
 */
import type * as Trace from "@effix/kernel/Trace"

interface Row {
  calls: number
  errors: number
}

const row = (calls: number, errors: number, name: string): string =>
  `${String(calls).padStart(9)} ${(errors === 0 ? "" : String(errors)).padStart(9)} ${name}\n`

const rule = `${"-".repeat(9)} ${"-".repeat(9)} ${"-".repeat(16)}\n`

export class Counted {
  readonly #rows = new Map<string, Row>()

  add({ call, exit }: Trace.Event): void {
    let row = this.#rows.get(call)
    if (row === undefined) this.#rows.set(call, row = { calls: 0, errors: 0 })
    row.calls++
    if (exit._tag === "Failure" && exit.cause._tag === "Fail") row.errors++
  }

  table(): string {
    const rows = Array.from(this.#rows).sort(([one, a], [other, b]) => b.calls - a.calls || (one < other ? -1 : 1))
    let calls = 0
    let errors = 0
    let text = `${"calls".padStart(9)} ${"errors".padStart(9)} syscall\n${rule}`
    for (const [name, each] of rows) {
      text += row(each.calls, each.errors, name)
      calls += each.calls
      errors += each.errors
    }
    return `${text}${rule}${row(calls, errors, "total")}`
  }
}
