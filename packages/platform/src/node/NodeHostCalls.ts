/**
 * What node can ask the host beyond `FileSystem`. Its answers are synchronous: for a local disk, waiting for another
 * thread costs ten times the call.
 */
import * as fs from "node:fs"
import type { HostCalls, HostStat } from "../HostCalls.js"

const fromStats = (stats: fs.BigIntStats): HostStat => ({
  dev: Number(stats.dev),
  ino: Number(stats.ino),
  mode: Number(stats.mode),
  nlink: Number(stats.nlink),
  uid: Number(stats.uid),
  gid: Number(stats.gid),
  rdev: Number(stats.rdev),
  size: Number(stats.size),
  blocks: Number(stats.blocks),
  atime: stats.atimeNs,
  mtime: stats.mtimeNs,
  ctime: stats.ctimeNs,
  btime: stats.birthtimeNs
})

/** Made once: an error with a stack costs more than the call, and most names that are asked for are not there. */
const missing = Object.assign(new Error("No such file or directory"), { code: "ENOENT" })

const quietly = { bigint: true, throwIfNoEntry: false } as const

const seconds = (nanoseconds: bigint): number => Number(nanoseconds) / 1e9

export const calls: HostCalls = {
  lstat: (path) => {
    const stats = fs.lstatSync(path, quietly)
    if (stats === undefined) throw missing
    return fromStats(stats)
  },
  names: (path) => {
    const directory = fs.opendirSync(path, { bufferSize: 1024 })
    try {
      const names: Array<string> = []
      for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) names.push(entry.name)
      return names
    } finally {
      directory.closeSync()
    }
  },
  fstat: (file) => fromStats(fs.fstatSync(file.fd, { bigint: true })),
  removeDirectory: (path) => fs.rmdirSync(path),
  setLinkTimes: (path, atime, mtime) => fs.lutimesSync(path, seconds(atime), seconds(mtime)),
  setLinkOwner: (path, uid, gid) => fs.lchownSync(path, uid, gid),
  statfs: (path) => {
    const { bavail, bfree, blocks, bsize, ffree, files, type } = fs.statfsSync(path)
    return { type, bsize, blocks, bfree, bavail, files, ffree, namelen: 255 }
  }
}
