/**
 * Flags of the descriptors that stand for events.
 *
 * @see eventfd(2)
 */
import { O_CLOEXEC, O_NONBLOCK } from "./OpenFlags.js"

export const EFD_SEMAPHORE = 1
export const EFD_CLOEXEC = O_CLOEXEC
export const EFD_NONBLOCK = O_NONBLOCK
