/**
 * Tells what files hold.
 *
 * @see file(1)
 */
import * as FileMode from "@effix/kernel/abi/FileMode"
import { O_RDONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import { magicKind } from "../file/magic.js"
import { type Kind, textKind } from "../file/text.js"
import { LineReader } from "../LineReader.js"
import * as Options from "../Options.js"
import * as Width from "../shell/terminal/width.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const usage = `Usage: file [-bcCdEhikLlNnprsSvzZ0] [--apple] [--extension] [--mime-encoding]
            [--mime-type] [-e <testname>] [-F <separator>]  [-f <namefile>]
            [-m <magicfiles>] [-P <parameter=value>] [--exclude-quiet]
            <file> ...
       file -C [-m <magicfiles>]
       file [--help]`

/** So much of a file is looked at. */
const readMost = 1024 * 1024

const simple = (words: string, mime: string, charset = "binary"): Kind => ({ words, mime, charset })

const data = simple("data", "application/octet-stream")

interface How {
  readonly follow: boolean
  /** Whether devices are read. */
  readonly special: boolean
  /** Whether a file that cannot be looked at is an error. */
  readonly strict: boolean
}

/** An object file tells of itself at its end, too. */
const objectMost = 64 * 1024 * 1024

/** Bytes of a descriptor behind those that are known. */
function* further(run: Utility.Run, fd: number, known: Uint8Array, most: number): Steps<Uint8Array | Errno.Any> {
  const into = new Uint8Array(most)
  into.set(known)
  let length = known.length
  while (length < into.length) {
    const count = yield* attempt(run.sys.read(fd, into.subarray(length)))
    if (Errno.isErrno(count)) return count
    if (count === 0) break
    length += count
  }
  return into.subarray(0, length)
}

/** What the bytes of a descriptor are. */
function* kindOf(run: Utility.Run, fd: number, size: number): Steps<Kind | Errno.Any> {
  let bytes = yield* further(run, fd, new Uint8Array(0), Math.min(readMost, Math.max(size, 65536)))
  if (Errno.isErrno(bytes)) return bytes
  if (bytes[0] === 0x7f && bytes.length < size) bytes = yield* further(run, fd, bytes, Math.min(objectMost, size))
  if (Errno.isErrno(bytes)) return bytes
  const { length } = bytes
  if (length === 0) return simple("empty", "inode/x-empty")
  const whole = length < readMost
  let tail = bytes.subarray(-8)
  if (!whole) {
    tail = new Uint8Array(8)
    yield* attempt(run.sys.pread(fd, tail, size - 8))
  }
  const magic = magicKind(bytes, Math.max(size, length), tail)
  if (magic !== undefined) return magic
  const text = length === 1 ? undefined : textKind(bytes, whole)
  return text ?? (length === 1 ? simple("very short file (no magic)", data.mime) : data)
}

function* link(run: Utility.Run, path: string): Steps<Kind> {
  const target = yield* attempt(run.sys.readlink(path))
  if (Errno.isErrno(target)) {
    return simple(`unreadable symlink \`${path}' (${Errno.text(target._tag)})`, "inode/symlink")
  }
  const there = yield* run.stat(path)
  return Errno.isErrno(there)
    ? simple(`broken symbolic link to ${target}`, "inode/symlink", "")
    : simple(`symbolic link to ${target}`, "inode/symlink")
}

/** What a path is; a text tells why that cannot be told. */
function* look(run: Utility.Run, path: string, { follow, special }: How): Steps<Kind | string> {
  const stat = yield* follow ? run.stat(path) : run.lstat(path)
  if (Errno.isErrno(stat)) return `\`${path}' (${Errno.text(stat._tag)})`
  const { mode, rdev, size } = stat
  if (FileMode.isDirectory(mode)) {
    const sticky = (mode & FileMode.S_ISVTX) !== 0 ? "sticky, " : ""
    return simple(`${sticky}directory`, "inode/directory")
  }
  if (FileMode.isSymlink(mode)) return yield* link(run, path)
  if (FileMode.isFifo(mode)) return simple("fifo (named pipe)", "inode/fifo")
  if (FileMode.isSocket(mode)) return simple("socket", "inode/socket")
  const device = (mode & FileMode.S_IFMT) === FileMode.S_IFCHR
    ? "character"
    : (mode & FileMode.S_IFMT) === FileMode.S_IFBLK
    ? "block"
    : undefined
  if (device !== undefined && !special) {
    return simple(
      `${device} special (${rdev >> 8 & 0xfff}/${rdev & 0xff})`,
      `inode/${device === "block" ? "block" : "char"}device`
    )
  }
  const fd = yield* attempt(run.sys.open(path, O_RDONLY))
  const kind = Errno.isErrno(fd) ? fd : yield* kindOf(run, fd, size)
  if (typeof fd === "number") yield* attempt(run.sys.close(fd))
  if (!Errno.isErrno(kind)) return kind
  return simple("regular file, no read permission", "inode/x-regular", "")
}

export const main = Utility.make(
  {
    usage: "[OPTION]... FILE...",
    does: "Tell what files hold.",
    short: "bcCde:Ef:F:hiklLm:nNprsSvzZ0P:",
    long: {
      brief: "b",
      "files-from=": "f",
      "separator=": "F",
      dereference: "L",
      "no-dereference": "h",
      mime: "i",
      "mime-type": "type",
      "mime-encoding": "encoding",
      "no-pad": "N",
      "no-buffer": "n",
      "preserve-date": "p",
      raw: "r",
      "special-files": "s",
      print0: "0"
    },
    hintText: usage
  },
  function*(run, { operands, options }) {
    const has = (...keys: ReadonlyArray<string>): boolean => options.some(({ key }) => keys.includes(key))
    if (has("v")) {
      run.out.text("file (Effix core utilities)\n")
      return 0
    }
    const paths: Array<string> = []
    for (const { key, value } of options) {
      if (key !== "f") continue
      const fd = yield* run.open(value)
      if (fd === undefined) return 1
      const lines = new LineReader(run.sys, fd)
      paths.push(...(yield* lines.whole()).split("\n").filter((path) => path !== ""))
    }
    paths.push(...operands)
    if (paths.length === 0) return yield* run.misuse()
    const how: How = { follow: Options.last(options, "L", "h")?.key === "L", special: has("s"), strict: has("E") }
    const separator = Options.last(options, "F")?.value ?? ":"
    const widest = has("N") ? 0 : Math.max(...paths.map((path) => Width.of(path)))
    const shown = ({ charset, mime, words }: Kind): string => {
      if (has("encoding") && !has("type", "i")) return charset === "" ? "binary" : charset
      if (has("type")) return mime
      return has("i") ? `${mime}${charset === "" ? "" : `; charset=${charset}`}` : words
    }
    for (const path of paths) {
      const name = path === "-" ? "/dev/stdin" : path
      const kind = path === "-" ? yield* kindOf(run, 0, 0) : yield* look(run, path, how)
      const text = typeof kind === "string"
        ? `${how.strict ? "ERROR: cannot stat" : "cannot open"} ${kind}`
        : Errno.isErrno(kind)
        ? `cannot read \`${name}' (${Errno.text(kind._tag)})`
        : shown(kind)
      if (typeof kind === "string" && how.strict) run.status = 1
      const pad = " ".repeat(Math.max(0, widest - Width.of(name)))
      run.out.text(has("b") ? `${text}\n` : `${name}${has("0") ? "\0" : ""}${separator} ${pad}${text}\n`)
      yield* run.out.ready()
    }
    return run.status
  }
)
