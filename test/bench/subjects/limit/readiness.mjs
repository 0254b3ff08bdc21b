import { measure } from "../../Meter.mjs"

/** A list of what is ready, and an object for each event that is told. */
export const epoll = () => {
  const ready = Array.from({ length: 10 }, (_, fd) => ({ fd, poll: () => 1 }))
  return measure((count) => {
    for (let i = 0; i < count; i++) {
      const found = []
      for (const { fd, poll } of ready) found.push({ events: poll() & 1, data: fd })
      if (found.length !== 10) throw new Error("not 10")
    }
  })
}

/** Two who wait for each other, with a promise for each wait. */
export const eventfd = () => {
  let wakeChild
  let wakeParent
  const child = async () => {
    for (;;) {
      await new Promise((resolve) => (wakeChild = resolve))
      wakeParent()
    }
  }
  child()
  return measure(async (count) => {
    for (let i = 0; i < count; i++) {
      await new Promise((resolve) => {
        wakeParent = resolve
        wakeChild()
      })
      await undefined
    }
  })
}
