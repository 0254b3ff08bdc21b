import * as Effect from "effect/Effect"
import { Machine, bytes } from "/work/main/packages/kernel/test/pty/machine.js"
const m = new Machine(); const p = m.process(); const { master, slave } = m.terminal(p)
const line = bytes("x".repeat(63) + "\r"), into = new Uint8Array(256), out = new Uint8Array(256)
const round = () => { master.write(line, p); const a: any = slave.read(into, p); const b: any = master.read(out, p); if (a.value !== 64 || b.value !== 65) throw new Error(JSON.stringify([a, b])) }
for (let i = 0; i < 20000; i++) round()
for (let k = 0; k < 5; k++) { const t = process.hrtime.bigint(); for (let i = 0; i < 100000; i++) round(); console.log("sync µs/round", Number(process.hrtime.bigint() - t) / 1e8) }
const prog = Effect.gen(function*() { for (let i = 0; i < 50000; i++) { yield* Effect.suspend(() => master.write(line, p)); yield* Effect.suspend(() => slave.read(into, p)); yield* Effect.suspend(() => master.read(out, p)) } })
for (let k = 0; k < 3; k++) { const t = process.hrtime.bigint(); await Effect.runPromise(prog); console.log("fiber µs/round", Number(process.hrtime.bigint() - t) / 5e7) }
const big = bytes(("y".repeat(79) + "\n").repeat(100)), sink = new Uint8Array(65536)
{ const t = process.hrtime.bigint(); let n = 0; for (let i = 0; i < 2000; i++) { let w: any = slave.write(big, p); n += big.length; const r: any = master.read(sink, p) } ; console.log("output MB/s", n / (Number(process.hrtime.bigint() - t) / 1e3)) }
const rawT = { iflag: 0, oflag: 0, cflag: 0, lflag: 0, cc: slave.terminal && [3,28,127,21,4,0,1] } as any
;(slave as any).pair.configure(rawT, true)
const kb = new Uint8Array(1024)
{ const t = process.hrtime.bigint(); for (let i = 0; i < 200000; i++) { master.write(kb, p); const r: any = slave.read(sink, p); if (r.value !== 1024) throw 1 } console.log("raw 1 KiB µs", Number(process.hrtime.bigint() - t) / 2e8) }
