import { memoryOf } from "../nodeFs.mjs"
import { empty } from "./empty.mjs"

export const { emptyFile, smallFile } = memoryOf(empty)
