import { run } from "./linux.mjs"

export const readv = () => run("readv")
export const writev = () => run("writev")
export const copyRange = () => run("copyRange")
export const splice = () => run("splice")
export const getxattr = () => run("getxattr")
export const setxattr = () => run("setxattr")
export const fallocate = () => run("fallocate")
export const statx = () => run("statx")
