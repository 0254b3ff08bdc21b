import { run } from "./linux.mjs"

export const bulk = () => run("bulk")
export const roundTrip = () => run("roundTrip")
export const buffered = () => run("buffered")
export const line = () => run("line")
