import * as Effect from "effect/Effect"
import { session } from "/work/main/packages/kernel/test/conformance/pty/generate.js"
import { record } from "/work/main/packages/kernel/test/conformance/pty/record.js"
import { replay } from "/work/main/packages/kernel/test/conformance/pty/replay.js"
const from = Number(process.argv[2]), count = Number(process.argv[3])
const run = (steps: any) => { try { return JSON.stringify(Effect.runSync(replay(steps) as any)) } catch (e) { return String(e) } }
const sessions = Array.from({length: count}, (_, i) => session(from + i, Number(process.argv[4] ?? 14)))
const t0=Date.now()
const theirs = record(sessions, 1)
console.log("recorded", Date.now()-t0)
let bad = 0
const ours = sessions.map(run)
console.log("replayed", Date.now()-t0)
const suspects = sessions.map((s, i) => i).filter((i) => ours[i] !== JSON.stringify(theirs[i]))
const slow = record(suspects.map((i) => sessions[i]!), 8), slow2 = record(suspects.map((i) => sessions[i]!), 8)
let unstable = 0
suspects.forEach((i, k) => {
  if (JSON.stringify(slow[k]) !== JSON.stringify(slow2[k])) { unstable++; return }
  if (ours[i] === JSON.stringify(slow[k])) return
  bad++
  if (bad > 6) return
  let steps = sessions[i]!
  for (let shrunk = true; shrunk;) {
    shrunk = false
    const cands = steps.map((_, j) => steps.filter((_, x) => x !== j))
    const ans = record(cands, 3)
    for (let j = 0; j < cands.length; j++) if (ans[j] && run(cands[j]) !== JSON.stringify(ans[j])) { steps = cands[j]!; shrunk = true; break }
  }
  console.log("SEED", from + i, JSON.stringify(steps)); console.log("  ours ", run(steps)); console.log("  linux", JSON.stringify(record([steps], 8)[0]))
})
console.log({ count, suspects: suspects.length, bad, unstable })
