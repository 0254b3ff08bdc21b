/**
 * What an object file says of itself.
 *
 * @see elf(5)
 */
const machines: Readonly<Record<number, string>> = {
  3: "Intel 80386",
  8: "MIPS",
  20: "PowerPC or cisco 4500",
  21: "64-bit PowerPC or cisco 7500",
  22: "IBM S/390",
  40: "ARM",
  62: "x86-64",
  183: "ARM aarch64",
  243: "UCB RISC-V",
  247: "eBPF"
}

const systems: Readonly<Record<number, string>> = { 0: "SYSV", 3: "GNU/Linux", 9: "FreeBSD" }

const PT_DYNAMIC = 2
const PT_INTERP = 3
const PT_NOTE = 4
const SHT_SYMTAB = 2

interface Segment {
  readonly type: number
  readonly offset: number
  readonly size: number
}

export const elf = (view: DataView): readonly [words: string, mime: string] => {
  const wide = view.getUint8(4) === 2
  const little = view.getUint8(5) === 1
  const half = (at: number): number => view.getUint16(at, little)
  const word = (at: number): number => view.getUint32(at, little)
  const address = (at: number): number => wide ? Number(view.getBigUint64(at, little)) : word(at)
  const [type, machine] = [half(16), half(18)]
  const segments = Array.from({ length: half(wide ? 56 : 44) }, (_, index): Segment => {
    const at = address(wide ? 32 : 28) + index * half(wide ? 54 : 42)
    return { type: word(at), offset: address(at + (wide ? 8 : 4)), size: address(at + (wide ? 32 : 16)) }
  })
  const of = (wanted: number): Segment | undefined => segments.find((segment) => segment.type === wanted)
  const text = (offset: number, size: number): string =>
    String.fromCharCode(...Array.from({ length: size }, (_, index) => view.getUint8(offset + index))).split("\0")[0]!
  const dynamic = of(PT_DYNAMIC)
  const interpreter = of(PT_INTERP)
  // A library that says so is a program that can be loaded anywhere.
  const flags = dynamic === undefined ? 0 : flagsOf(dynamic, wide, address)
  const pie = type === 3 && (flags & 0x8000000) !== 0
  const kinds: Readonly<Record<number, readonly [string, string]>> = {
    1: ["relocatable", "application/x-object"],
    2: ["executable", "application/x-executable"],
    3: pie ? ["pie executable", "application/x-pie-executable"] : ["shared object", "application/x-sharedlib"],
    4: ["core file", "application/x-coredump"]
  }
  const [kind, mime] = kinds[type] ?? ["unknown type", "application/octet-stream"]
  const said = [
    `ELF ${wide ? 64 : 32}-bit ${little ? "LSB" : "MSB"} ${kind}`,
    machines[machine] ?? `*unknown arch 0x${machine.toString(16)}*`,
    `version ${word(20)} (${systems[view.getUint8(7)] ?? "embedded"})`
  ]
  if (type === 2 || type === 3) said.push(dynamic === undefined ? "statically linked" : "dynamically linked")
  if (interpreter !== undefined) said.push(`interpreter ${text(interpreter.offset, interpreter.size)}`)
  said.push(...notes(segments, view, word))
  if (type !== 4) said.push(hasSymbols(view, wide, half, word, address) ? "not stripped" : "stripped")
  return [said.join(", "), mime]
}

const flagsOf = ({ offset, size }: Segment, wide: boolean, address: (at: number) => number): number => {
  const step = wide ? 16 : 8
  for (let at = offset; at < offset + size; at += step) if (address(at) === 0x6ffffffb) return address(at + step / 2)
  return 0
}

/** The build's number, and the oldest kernel that it runs on. */
const notes = (
  segments: ReadonlyArray<Segment>,
  view: DataView,
  word: (at: number) => number
): ReadonlyArray<string> => {
  let build: string | undefined
  let kernel: string | undefined
  for (const { offset, size, type } of segments) {
    if (type !== PT_NOTE) continue
    for (let at = offset; at + 12 <= offset + size;) {
      const [nameSize, length, kind] = [word(at), word(at + 4), word(at + 8)]
      const from = at + 12 + ((nameSize + 3) & ~3)
      if (kind === 3 && length <= 64) {
        const hex = Array.from({ length }, (_, index) => view.getUint8(from + index).toString(16).padStart(2, "0"))
          .join("")
        build = `BuildID[${length === 20 ? "sha1" : "md5/uuid"}]=${hex}`
      } else if (kind === 1 && nameSize === 4 && length >= 16) {
        kernel = `for GNU/Linux ${word(from + 4)}.${word(from + 8)}.${word(from + 12)}`
      }
      at = from + ((length + 3) & ~3)
    }
  }
  return [build, kernel].filter((each) => each !== undefined)
}

const hasSymbols = (
  view: DataView,
  wide: boolean,
  half: (at: number) => number,
  word: (at: number) => number,
  address: (at: number) => number
): boolean => {
  const table = address(wide ? 40 : 32)
  for (let index = 0; index < half(wide ? 60 : 48); index++) {
    const at = table + index * half(wide ? 58 : 46)
    if (at + 8 <= view.byteLength && word(at + 4) === SHT_SYMTAB) return true
  }
  return false
}
