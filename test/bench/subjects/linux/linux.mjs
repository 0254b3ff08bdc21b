/** The C program, one cell for each operation. */
import { execFileSync } from "node:child_process"
import { linux } from "../../build.mjs"

export const run = (id) => Number(execFileSync(linux, [id], { encoding: "utf8" }))
