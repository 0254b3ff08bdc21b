/**
 * What the kernel knows of the JavaScript world around it, beyond the language itself. The compiler is given neither the
 * browser's types nor Node's, so a host API that is not in this list does not compile. The first part may be used
 * anywhere; the second only in `host.ts`, and a lint sees to that.
 */

declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>
  encodeInto(source: string, destination: Uint8Array): { readonly read: number; readonly written: number }
}

declare class TextDecoder {
  constructor(label?: string, options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean })
  decode(input?: ArrayBufferView | ArrayBufferLike, options?: { readonly stream?: boolean }): string
}

/** Effect hands one to the callback of `Effect.async`; without a declaration it would be an `any`. */
interface AbortSignal {
  readonly aborted: boolean
  addEventListener(type: "abort", listener: () => void, options?: { readonly once?: boolean }): void
  removeEventListener(type: "abort", listener: () => void): void
}

// Only for `host.ts`. What a host may lack is `undefined`.

declare const performance: { now(): number; readonly timeOrigin: number }
declare const crypto: { getRandomValues<A extends ArrayBufferView>(array: A): A }
declare function queueMicrotask(callback: () => void): void
declare function setTimeout(callback: () => void, milliseconds?: number): unknown
declare function clearTimeout(handle: unknown): void
declare const setImmediate: ((callback: () => void) => unknown) | undefined
declare const MessageChannel:
  | (new() => { readonly port1: HostMessagePort; readonly port2: HostMessagePort })
  | undefined

interface HostMessagePort {
  onmessage: (() => void) | null
  postMessage(message: null): void
  close(): void
}
