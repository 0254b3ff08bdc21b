/**
 * How often a file is open, in one number of its inode: what reads it counts 1, what may write to it more than all of
 * those. Each time that it runs as a program, which nobody may write to, takes as much away as a writer adds.
 *
 * @see execve(2), ETXTBSY
 * @see fcntl(2), F_SETLEASE
 */
import type { Description } from "../Description.js"

export const WRITER = 2 ** 26

/** What a description adds. */
export const weightOf = ({ readable, writable }: Description): number => writable ? WRITER : readable ? 1 : 0
