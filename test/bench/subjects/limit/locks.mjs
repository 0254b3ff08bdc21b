import { measure } from "../../Meter.mjs"
import * as Sizes from "../sizes.mjs"

/** A holder and a queue of promises. */
class Lock {
  #holder
  #waiting = []

  take(owner) {
    if (this.#holder === undefined) {
      this.#holder = owner
      return undefined
    }
    return new Promise((resolve) => this.#waiting.push({ owner, resolve }))
  }

  letGo() {
    const next = this.#waiting.shift()
    this.#holder = next?.owner
    next?.resolve()
  }
}

export const pair = () => {
  const lock = new Lock()
  const owner = {}
  return measure((count) => {
    for (let i = 0; i < count; i++) {
      lock.take(owner)
      lock.letGo()
    }
  })
}

export const handOff = async () => {
  const lock = new Lock()
  lock.take("holder")
  for (let i = 0; i < Sizes.lockWaiters; i++) {
    void (async () => {
      for (;;) {
        await lock.take(i)
        lock.letGo()
      }
    })()
  }
  const round = await measure(async (count) => {
    for (let i = 0; i < count; i++) {
      lock.letGo()
      await lock.take("holder")
    }
  })
  return round / (Sizes.lockWaiters + 1)
}
