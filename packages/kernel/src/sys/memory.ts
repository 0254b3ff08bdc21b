/**
 * Calls that map memory, and give it back.
 *
 * @see mmap(2)
 */
import * as Exit from "effect/Exit"
import { CAP_SYS_RAWIO } from "../abi/Capabilities.js"
import * as Mman from "../abi/Mman.js"
import { capable } from "../Credentials.js"
import * as Errno from "../Errno.js"
import { allocate } from "../internal/host.js"
import * as Space from "../memory/AddressSpace.js"
import { type Process, uncommonOf } from "../ProcessTable.js"
import type { Mapping } from "../Sys.js"
import type { Rooms } from "./Rooms.js"

const { ADDRESS_MAX, ADDRESS_MIN, pagesOf } = Space
const { MAP_FIXED, MAP_FIXED_NOREPLACE, PAGE_SIZE } = Mman

/** The low bits of the flags say who shares the memory. */
const SHARING = 0xf

const isAligned = (address: number): boolean => address % PAGE_SIZE === 0
const aligned = (bytes: number): number => pagesOf(bytes) * PAGE_SIZE
const isAmount = (bytes: number): boolean => bytes >= 0 && Number.isFinite(bytes)

const spaceOf = ({ processes: { table } }: Rooms, self: Process): Space.AddressSpace =>
  uncommonOf(self).memory ??= new Space.AddressSpace(table.memory)

const pagesUpTo = (limit: number): number => Math.floor(limit / PAGE_SIZE)

/** What keeps a process from having so many pages more. */
const refusal = (
  { processes: { table } }: Rooms,
  { hardLimits, limits }: Process,
  space: Space.AddressSpace,
  pages: number,
  protection: number,
  syscall: string
): Exit.Exit<never, Errno.Errno<"ENOMEM">> | undefined => {
  if (space.pages + pages > pagesUpTo(limits.addressSpace)) {
    return Errno.fail("ENOMEM", { syscall, remedy: "raise the limit on memory (ulimit -v)" })
  }
  // No data at all means a debugger that wants brk(2) to fail, to Linux: the hard limit counts.
  const dataMax = limits.data === 0 ? hardLimits.data : limits.data
  if (Space.isData(protection) && space.dataPages + pages > pagesUpTo(dataMax)) {
    return Errno.fail("ENOMEM", { syscall, remedy: "raise the limit on data (ulimit -d)" })
  }
  if (table.memory.used + pages > table.memory.max) {
    return Errno.fail("ENOMEM", { syscall, remedy: "raise memoryPagesMax" })
  }
  return undefined
}

/** @see mmap(2) */
export const mmap = (
  rooms: Rooms,
  self: Process,
  address: number,
  length: number,
  protection: number,
  flags: number
): Exit.Exit<Mapping, Errno.Errno<"EBADF" | "EEXIST" | "EINVAL" | "ENOMEM" | "EPERM">> => {
  const syscall = "mmap"
  // There are no descriptors to map.
  if ((flags & Mman.MAP_ANONYMOUS) === 0) return Errno.fail("EBADF", { syscall })
  if (!isAmount(address) || !isAmount(length) || length === 0) return Errno.fail("EINVAL", { syscall })
  const size = aligned(length)
  if (size > ADDRESS_MAX) return Errno.fail("ENOMEM", { syscall })
  const space = spaceOf(rooms, self)
  const fixed = (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) !== 0
  let start: number | undefined = address
  if (fixed) {
    if (address > ADDRESS_MAX - size) return Errno.fail("ENOMEM", { syscall })
    if (!isAligned(address)) return Errno.fail("EINVAL", { syscall })
    if (address < ADDRESS_MIN && !capable(self.credentials, CAP_SYS_RAWIO)) return Errno.fail("EPERM", { syscall })
  } else {
    const wish = Math.max(address - address % PAGE_SIZE, ADDRESS_MIN)
    const granted = address > 0 && wish <= ADDRESS_MAX - size && space.isFree(wish, wish + size)
    start = granted ? wish : space.gap(size)
    if (start === undefined) return Errno.fail("ENOMEM", { syscall })
  }
  if ((flags & MAP_FIXED_NOREPLACE) !== 0 && !space.isFree(start, start + size)) {
    return Errno.fail("EEXIST", { syscall })
  }
  if ((flags & SHARING) !== Mman.MAP_PRIVATE) return Errno.fail("EINVAL", { syscall })
  if (space.regions.length >= Space.REGIONS_MAX) return Errno.fail("ENOMEM", { syscall })
  // What is replaced makes room, for data as well if it is none: as Linux counts.
  const more = size / PAGE_SIZE - Space.count(space.between(start, start + size))
  const refused = refusal(rooms, self, space, more, protection, syscall)
  if (refused !== undefined) return refused
  const bytes = allocate(size)
  if (bytes === undefined) return Errno.fail("ENOMEM", { syscall })
  space.remove(start, start + size)
  space.add({ start, end: start + size, protection: protection & 7, bytes })
  return Exit.succeed({ address: start, bytes })
}

/** @see munmap(2) */
export const munmap = (
  self: Process,
  address: number,
  length: number
): Exit.Exit<void, Errno.Errno<"EINVAL">> => {
  const size = aligned(length)
  if (!isAmount(address) || !isAligned(address) || !(size > 0) || address > ADDRESS_MAX - size) {
    return Errno.fail("EINVAL", { syscall: "munmap" })
  }
  self.uncommon?.memory?.remove(address, address + size)
  return Exit.void
}

/** The bytes between two addresses, which are there; from now on they are one region's. */
const join = (
  space: Space.AddressSpace,
  start: number,
  end: number,
  protection: number
): Exit.Exit<Mapping, Errno.Errno<"ENOMEM">> => {
  const parts = space.between(start, end)
  if (parts.length === 1) return Exit.succeed({ address: start, bytes: parts[0]!.bytes })
  const bytes = allocate(end - start)
  if (bytes === undefined) return Errno.fail("ENOMEM", { syscall: "mremap" })
  for (const each of parts) bytes.set(each.bytes, each.start - start)
  space.remove(start, end)
  space.add({ start, end, protection, bytes })
  return Exit.succeed({ address: start, bytes })
}

/** @see mremap(2) */
export const mremap = (
  rooms: Rooms,
  self: Process,
  address: number,
  oldLength: number,
  newLength: number,
  flags: number
): Exit.Exit<Mapping, Errno.Errno<"EFAULT" | "EINVAL" | "ENOMEM">> => {
  const syscall = "mremap"
  const before = aligned(oldLength)
  const after = aligned(newLength)
  const known = (flags & ~Mman.MREMAP_MAYMOVE) === 0 && isAmount(before) && isAmount(address) && isAligned(address)
  if (!known || !(after > 0) || after > ADDRESS_MAX) return Errno.fail("EINVAL", { syscall })
  const space = spaceOf(rooms, self)
  const whole = space.continuing(address)
  if (whole === undefined) return Errno.fail("EFAULT", { syscall })
  if (before === 0) return Errno.fail("EINVAL", { syscall })
  if (after <= before) {
    if (after < before && address + before > ADDRESS_MAX) return Errno.fail("EINVAL", { syscall })
    // Whatever lies behind it goes, another region too.
    space.remove(address + after, address + before)
    return join(space, address, Math.min(whole.end, address + after), whole.protection)
  }
  if (address + before > whole.end) return Errno.fail("EFAULT", { syscall })
  const more = (after - before) / PAGE_SIZE
  const refused = refusal(rooms, self, space, more, whole.protection, syscall)
  if (refused !== undefined) return refused
  const stays = address + before === whole.end &&
    address + after <= (whole.end <= Space.TOP ? Space.TOP : ADDRESS_MAX) &&
    space.isFree(whole.end, address + after)
  const old = space.between(address, address + before)
  const start = stays ? address : (flags & Mman.MREMAP_MAYMOVE) !== 0 ? space.gap(after) : undefined
  const bytes = start === undefined ? undefined : allocate(after)
  if (start === undefined || bytes === undefined) return Errno.fail("ENOMEM", { syscall })
  for (const each of old) bytes.set(each.bytes, each.start - address)
  space.remove(address, address + before)
  space.add({ start, end: start + after, protection: whole.protection, bytes })
  return Exit.succeed({ address: start, bytes })
}
