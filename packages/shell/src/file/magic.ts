/**
 * What kind of data bytes are that are no text: by the bytes that such files begin with.
 *
 * @see magic(5)
 */
import * as DateFormat from "../DateFormat.js"
import * as Latin1 from "../Latin1.js"
import { elf } from "./elf.js"
import type { Kind } from "./text.js"

type Found = readonly [words: string, mime: string]

interface Magic {
  /** What stands at its offset. */
  readonly bytes: string
  readonly at?: number
  readonly tell: (data: string, view: DataView) => Found | undefined
}

const magic = (bytes: string, words: string, mime: string): Magic => ({ bytes, tell: () => [words, mime] })

const byte = (data: string, at: number): number => data.charCodeAt(at)

const text = (data: string, from: number, length: number): string => data.slice(from, from + length).split("\0")[0]!

const png = (view: DataView): Found | undefined => {
  if (view.byteLength < 29) return undefined
  const colors: Readonly<Record<number, string>> = {
    0: " grayscale",
    2: "/color RGB",
    3: " colormap",
    4: " gray+alpha",
    6: "/color RGBA"
  }
  const [width, height] = [view.getUint32(16), view.getUint32(20)]
  const interlaced = view.getUint8(28) === 0 ? "non-interlaced" : "interlaced"
  return [
    `PNG image data, ${width} x ${height}, ${view.getUint8(24)}-bit${colors[view.getUint8(25)] ?? ""}, ${interlaced}`,
    "image/png"
  ]
}

const jpeg = (data: string, view: DataView): Found => {
  const said = ["JPEG image data"]
  for (let at = 2; at + 9 < data.length && byte(data, at) === 0xff;) {
    const [marker, length] = [byte(data, at + 1), view.getUint16(at + 2)]
    if (marker === 0xe0 && data.startsWith("JFIF", at + 4)) {
      const units = ["aspect ratio", "resolution (DPI)", "resolution (DPCM)"][byte(data, at + 11)] ?? "resolution"
      said.push(`JFIF standard ${byte(data, at + 9)}.${String(byte(data, at + 10)).padStart(2, "0")}`, units)
      said.push(`density ${view.getUint16(at + 12)}x${view.getUint16(at + 14)}`, `segment length ${length}`)
    } else if (marker === 0xc0 || marker === 0xc2) {
      said.push(marker === 0xc0 ? "baseline" : "progressive", `precision ${byte(data, at + 4)}`)
      said.push(`${view.getUint16(at + 7)}x${view.getUint16(at + 5)}`, `components ${byte(data, at + 9)}`)
      break
    }
    at += length + 2
  }
  return [said.join(", "), "image/jpeg"]
}

const gzip = (data: string, view: DataView, size: number, tail: DataView): Found => {
  const said = ["gzip compressed data"]
  const flags = byte(data, 3)
  let at = 10
  if ((flags & 4) !== 0 && data.length > 12) at += 2 + view.getUint16(10, true)
  if ((flags & 8) !== 0) said.push(`was "${data.slice(at).split("\0")[0]}"`)
  const time = data.length >= 8 ? view.getUint32(4, true) : 0
  if (time > 0) said.push(`last modified: ${DateFormat.format("%a %b %e %H:%M:%S %Y", BigInt(time) * 1_000_000_000n)}`)
  const level = byte(data, 8)
  if (level === 2 || level === 4) said.push(level === 2 ? "max compression" : "max speed")
  const systems: Readonly<Record<number, string>> = {
    0: "FAT filesystem (MS-DOS, OS/2, NT)",
    3: "Unix",
    7: "Macintosh",
    11: "NTFS filesystem (NT)"
  }
  const system = systems[byte(data, 9)]
  if (system !== undefined) said.push(`from ${system}`)
  if (size >= 18) said.push(`original size modulo 2^32 ${tail.getUint32(tail.byteLength - 4, true)}`)
  return [said.join(", "), "application/gzip"]
}

const zip = (data: string, view: DataView): Found => {
  const version = view.getUint16(4, true)
  const methods: Readonly<Record<number, string>> = {
    0: "store",
    8: "deflate",
    9: "deflate64",
    12: "bzip2",
    14: "lzma",
    93: "zstd"
  }
  const method = methods[view.getUint16(8, true)]
  const least = `at least v${Math.floor(version / 10)}.${version % 10} to extract`
  return [
    `Zip archive data, ${least}${method === undefined ? "" : `, compression method=${method}`}`,
    data.includes("META-INF/") ? "application/java-archive" : "application/zip"
  ]
}

const sqlite = (view: DataView): Found => {
  const number = (at: number): number => view.getUint32(at)
  const encodings = ["", "UTF-8", "UTF-16 little endian", "UTF-16 big endian"]
  const said = ["SQLite 3.x database", `last written using SQLite version ${number(96)}`]
  if (view.getUint16(16) !== 4096) said.push(`page size ${view.getUint16(16)}`)
  said.push(`file counter ${number(24)}`, `database pages ${number(28)}`)
  if (number(36) > 0) said.push(`1st free page ${number(32)}, free pages ${number(36)}`)
  said.push(`cookie 0x${number(40).toString(16)}`, `schema ${number(44)}`)
  if (encodings[number(56)] !== undefined && number(56) > 0) said.push(encodings[number(56)]!)
  said.push(`version-valid-for ${number(92)}`)
  return [said.join(", "), "application/vnd.sqlite3"]
}

const riff = (data: string, view: DataView): Found | undefined => {
  const begin = "RIFF (little-endian) data"
  switch (data.slice(8, 12)) {
    case "WAVE": {
      const channels = view.getUint16(22, true)
      const how = channels === 1 ? "mono" : channels === 2 ? "stereo" : `${channels} channels`
      const format = view.getUint16(20, true) === 1 ? ", Microsoft PCM" : ""
      return [
        `${begin}, WAVE audio${format}, ${view.getUint16(34, true)} bit, ${how} ${view.getUint32(24, true)} Hz`,
        "audio/x-wav"
      ]
    }
    case "WEBP":
      return [`${begin}, Web/P image`, "image/webp"]
    case "AVI ":
      return [`${begin}, AVI`, "video/x-msvideo"]
    default:
      return [begin, "application/octet-stream"]
  }
}

const bitmap = (view: DataView): Found | undefined => {
  if (view.byteLength < 54 || view.getUint32(14, true) !== 40) return ["PC bitmap", "image/bmp"]
  const number = (at: number): number => view.getInt32(at, true)
  const said = [
    "PC bitmap",
    "Windows 3.x format",
    `${number(18)} x ${number(22)} x ${view.getUint16(28, true)}`
  ]
  if (number(34) > 0) said.push(`image size ${number(34)}`)
  if (number(38) > 0) said.push(`resolution ${number(38)} x ${number(42)} px/m`)
  said.push(`cbSize ${number(2)}`, `bits offset ${number(10)}`)
  return [said.join(", "), "image/bmp"]
}

const java: Readonly<Record<number, string>> = {
  52: "1.8",
  53: "9",
  54: "10",
  55: "11",
  56: "12",
  57: "13",
  58: "14",
  59: "15",
  60: "16",
  61: "17",
  62: "18",
  63: "19"
}

const magics: ReadonlyArray<Magic> = [
  { bytes: "\x7fELF", tell: (_data, view) => elf(view) },
  { bytes: "\x89PNG\r\n\x1a\n", tell: (_data, view) => png(view) },
  { bytes: "\xff\xd8\xff", tell: jpeg },
  {
    bytes: "GIF8",
    tell: (data, view) => [
      `GIF image data, version ${data.slice(3, 6)}, ${view.getUint16(6, true)} x ${view.getUint16(8, true)}`,
      "image/gif"
    ]
  },
  {
    bytes: "%PDF-",
    tell: (data) => [`PDF document, version ${/^[0-9.]+/.exec(data.slice(5))?.[0] ?? ""}`, "application/pdf"]
  },
  { bytes: "BZh", tell: (data) => [`bzip2 compressed data, block size = ${data[3]}00k`, "application/x-bzip2"] },
  {
    bytes: "\xfd7zXZ\0",
    tell: (data) => {
      const checks: Readonly<Record<number, string>> = { 0: "NONE", 1: "CRC32", 4: "CRC64", 10: "SHA-256" }
      return [`XZ compressed data, checksum ${checks[byte(data, 7)] ?? ""}`, "application/x-xz"]
    }
  },
  magic("\x28\xb5\x2f\xfd", "Zstandard compressed data (v0.8+), Dictionary ID: None", "application/zstd"),
  { bytes: "PK\x03\x04", tell: zip },
  magic("PK\x05\x06", "Zip archive data (empty)", "application/zip"),
  {
    bytes: "7z\xbc\xaf\x27\x1c",
    tell: (data) => [`7-zip archive data, version ${byte(data, 6)}.${byte(data, 7)}`, "application/x-7z-compressed"]
  },
  {
    bytes: "ustar",
    at: 257,
    tell: (
      data
    ) => [data.slice(262, 265) === "  \0" ? "POSIX tar archive (GNU)" : "POSIX tar archive", "application/x-tar"]
  },
  { bytes: "SQLite format 3\0", tell: (_data, view) => view.byteLength < 100 ? undefined : sqlite(view) },
  {
    bytes: "\0asm",
    tell: (_data, view) => [
      `WebAssembly (wasm) binary module version 0x${view.getUint32(4, true).toString(16)}${
        view.getUint32(4, true) === 1 ? " (MVP)" : ""
      }`,
      "application/wasm"
    ]
  },
  { bytes: "RIFF", tell: riff },
  { bytes: "BM", tell: (data, view) => byte(data, 6) === 0 && byte(data, 7) === 0 ? bitmap(view) : undefined },
  {
    bytes: "\xca\xfe\xba\xbe",
    tell: (_data, view) => {
      const major = view.getUint16(6)
      if (major < 45) return undefined
      const name = java[major]
      return [
        `compiled Java class data, version ${major}.${view.getUint16(4)}${
          name === undefined ? "" : ` (Java ${name === "1.8" ? name : `SE ${name}`})`
        }`,
        "application/x-java-applet"
      ]
    }
  },
  { bytes: "ID3", tell: (data) => [`Audio file with ID3 version 2.${byte(data, 3)}.${byte(data, 4)}`, "audio/mpeg"] },
  {
    bytes: "\0\0\x01\0",
    tell: (data, view) => {
      const count = view.getUint16(4, true)
      if (count === 0 || count > 255 || byte(data, 9) !== 0) return undefined
      const size = `${byte(data, 6) || 256}x${byte(data, 7) || 256}`
      const depth = view.getUint16(12, true)
      const icons = `${count} icon${count === 1 ? "" : "s"}`
      return [
        `MS Windows icon resource - ${icons}, ${size}${depth > 0 ? `, ${depth} bits/pixel` : ""}`,
        "image/vnd.microsoft.icon"
      ]
    }
  },
  magic("fLaC", "FLAC audio bitstream data", "audio/flac"),
  magic("OggS", "Ogg data", "audio/ogg"),
  magic("!<arch>\ndebian", "Debian binary package", "application/vnd.debian.binary-package"),
  magic("!<arch>\n", "current ar archive", "application/x-archive"),
  magic("\x1f\x9d", "compress'd data", "application/x-compress")
]

/** The sum in the header of an archive from before POSIX. */
const isOldTar = (data: string): boolean => {
  if (data.length < 512 || !/^[^\0]/.test(data)) return false
  const said = Number.parseInt(text(data, 148, 8).trim(), 8)
  let sum = 8 * 32
  for (let at = 0; at < 512; at++) if (at < 148 || at >= 156) sum += byte(data, at)
  return sum === said
}

/** What bytes are that begin in a known way; `size` is that of the whole file, whose last bytes are `tail`. */
export const magicKind = (bytes: Uint8Array, size: number, tail: Uint8Array): Kind | undefined => {
  const data = Latin1.decode(bytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const kind = ([words, mime]: Found): Kind => ({
    words,
    mime,
    charset: mime === "application/pdf" ? "iso-8859-1" : "binary"
  })
  if (data.startsWith("\x1f\x8b") && bytes.length >= 10) {
    return kind(gzip(data, view, size, new DataView(tail.buffer, tail.byteOffset, tail.byteLength)))
  }
  for (const { at = 0, bytes: begin, tell } of magics) {
    if (!data.startsWith(begin, at)) continue
    try {
      const found = tell(data, view)
      if (found !== undefined) return kind(found)
    } catch (error) {
      // A header that is cut off says nothing.
      if (!(error instanceof RangeError)) throw error
    }
  }
  return isOldTar(data) ? kind(["tar archive", "application/x-tar"]) : undefined
}
