/**
 * Files with holes, in the four ways in which GNU tar has written them.
 *
 * @see https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html
 */
import type { Extent, Sparse } from "@effix/kernel/backend/TreeBackend"
import * as Bytes from "@effix/kernel/Bytes"
import { BLOCK, number } from "./header.js"

/** Where data lies in the file, and how much: offset, length, offset, length. */
export type SparseMap = ReadonlyArray<number>

/** Cuts the data of an entry into what the map says; `undefined` for a map that cannot be. */
export const content = (data: Uint8Array, map: SparseMap, size: number): Sparse | undefined => {
  const extents: Array<Extent> = []
  let [at, last] = [0, 0]
  for (let i = 0; i + 1 < map.length; i += 2) {
    const [offset, length] = [map[i]!, map[i + 1]!]
    if (offset < last || offset + length > size || at + length > data.length) return undefined
    if (length > 0) extents.push({ offset, bytes: data.subarray(at, at + length) })
    at += length
    last = offset + length
  }
  return map.length % 2 === 0 && at === data.length ? { size, extents } : undefined
}

/** A list of numbers with commas between them. */
export const parseMap = (value: Uint8Array): SparseMap | undefined => {
  const numbers = Bytes.decode(value).split(",").map(Number)
  return numbers.every((each) => Number.isSafeInteger(each) && each >= 0) ? numbers : undefined
}

/** The map that stands before the data itself, in lines, padded to a block; and where the data begins. */
export const mapInData = (data: Uint8Array): readonly [map: SparseMap, begins: number] | undefined => {
  const numbers: Array<number> = []
  let at = 0
  for (let left = 1; left > 0; left--) {
    const newline = data.indexOf(10, at)
    if (newline < 0 || newline - at > 16) return undefined
    const value = Number(Bytes.decode(data.subarray(at, newline)))
    if (!Number.isSafeInteger(value) || value < 0 || newline === at) return undefined
    if (numbers.length === 0) left += value * 2
    numbers.push(value)
    at = newline + 1
  }
  return [numbers.slice(1), Math.ceil(at / BLOCK) * BLOCK]
}

/** Entries of a map in a header of GNU's old format, from `offset` on; whether all of them are numbers. */
export const oldEntries = (block: Uint8Array, offset: number, count: number, into: Array<number>): boolean => {
  for (let i = 0; i < count; i++) {
    const at = offset + i * 24
    if (block[at] === 0) break
    const [start, length] = [number(block, at, 12), number(block, at + 12, 12)]
    if (start === undefined || length === undefined || start < 0 || length < 0) return false
    into.push(start, length)
  }
  return true
}
