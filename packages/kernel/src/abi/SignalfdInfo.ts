/**
 * What reading a signalfd answers: records of 128 bytes.
 *
 * @see signalfd(2)
 */

/** Bytes of one record. */
export const SIZE = 128

/** One record taken apart; which fields mean something depends on the signal and its code. */
export interface SignalfdInfo {
  readonly signo: number
  readonly code: number
  readonly pid: number
  readonly uid: number
  /** The descriptor that something can be done with, and the events of poll(2). */
  readonly fd: number
  readonly band: number
  /** The timer of timer_create(2). */
  readonly tid: number
  readonly overrun: number
  /** Of a child: its exit code, or a signal. */
  readonly status: number
  /** What came with sigqueue(3) or a timer. */
  readonly int: number
}

const viewOf = ({ buffer, byteLength, byteOffset }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength)

/** Puts a record into 128 bytes. */
export const encode = (info: SignalfdInfo, into: Uint8Array): void => {
  into.fill(0, 0, SIZE)
  const view = viewOf(into)
  view.setUint32(0, info.signo, true)
  view.setInt32(8, info.code, true)
  view.setUint32(12, info.pid, true)
  view.setUint32(16, info.uid, true)
  view.setInt32(20, info.fd, true)
  view.setUint32(24, info.tid, true)
  view.setUint32(28, info.band, true)
  view.setUint32(32, info.overrun, true)
  view.setInt32(40, info.status, true)
  view.setInt32(44, info.int, true)
  view.setBigInt64(48, BigInt(info.int), true)
}

/** Takes a record of 128 bytes apart. */
export const decode = (bytes: Uint8Array): SignalfdInfo => {
  const view = viewOf(bytes)
  return {
    signo: view.getUint32(0, true),
    code: view.getInt32(8, true),
    pid: view.getUint32(12, true),
    uid: view.getUint32(16, true),
    fd: view.getInt32(20, true),
    band: view.getUint32(28, true),
    tid: view.getUint32(24, true),
    overrun: view.getUint32(32, true),
    status: view.getInt32(40, true),
    int: view.getInt32(44, true)
  }
}
