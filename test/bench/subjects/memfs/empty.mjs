import { createFsFromVolume, Volume } from "memfs"

export const empty = () => createFsFromVolume(new Volume())
