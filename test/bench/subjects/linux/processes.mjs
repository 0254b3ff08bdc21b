import { run } from "./linux.mjs"

export const spawn = () => run("spawn")
