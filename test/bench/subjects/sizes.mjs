/** What the rows are about, the same for every subject. */
import { quick } from "../Meter.mjs"

export const BLOCK = 4096
export const MIB = 1_048_576
export const block = () => new Uint8Array(BLOCK).fill(7)
export const kilobyte = () => new Uint8Array(1024).fill(7)

/** `/d/d/d/d/f` for depth 5. */
export const pathOfDepth = (depth) => `${"/d".repeat(depth - 1)}/f`

/** The tree that files are created in: a thousand in each directory. */
export const filesInTree = quick ? 20_000 : 100_000
export const directoryOf = (index) => `/tree${Math.floor(index / 1000)}`
export const fileOf = (index) => `${directoryOf(index)}/file${index}`
export const directoriesInTree = filesInTree / 1000

export const entriesListed = 10_000
export const processesKilled = 5000
/** None of them warms up first: the middle one has to be warm. */
export const batchesKilled = 15
export const timersAlive = 100_000
export const lockWaiters = 1000

/** Offsets of blocks within 64 MiB, in an order that no cache foretells; the same each time. */
export const randomOffsets = () => {
  const offsets = new Float64Array(16_384)
  let seed = 1
  for (let i = 0; i < offsets.length; i++) {
    seed = Math.imul(seed, 1_103_515_245) + 12_345 >>> 0
    offsets[i] = (seed >>> 8) % 16_384 * BLOCK
  }
  return offsets
}

export const line = () => new TextEncoder().encode(`${"x".repeat(63)}\n`)

export const scripts = {
  echo: "echo hi | wc -c",
  filter: "seq 1 100000 | grep 7 | wc -l",
  awk: "seq 1 100000 | awk '{ s += $1 } END { printf \"%d\\n\", s }'",
  loop: "i=0; while [ $i -lt 1000 ]; do i=$((i+1)); done; echo $i"
}
/** What they have to print, spaces aside. */
const outputs = { echo: "3", filter: "40951", awk: "5000050000", loop: "1000" }

export const check = (id, output) => {
  if (output.trim() !== outputs[id]) throw new Error(`${scripts[id]} printed ${JSON.stringify(output)}`)
}
