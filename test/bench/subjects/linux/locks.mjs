import { run } from "./linux.mjs"

export const pair = () => run("lock")
