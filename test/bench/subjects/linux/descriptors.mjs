import { run } from "./linux.mjs"

export const open = () => run("open")
export const dup2 = () => run("dup2")
export const lseek = () => run("lseek")
