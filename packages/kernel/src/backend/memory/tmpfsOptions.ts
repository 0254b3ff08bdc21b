/**
 * The options of a tmpfs, as mount(8) passes them on.
 *
 * @see tmpfs(5)
 */

export interface TmpfsOptions {
  readonly bytesMax?: number
  readonly inodesMax?: number
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
}

const BLOCK = 4096
const units = ["", "k", "m", "g", "t", "p", "e"]

/** A number with a unit behind it: `64k`, `1m`; `undefined` for anything else. */
const amount = (text: string): number | undefined => {
  const match = /^(\d+|0x[\da-f]+)([kmgtpe]?)$/i.exec(text)
  return match === null ? undefined : Number(match[1]) * 1024 ** units.indexOf(match[2]!.toLowerCase())
}

/** 0 stands for no limit. */
const limit = (value: number | undefined): number | undefined => value === 0 ? Infinity : value

const percentage = /^(\d+)%$/

const sizeOf = (text: string, memory: number): number | undefined => {
  const part = percentage.exec(text)
  const size = part === null ? amount(text) : Math.floor(memory * Number(part[1]) / 100)
  return limit(size === undefined ? undefined : Math.ceil(size / BLOCK) * BLOCK)
}

const id = (text: string): number | undefined =>
  /^\d+$/.test(text) && Number(text) < 2 ** 32 - 1 ? Number(text) : undefined

const parsers: Readonly<Record<string, (text: string, memory: number) => TmpfsOptions | undefined>> = {
  size: (text, memory) => some("bytesMax", sizeOf(text, memory)),
  nr_blocks: (text) => {
    const blocks = limit(amount(text))
    return some("bytesMax", blocks === undefined ? undefined : blocks * BLOCK)
  },
  nr_inodes: (text) => some("inodesMax", limit(amount(text))),
  mode: (text) => /^[0-7]+$/.test(text) ? { mode: Number.parseInt(text, 8) & 0o7777 } : undefined,
  uid: (text) => some("uid", id(text)),
  gid: (text) => some("gid", id(text))
}

const some = (name: keyof TmpfsOptions, value: number | undefined): TmpfsOptions | undefined =>
  value === undefined ? undefined : { [name]: value }

/** What the options say; `undefined` when one of them is unknown or makes no sense. `memory` is what 100% is, in bytes. */
export const parse = (text: string, memory: number): TmpfsOptions | undefined => {
  const options: TmpfsOptions = {}
  for (const each of text.split(",")) {
    if (each === "") continue
    const equals = each.indexOf("=")
    const name = equals === -1 ? each : each.slice(0, equals)
    const said = equals === -1 || !Object.hasOwn(parsers, name)
      ? undefined
      : parsers[name]!(each.slice(equals + 1), memory)
    if (said === undefined) return undefined
    Object.assign(options, said)
  }
  return options
}

const shown = (limit: number): number => limit === Infinity ? 0 : limit

/** As /proc/mounts shows them. */
export const text = ({ bytesMax, gid, inodesMax, mode, uid }: TmpfsOptions): string =>
  [
    bytesMax === undefined ? "" : `size=${shown(bytesMax) / 1024}k`,
    inodesMax === undefined ? "" : `nr_inodes=${shown(inodesMax)}`,
    mode === undefined || mode === 0o1777 ? "" : `mode=${mode.toString(8).padStart(3, "0")}`,
    uid === undefined || uid === 0 ? "" : `uid=${uid}`,
    gid === undefined || gid === 0 ? "" : `gid=${gid}`
  ].filter((each) => each !== "").join(",")
