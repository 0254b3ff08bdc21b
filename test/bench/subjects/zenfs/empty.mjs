import { fs, InMemory, mount, umount } from "@zenfs/core"

/** It has one root, which is mounted anew. */
export const empty = () => {
  umount("/")
  mount("/", InMemory.create({}))
  return fs
}
