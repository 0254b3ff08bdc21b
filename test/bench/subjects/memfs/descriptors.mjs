import { descriptorsOf } from "../nodeFs.mjs"
import { empty } from "./empty.mjs"

export const { open } = descriptorsOf(empty)
