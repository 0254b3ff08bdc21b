/** Has the kernel of this machine answer sessions, where there is one that can. */
import { spawnSync } from "node:child_process"
import fs from "node:fs"
import { fileURLToPath } from "node:url"
import type { Answer, Step } from "./replay.js"

const script = fileURLToPath(new URL("record.py", import.meta.url))

/** Whether there is a Linux with Python here. */
export const canRecord = process.platform === "linux" && fs.existsSync("/dev/ptmx") &&
  spawnSync("python3", ["-c", "import os, termios; os.close(os.openpty()[0])"]).status === 0

/** The answers to each session; every step is given `settle` milliseconds. */
export const record = (
  sessions: ReadonlyArray<ReadonlyArray<Step>>,
  settle: number
): ReadonlyArray<ReadonlyArray<Answer> | null> => {
  const { status, stderr, stdout } = spawnSync("python3", [script, String(settle)], {
    input: JSON.stringify(sessions),
    maxBuffer: 1 << 28,
    encoding: "utf8"
  })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}
