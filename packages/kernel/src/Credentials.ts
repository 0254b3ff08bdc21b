/**
 * Who a process acts as: real, effective and saved user and group, and its supplementary groups.
 *
 * A value that is never changed in place: setuid(2) and its siblings give a process another one, and whoever took
 * the old one (an open file, a message on a socket) keeps it.
 *
 * @see credentials(7)
 */
export interface Credentials {
  readonly uid: number
  readonly gid: number
  /** Effective user: what permission checks ask; 0 passes them. */
  readonly euid: number
  readonly egid: number
  readonly suid: number
  readonly sgid: number
  readonly groups: ReadonlyArray<number>
}

/** A user with one group in all three roles. */
export const make = (uid: number, gid: number, groups: ReadonlyArray<number> = []): Credentials => ({
  uid,
  gid,
  euid: uid,
  egid: gid,
  suid: uid,
  sgid: gid,
  groups
})

export const root: Credentials = make(0, 0)

export const inGroup = (self: Credentials, gid: number): boolean => self.egid === gid || self.groups.includes(gid)

/**
 * Whether `wanted` (a sum of R_OK, W_OK and X_OK) is granted on a file of this mode and owner. User 0 passes, but
 * executes a file only where somebody may.
 *
 * @see path_resolution(7)
 */
export const permits = (
  self: Credentials,
  file: { readonly mode: number; readonly uid: number; readonly gid: number },
  wanted: number
): boolean => {
  const { mode } = file
  if (self.euid === 0) {
    const directory = (mode & 0o170000) === 0o040000
    return (wanted & 1) === 0 || directory || (mode & 0o111) !== 0
  }
  const granted = self.euid === file.uid ? mode >> 6 : inGroup(self, file.gid) ? mode >> 3 : mode
  return (wanted & ~granted & 7) === 0
}
