import { run } from "./linux.mjs"

export const echo = () => run("echo")
export const filter = () => run("filter")
export const awk = () => run("awk")
export const loop = () => run("loop")
