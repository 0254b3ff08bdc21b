/** Every socket that a descriptor or a listener holds, in the order in which they came: a list through the sockets. */
import type { Socket } from "./Socket.js"

export class SocketList {
  private first: Socket | undefined = undefined
  private last: Socket | undefined = undefined

  add(socket: Socket): void {
    socket.listed = true
    socket.previous = this.last
    if (this.last === undefined) this.first = socket
    else this.last.next = socket
    this.last = socket
  }

  remove(socket: Socket): void {
    if (!socket.listed) return
    const { next, previous } = socket
    if (previous === undefined) this.first = next
    else previous.next = next
    if (next === undefined) this.last = previous
    else next.previous = previous
    socket.listed = false
    socket.next = socket.previous = undefined
  }

  *[Symbol.iterator](): Generator<Socket> {
    for (let socket = this.first; socket !== undefined; socket = socket.next) yield socket
  }
}
