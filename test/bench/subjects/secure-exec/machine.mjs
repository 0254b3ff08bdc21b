/** A kernel with one driver, whose only command runs nothing and ends when it is told to, or at once. */
import { createInMemoryFileSystem, createKernel } from "@secure-exec/core"

class Running {
  onStdout = null
  onStderr = null
  onExit = null
  #resolve
  #ended = new Promise((resolve) => {
    this.#resolve = resolve
  })

  end(code) {
    this.#resolve(code)
    this.onExit?.(code)
  }

  kill(signal) {
    this.end(128 + signal)
  }

  wait() {
    return this.#ended
  }

  writeStdin() {}
  closeStdin() {}
}

export const bootOne = async (options = {}) => {
  const kernel = createKernel({ filesystem: createInMemoryFileSystem(), ...options })
  let inside
  await kernel.mount({
    name: "bench",
    commands: ["stay", "nothing"],
    init: async (given) => {
      inside = given
    },
    spawn: (command) => {
      const running = new Running()
      if (command === "nothing") queueMicrotask(() => running.end(0))
      return running
    },
    dispose: async () => {}
  })
  return { kernel, inside }
}

/** The kernel as drivers see it, and a process to call for. */
export const machine = async () => {
  const { inside, kernel } = await bootOne()
  const { pid } = inside.spawn("stay", [], {})
  return { inside, kernel, pid, vfs: inside.vfs }
}
