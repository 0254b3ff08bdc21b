/**
 * Listing directories.
 *
 * A name has a number from when it was first seen, and keeps it for as long as it is there; numbers only grow. So a
 * listing can go on from any number, whatever was added or removed meanwhile.
 */
import * as FileMode from "@effix/kernel/abi/FileMode"
import type * as Errno from "@effix/kernel/Errno"
import type { DirectoryEntry } from "@effix/kernel/VfsBackend"
import * as Effect from "effect/Effect"
import type { HostStat } from "../HostCalls.js"
import type { HostInode, Listed } from "./HostInode.js"
import { isReady, map, type Steps } from "./steps.js"
import type { Tree } from "./Tree.js"

/** How many entries are asked for at once, where asking takes time. */
const CONCURRENCY = 16

/** What the host's API shows for bytes that it cannot say: such a file cannot be reached. */
const UNSAYABLE = "\ufffd"

/** Reads the names, and numbers those that are new. */
const renew = (directory: HostInode, names: ReadonlyArray<string>): ReadonlyArray<Listed> => {
  const came = new Set(names)
  const stayed = directory.listed.filter(({ name }) => came.delete(name))
  const added = Array.from(came).filter((name) => !name.includes(UNSAYABLE))
    .map((name) => ({ name, cursor: ++directory.lastCursor }))
  directory.listed = stayed.concat(added)
  return directory.listed
}

/** Where the entries behind a cursor begin. */
const behind = (listed: ReadonlyArray<Listed>, cursor: number): number => {
  let low = 0
  let high = listed.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (listed[middle]!.cursor > cursor) high = middle
    else low = middle + 1
  }
  return low
}

/** Number and type of each; what is gone meanwhile is left out. */
function* describe(tree: Tree, path: string, listed: ReadonlyArray<Listed>): Steps<Array<DirectoryEntry>, Errno.Any> {
  const { host, inodes } = tree
  const entry = ({ cursor, name }: Listed, stat: HostStat): DirectoryEntry => ({
    name,
    ino: inodes.number(stat),
    type: stat.mode & FileMode.S_IFMT,
    cursor
  })
  const answers = listed.map((each) => map(host.lstat(tree.join(path, each.name)), (stat) => entry(each, stat)))
  const exits = answers.every(isReady)
    ? answers
    : yield* Effect.forEach(answers, Effect.exit, { concurrency: CONCURRENCY })
  return exits.flatMap((exit) => isReady(exit) && exit._tag === "Success" ? [exit.value] : [])
}

export function* list(
  tree: Tree,
  directory: HostInode,
  cursor: number,
  limit: number
): Steps<ReadonlyArray<DirectoryEntry>, Errno.Any> {
  const path = yield* tree.itself(directory)
  // What was read at the beginning does for the rest of a listing.
  const listed = cursor > 0 && directory.listed.length > 0
    ? directory.listed
    : renew(directory, yield* tree.host.names(path))
  for (let at = behind(listed, cursor); at < listed.length; at += limit) {
    const entries = yield* describe(tree, path, listed.slice(at, at + limit))
    if (entries.length > 0) return entries
  }
  return []
}
