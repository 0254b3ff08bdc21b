/**
 * What rules say of a socket: those of the kernel, those of whoever uses it, and those under which it was made, which it
 * keeps wherever it is passed to.
 *
 * @see ../Policy.ts
 */
import type * as Exit from "effect/Exit"
import * as Errno from "../Errno.js"
import type { NetworkUse, PolicyRules, Refusal } from "../Policy.js"
import type { Process } from "../ProcessTable.js"
import type { Endpoint } from "./Network.js"

/** A socket as far as rules are concerned. */
interface Ruled {
  readonly rules: PolicyRules | undefined
  readonly context: { readonly policy: PolicyRules | undefined }
}

/** Whether anybody is to be asked. */
const isRuled = ({ context, rules }: Ruled, caller: Process): boolean =>
  rules !== undefined || caller.policy !== undefined || context.policy !== undefined

const written = (use: NetworkUse): string => {
  if ("name" in use) return use.access === "resolve" || use.access === "resolved" ? use.name : `@${use.name}`
  return use.address.includes(":") ? `[${use.address}]:${use.port}` : `${use.address}:${use.port}`
}

type Refused = Exit.Exit<never, Errno.Errno<"EACCES">>

const refused = (use: NetworkUse, refusal: Refusal | undefined): Refused | undefined =>
  refusal === undefined ? undefined : Errno.fail("EACCES", { syscall: use.access, path: written(use), ...refusal })

/** The refusal, if there is one. */
const ask = (socket: Ruled, caller: Process, use: NetworkUse): Refused | undefined => {
  const { context: { policy }, rules } = socket
  const own = caller.policy
  return refused(
    use,
    policy?.network?.(caller, use) ?? own?.network?.(caller, use) ??
      (rules === own ? undefined : rules?.network?.(caller, use))
  )
}

/** Asks about the other side. */
export const askOut = (
  socket: Ruled,
  caller: Process,
  access: "connect" | "send",
  protocol: "tcp" | "udp",
  { address, port }: Endpoint
): Refused | undefined => isRuled(socket, caller) ? ask(socket, caller, { access, protocol, address, port }) : undefined

/** Asks about an address and a port of the machine. */
export const askIn = (
  socket: Ruled,
  caller: Process,
  access: "bind" | "listen" | "accept",
  protocol: "tcp" | "udp",
  address: string,
  port: number,
  chosen: boolean
): Refused | undefined =>
  isRuled(socket, caller) ? ask(socket, caller, { access, protocol, address, port, chosen }) : undefined

/** Asks about an abstract name. */
export const askName = (
  socket: Ruled,
  caller: Process,
  access: "connect" | "send" | "bind" | "listen" | "accept",
  name: string
): Refused | undefined => isRuled(socket, caller) ? ask(socket, caller, { access, protocol: "unix", name }) : undefined
