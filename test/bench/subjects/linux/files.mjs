import { run } from "./linux.mjs"

export const stat1 = () => run("stat1")
export const stat5 = () => run("stat5")
export const stat20 = () => run("stat20")
export const missing = () => run("missing")
export const create = () => run("create")
export const readdir = () => run("readdir")
export const read = () => run("read")
export const pread = () => run("pread")
export const write = () => run("write")
export const append = () => run("append")
export const rename = () => run("rename")
