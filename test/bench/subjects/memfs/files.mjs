import { filesOf } from "../nodeFs.mjs"
import { empty } from "./empty.mjs"

export const { append, create, missing, pread, read, readdir, rename, stat1, stat20, stat5, write } = filesOf(empty)
