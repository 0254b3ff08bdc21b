/**
 * The lines that tar prints of members.
 *
 * @see tar(1)
 */
import * as FileMode from "@effix/kernel/abi/FileMode"
import type { BufferedWriter } from "../BufferedWriter.js"
import * as DateFormat from "../DateFormat.js"
import * as Modes from "../Modes.js"
import { shown } from "../tar/names.js"
import type { Member } from "../tar/read.js"
import type { Asked } from "./tarOptions.js"

const types: Readonly<Record<string, number>> = {
  "2": FileMode.S_IFLNK,
  "3": FileMode.S_IFCHR,
  "4": FileMode.S_IFBLK,
  "5": FileMode.S_IFDIR,
  "6": FileMode.S_IFIFO
}

/** The file type of a member, as a mode has it. */
export const typeOf = ({ name, type }: Member): number =>
  types[type] ?? ((type === "0" || type === "7") && name.endsWith("/") ? FileMode.S_IFDIR : FileMode.S_IFREG)

export class Lister {
  /** Columns are as wide as they had to be so far. */
  private width = 19

  constructor(private readonly asked: Asked, private readonly out: BufferedWriter) {}

  /** Prints a member, in full where `verbose`. */
  member(member: Member, name: string, verbose: boolean): void {
    if (!verbose) return this.out.line(shown(name))
    const { asked } = this
    const letters = Modes.text(member.mode & 0o7777 | typeOf(member))
    const mode = (member.type === "1" ? "h" : letters[0]!) + letters.slice(1)
    const user = asked.numeric || member.uname === "" ? `${member.uid}` : member.uname
    const group = asked.numeric || member.gname === "" ? `${member.gid}` : member.gname
    const size = member.type === "3" || member.type === "4"
      ? `${member.major},${member.minor}`
      : `${member.realSize}`
    const used = user.length + group.length + size.length + 2
    this.width = Math.max(this.width, used)
    const time = asked.fullTime
      ? DateFormat.format("%Y-%m-%d %H:%M:%S", member.mtime) + fraction(member.mtime)
      : DateFormat.format("%Y-%m-%d %H:%M", member.mtime)
    const link = member.type === "1"
      ? ` link to ${shown(member.linkname)}`
      : member.type === "2"
      ? ` -> ${shown(member.linkname)}`
      : ""
    const owners = `${user}/${group}`
    this.out.line(`${mode} ${owners} ${size.padStart(this.width - owners.length - 1)} ${time} ${shown(name)}${link}`)
  }
}

const fraction = (time: bigint): string => {
  const digits = `${((time % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n}`.padStart(9, "0").replace(/0+$/, "")
  return digits === "" ? "" : `.${digits}`
}
