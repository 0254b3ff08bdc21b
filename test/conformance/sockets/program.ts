/**
 * Programs of socket calls, as both sides read them.
 *
 * A program is a list of steps; sockets stand in slots, none of them ever waits, and what happened is looked at with
 * `poll`. Numbers are those of Linux.
 */

/** A port, or that of the socket in a slot. */
type Port = number | readonly ["port", number]

export type Address =
  | readonly ["path", string]
  | readonly ["abstract", string]
  | readonly ["unnamed"]
  | readonly ["unspecified"]
  | readonly ["inet" | "inet6", string, Port]

export type Step =
  | readonly ["socket", number, "unix" | "inet" | "inet6", number]
  | readonly ["pair", number, number, number]
  | readonly ["bind", number, Address]
  | readonly ["listen", number, number]
  | readonly ["connect", number, Address]
  | readonly ["accept", number, number]
  | readonly ["send", number, number, number]
  | readonly ["sendto", number, number, number, Address]
  | readonly ["recv", number, number, number]
  | readonly ["recvfrom", number, number, number]
  | readonly ["rights", number, number, number]
  /** Bytes, a process (0 is the caller) and a user, who is the group as well. */
  | readonly ["credentials", number, number, number, number]
  | readonly ["recvmsg", number, number, number, number]
  | readonly ["shutdown", number, number]
  | readonly ["close", number]
  | readonly ["poll", number]
  | readonly ["name", number]
  | readonly ["peer", number]
  | readonly ["fionread", number]
  | readonly ["getopt", number, number, number]
  /** What is asked, and the name of an interface or its number. */
  | readonly ["netdevice", number, number, string]
  | readonly ["device", number, string]
  /** An option of groups of a family, a group and, for some, a sender. */
  | readonly ["group", number, number, number, string, string]
  /** Of a group, which senders are named, and how; what they are is told. */
  | readonly ["filter", number, number, number, string, number, ReadonlyArray<string>]
  | readonly ["filterof", number, number, number, string]
  | readonly ["atmark", number]
  /** What was counted of datagrams since the program began. */
  | readonly ["counts", number]
  /** Whom and when it tells by signals: see `telling` in `effix.ts`. */
  | readonly ["telling", number, number]
  /** Bytes, and the length of the pieces that they are sent in. */
  | readonly ["pieces", number, number, number]
  | readonly ["setopt", number, number, number, number]

export type Program = ReadonlyArray<Step>

/** A program in lines, to be run again. */
export const source = (program: Program): string => program.map((step) => `  ${JSON.stringify(step)}`).join(",\n")

/** Leaves out what is not needed for a failure. */
export const shrink = async (program: Program, fails: (program: Program) => Promise<boolean>): Promise<Program> => {
  let smallest = program
  for (let size = Math.ceil(program.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = smallest.length - size; at >= 0; at -= size) {
      const each = [...smallest.slice(0, at), ...smallest.slice(at + size)]
      if (await fails(each)) smallest = each
    }
  }
  return smallest
}
