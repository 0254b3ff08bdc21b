/**
 * Capabilities of files as libcap writes them, `cap_chown,cap_kill=ep`, and as the kernel keeps them.
 *
 * @see cap_from_text(3)
 * @see capabilities(7)
 */
import * as Capabilities from "@effix/kernel/abi/Capabilities"

/** The sets of a file, a bit for each capability; `rootid`: the user 0 of whose namespace they are. */
export interface FileCapabilities {
  readonly effective: bigint
  readonly permitted: bigint
  readonly inheritable: bigint
  readonly rootid: number
}

const NAMED = Capabilities.CAP_LAST_CAP + 1
const ALL = (1n << BigInt(NAMED)) - 1n

const names: ReadonlyArray<string> = Object.entries(Capabilities)
  .filter(([name]) => name.startsWith("CAP_") && name !== "CAP_LAST_CAP")
  .sort(([, a], [, b]) => a - b)
  .map(([name]) => name.toLowerCase())

export const none: FileCapabilities = { effective: 0n, permitted: 0n, inheritable: 0n, rootid: 0 }

/** The capability that a word stands for, as a bit. */
const bitOf = (word: string): bigint | undefined => {
  if (/^all$/i.test(word)) return ALL
  const at = /^\d+$/.test(word) ? Number(word) : names.indexOf(word.toLowerCase())
  return at >= 0 && at < 64 ? 1n << BigInt(at) : undefined
}

/** Applies one clause, such as `cap_chown+p-i`; `undefined` for what is none. */
const apply = (before: FileCapabilities, clause: string): FileCapabilities | undefined => {
  const [, list, actions] = /^([a-z0-9_]*(?:,[a-z0-9_]+)*)([=+-][eip]*(?:[+-][eip]*)*)$/i.exec(clause) ?? []
  if (list === undefined || actions === undefined || (list === "" && !actions.startsWith("="))) return undefined
  let chosen = list === "" ? ALL : 0n
  for (const word of list === "" ? [] : list.split(",")) {
    const bit = bitOf(word)
    if (bit === undefined) return undefined
    chosen |= bit
  }
  const sets = { e: before.effective, i: before.inheritable, p: before.permitted }
  for (const [, operator, flags = ""] of actions.matchAll(/([=+-])([eip]*)/g)) {
    if (operator === "=") { for (const set of ["e", "i", "p"] as const) sets[set] &= ~chosen }
    else if (flags === "") return undefined
    for (const flag of flags as Iterable<"e" | "i" | "p">) {
      if (operator === "-") sets[flag] &= ~chosen
      else sets[flag] |= chosen
    }
  }
  return { ...before, effective: sets.e, inheritable: sets.i, permitted: sets.p }
}

/** `undefined` for a text that says nothing of the kind. */
export const parse = (text: string): FileCapabilities | undefined => {
  let read: FileCapabilities | undefined = none
  for (const clause of text.split(/\s+/).filter((each) => each !== "")) read = read && apply(read, clause)
  return read
}

const EFFECTIVE = 1
const PERMITTED = 2
const INHERITABLE = 4

const flagsText = (flags: number): string =>
  ((flags & EFFECTIVE) === 0 ? "" : "e") + ((flags & INHERITABLE) === 0 ? "" : "i") +
  ((flags & PERMITTED) === 0 ? "" : "p")

/** What most have comes first, then whatever differs from it. */
export const format = ({ effective, inheritable, permitted }: FileCapabilities): string => {
  const has = (set: bigint, at: number): boolean => (set >> BigInt(at) & 1n) === 1n
  const flagsOf = (at: number): number =>
    (has(effective, at) ? EFFECTIVE : 0) | (has(permitted, at) ? PERMITTED : 0) |
    (has(inheritable, at) ? INHERITABLE : 0)
  const having = (flags: number, from: number, to: number): ReadonlyArray<number> =>
    Array.from({ length: to - from }, (_, i) => from + i).filter((at) => flagsOf(at) === flags)
  let most = 7
  for (let flags = 6; flags >= 0; flags--) {
    if (having(flags, 0, NAMED).length >= having(most, 0, NAMED).length) most = flags
  }
  let text = `=${flagsText(most)}`
  for (let flags = 7; flags >= 0; flags--) {
    const some = having(flags, 0, NAMED)
    if (flags === most || some.length === 0) continue
    text += ` ${some.map((at) => names[at]).join(",")}`
    const more = flags & ~most
    const less = most & ~flags
    if (more !== 0) {
      const first = text.startsWith("= ")
      text = `${first ? text.slice(2) : text}${first ? "=" : "+"}${flagsText(more)}`
    }
    if (less !== 0) text += `-${flagsText(less)}`
  }
  for (let flags = 7; flags > 0; flags--) {
    const some = having(flags, NAMED, 64)
    if (some.length > 0) text += ` ${some.join(",")}+${flagsText(flags)}`
  }
  return text
}

const VFS_CAP_REVISION_2 = 0x0200_0000
const VFS_CAP_REVISION_3 = 0x0300_0000

/** From `security.capability`. */
export const decode = (value: Uint8Array): FileCapabilities | undefined => {
  if (value.length !== 20 && value.length !== 24) return undefined
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength)
  const set = (at: number): bigint => BigInt(view.getUint32(at, true)) | BigInt(view.getUint32(at + 8, true)) << 32n
  const [permitted, inheritable] = [set(4), set(8)]
  const effective = (value[0]! & 1) === 0 ? 0n : permitted | inheritable
  return { effective, permitted, inheritable, rootid: value.length === 24 ? view.getUint32(20, true) : 0 }
}

/** What is effective is so as a whole: `undefined` where it is to be so in part. */
export const encode = ({ effective, inheritable, permitted, rootid }: FileCapabilities): Uint8Array | undefined => {
  if (effective !== 0n && ((permitted | inheritable) & ~effective) !== 0n) return undefined
  const low = (set: bigint): number => Number(set & 0xffff_ffffn)
  const magic = (rootid === 0 ? VFS_CAP_REVISION_2 : VFS_CAP_REVISION_3) | (effective === 0n ? 0 : 1)
  const words = [magic, low(permitted), low(inheritable), low(permitted >> 32n), low(inheritable >> 32n)]
  if (rootid !== 0) words.push(rootid)
  const value = new Uint8Array(words.length * 4)
  const view = new DataView(value.buffer)
  for (const [at, word] of words.entries()) view.setUint32(at * 4, word, true)
  return value
}
