/** From what was measured to a page of Markdown. */
import { cpus } from "node:os"
import { median } from "./Meter.mjs"
import { scales } from "./rows.mjs"

const titles = {
  limit: "plain JS",
  effix: "**effix**",
  "secure-exec": "@secure-exec/core 0.2.1",
  memfs: "memfs 4.80.1",
  zenfs: "@zenfs/core 2.7.6",
  "just-bash": "just-bash 3.4.2",
  linux: "Linux"
}

const digits = (value) => value >= 100 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(2)

const time = (nanoseconds) => {
  if (nanoseconds < 1000) return `${digits(nanoseconds)} ns`
  if (nanoseconds < 1e6) return `${digits(nanoseconds / 1e3)} µs`
  return nanoseconds < 1e9 ? `${digits(nanoseconds / 1e6)} ms` : `${digits(nanoseconds / 1e9)} s`
}

const show = (value, { unit }) => {
  if (value === undefined) return "–"
  return unit === "ns" ? time(value) : `${Math.round(value).toLocaleString("en-US")} ${unit}`
}

/** What was measured against what it was on the day of the aims; above 1 is slower. */
const slower = (measured, then, unit) =>
  measured === undefined || then === undefined ? undefined : unit === "ns" ? measured / then : then / measured

/** How much slower this machine is than on that day: the same code, @secure-exec/core, measured again. */
const driftOf = (rows) => {
  const ratios = rows.filter(scales).map((row) => slower(row.measured["secure-exec"], row.peer, row.unit))
    .filter((ratio) => ratio !== undefined)
  return ratios.length === 0 ? 1 : median(ratios)
}

/** A row that costs more here even in plain JS (page faults of a virtual machine, say) is scaled by that. */
const aimOf = (row, drift) => {
  if (row.aim === undefined || !scales(row)) return row.aim
  const scale = Math.max(drift, slower(row.measured.limit, row.limit, row.unit) ?? 0)
  return row.unit === "ns" ? row.aim * scale : row.aim / scale
}

const isMet = (row, aim) => {
  const { effix } = row.measured
  if (effix === undefined || aim === undefined) return "–"
  const ratio = row.unit === "MiB/s" ? aim / effix : effix / aim
  return ratio <= 1 ? "yes" : `no, ${ratio.toFixed(1)}x`
}

export const report = (rows, columns, { quick, rounds }) => {
  const drift = driftOf(rows)
  const table = [
    ["operation", ...columns.map((subject) => titles[subject]), "aim", "met"],
    ["---", ...columns.map(() => "--:"), "--:", ":-:"],
    ...rows.map((row) => [
      row.unit === "bytes" ? `bytes: ${row.name}` : row.name.replaceAll("|", "\\|"),
      ...columns.map((subject) => show(row.measured[subject], row)),
      show(aimOf(row, drift), row),
      isMet(row, aimOf(row, drift))
    ])
  ]
  return `# Benchmarks

Written by \`npm --prefix test/bench ci && npm --prefix test/bench start -- --write\`; do not edit.

Node ${process.versions.node}, ${cpus().length} cores, ${
    quick ? "quick and rough" : `${rounds} ${rounds === 1 ? "round" : "rounds"}`
  }.

Times are CPU time, of all threads, in a fresh process for each cell; the columns of a row are measured in turn, several
times, and the table shows medians. Ratios below 1.5 are noise. *Plain JS* is the least that a correct kernel in this
language must do: a map for each directory, one copy of each byte, one promise for each wait, and neither permissions nor
links, mounts or signals. *effix* is measured through \`Sys\`, in a fiber of a running process. *Linux* is a C program on
tmpfs, and bash. The aims were set on another day; they are scaled by how @secure-exec/core fares against that day (here
${
    drift.toFixed(2)
  }), or by how plain JS does in that row where that is more: a page fault in a virtual machine, say, costs
what no kernel in it can save. The timer lag is wall-clock time, with whatever else the machine is busy with in it.

${table.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}
`
}
