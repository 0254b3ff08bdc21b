import { run } from "./linux.mjs"

export const connect = () => run("connect")
export const tcpRoundTrip = () => run("tcpRoundTrip")
export const unixRoundTrip = () => run("unixRoundTrip")
export const tcpBulk = () => run("tcpBulk")
export const unixBulk = () => run("unixBulk")
export const datagram = () => run("datagram")
