import { run } from "./linux.mjs"

export const epoll = () => run("epoll")
export const eventfd = () => run("eventfd")
export const timerfd = () => run("timerfd")
