/**
 * What an administrator may set about files while the kernel runs: writable files of `/proc/sys/fs`.
 *
 * @see proc_sys_fs(5)
 */
export interface Setting {
  /** A whole number from 0 on. */
  value: number
  readonly max: number
}

const open = (value: number): Setting => ({ value, max: 0x7fffffff })
const choice = (value: number, max: number): Setting => ({ value, max })

export const make = () => ({
  /** Seconds until a lease is taken away from who does not give it up. */
  "lease-break-time": open(45),
  "leases-enable": open(1),
  /** Mounts that one tree of them may have. */
  "mount-max": open(100_000),
  "dir-notify-enable": open(1),
  /** In sticky directories that all may write to: links of others are not followed. */
  "protected_symlinks": choice(0, 1),
  /** No further name for a file of somebody else that one could not read and write. */
  "protected_hardlinks": choice(1, 1),
  /** FIFOs and files of others are not opened with O_CREAT in sticky directories: 1 where all may write, 2 a group. */
  "protected_fifos": choice(0, 2),
  "protected_regular": choice(0, 2)
})

export type Settings = ReturnType<typeof make>
