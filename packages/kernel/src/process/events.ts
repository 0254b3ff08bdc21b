/**
 * What happens to processes, for whoever embeds the kernel: told in the step in which it happens.
 */
import type { WaitStatus } from "../abi/WaitStatus.js"
import type { Process } from "../ProcessTable.js"

interface Happened {
  /** Counts every event of the kernel: a reader that is too slow sees a gap. */
  readonly serial: number
  readonly pid: number
  /** The parent at that moment; 0 for init. */
  readonly ppid: number
  /** The name that ps shows. */
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** Something that happened to a process. */
export type ProcessEvent =
  | Happened & { readonly _tag: "Started"; readonly argv: ReadonlyArray<string> }
  | Happened & { readonly _tag: "Executed"; readonly argv: ReadonlyArray<string> }
  | Happened & { readonly _tag: "Stopped"; readonly signal: number }
  | Happened & { readonly _tag: "Continued" }
  /** It has ended: its descriptors are closed, and it is a zombie. */
  | Happened & { readonly _tag: "Ended"; readonly status: WaitStatus }
  /** Somebody has waited for it, or nobody ever will; its number is free. */
  | Happened & { readonly _tag: "Reaped" }

type Without<E> = E extends ProcessEvent ? Omit<E, keyof Happened> : never

/** Those who listen; as long as there are none, nothing is made. */
export class ProcessEvents {
  private readonly listeners = new Set<(event: ProcessEvent) => void>()
  private serial = 0

  constructor(private readonly now: () => number) {}

  get heard(): boolean {
    return this.listeners.size > 0
  }

  /** Calls `listen` with every event until the answered function is called. */
  listen(listen: (event: ProcessEvent) => void): () => void {
    const listener = (event: ProcessEvent): void => listen(event)
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  tell({ name, parent, pid }: Process, what: Without<ProcessEvent>): void {
    const event: ProcessEvent = { ...what, serial: this.serial++, pid, ppid: parent?.pid ?? 0, name, at: this.now() }
    for (const listener of this.listeners) listener(event)
  }
}
