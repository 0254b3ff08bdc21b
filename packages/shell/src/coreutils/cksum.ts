/**
 * Check values of files: POSIX's, the two old ones of sum, and all that there are programs of their own for.
 *
 * @see cksum(1)
 */
import type * as Errno from "@effix/kernel/Errno"
import { blockSize } from "../BufferedWriter.js"
import * as Options from "../Options.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"
import { choose } from "../Words.js"
import * as Sums from "./sums.js"

/** A check value that is fed piece by piece, and told the length at the end. */
interface Check {
  readonly update: (bytes: Uint8Array) => void
  readonly value: (length: number) => number
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24
  for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? value << 1 ^ 0x04c11db7 : value << 1
  return value
})

const posix = (): Check => {
  let value = 0
  const add = (byte: number): void => void (value = value << 8 ^ table[value >>> 24 ^ byte]!)
  return {
    update: (bytes) => {
      for (let i = 0; i < bytes.length; i++) add(bytes[i]!)
    },
    value: (length) => {
      for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) add(rest % 256)
      return ~value >>> 0
    }
  }
}

const bsd = (): Check => {
  let value = 0
  return {
    update: (bytes) => {
      for (let i = 0; i < bytes.length; i++) value = (value >> 1) + ((value & 1) << 15) + bytes[i]! & 0xffff
    },
    value: () => value
  }
}

const systemV = (): Check => {
  let value = 0
  return {
    update: (bytes) => {
      for (let i = 0; i < bytes.length; i++) value = value + bytes[i]! >>> 0
    },
    value: () => {
      const once = (value & 0xffff) + (value >>> 16)
      return (once & 0xffff) + (once >>> 16)
    }
  }
}

/** The line of a file, as each kind writes it. */
const kinds = {
  bsd: {
    create: bsd,
    line: (value: number, length: number) =>
      `${`${value}`.padStart(5, "0")} ${`${Math.ceil(length / 1024)}`.padStart(5)}`
  },
  sysv: { create: systemV, line: (value: number, length: number) => `${value} ${Math.ceil(length / 512)}` },
  crc: { create: posix, line: (value: number, length: number) => `${value} ${length}` }
}

function* print(
  run: Utility.Run,
  { create, line }: (typeof kinds)[keyof typeof kinds],
  operands: ReadonlyArray<string>,
  end: number
): Steps<void> {
  yield* run.inputs(operands, function*(fd, path): Steps<Errno.Any | undefined> {
    const check = create()
    const block = new Uint8Array(blockSize)
    let length = 0
    while (true) {
      const count = yield* attempt(run.sys.read(fd, block))
      if (typeof count !== "number") return count
      if (count === 0) break
      check.update(block.subarray(0, count))
      length += count
    }
    run.out.text(line(check.value(length), length) + (operands.length > 0 ? ` ${path}` : ""))
    run.out.byte(end)
    return undefined
  })
}

const algorithms = {
  bsd: "bsd",
  sysv: "sysv",
  crc: "crc",
  md5: "md5",
  sha1: "sha1",
  sha224: "sha224",
  sha256: "sha256",
  sha384: "sha384",
  sha512: "sha512",
  blake2b: "blake2b"
} as const

const utility: Utility.Utility = {
  usage: "[OPTION]... [FILE]...",
  does: "Print or verify checksums.",
  short: "a:bctwzl:",
  long: {
    "algorithm=": "a",
    check: "c",
    debug: "debug",
    "ignore-missing": "missing",
    "length=": "l",
    quiet: "quiet",
    status: "status",
    strict: "strict",
    tag: "tag",
    untagged: "untagged",
    warn: "w",
    zero: "z"
  }
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const given = (key: string): boolean => options.some((option) => option.key === key)
  const last = (key: string): string | undefined => Options.last(options, key)?.value
  const asked = last("a")
  const algorithm = asked === undefined ? undefined : yield* choose(run, "--algorithm", algorithms, asked)
  if (given("l") && algorithm !== "blake2b") {
    return yield* run.die("--length is only supported with --algorithm=blake2b")
  }
  const end = given("z") ? 0 : 10
  const old = algorithm === undefined || algorithm === "crc" || algorithm === "bsd" || algorithm === "sysv"
  if (given("c") && algorithm !== undefined && old) {
    return yield* run.die("--check is not supported with --algorithm={bsd,sysv,crc}")
  }
  if (given("c") && given("tag")) {
    return yield* run.misuse("the --tag option is meaningless when verifying checksums")
  }
  if (given("c")) {
    const known = old
      ? Object.values(Sums.kinds)
      : [algorithm === "blake2b" ? Sums.blake2bOf(512) : Sums.kinds[algorithm]]
    return yield* run.inputs(operands, (fd, path) => new Sums.Check(run, known, given).list(fd, path))
  }
  yield* Sums.onlyForChecking(run, given)
  if (old) return yield* print(run, kinds[algorithm ?? "crc"], operands, end)
  const kind = algorithm === "blake2b" ? Sums.blake2bOf(yield* Sums.bitsOf(run, last("l"))) : Sums.kinds[algorithm]
  yield* Sums.print(run, kind, operands, { tag: !given("untagged"), binary: false, zero: given("z") })
})

/** @see sum(1) */
export const sum = Utility.make(
  {
    usage: "[OPTION]... [FILE]...",
    does: "Print or check BSD (16-bit) checksums.",
    short: "rs",
    long: { sysv: "s" }
  },
  function*(run, { operands, options }) {
    const last = Options.last(options, "r", "s")
    yield* print(run, last?.key === "s" ? kinds.sysv : kinds.bsd, operands, 10)
  }
)
