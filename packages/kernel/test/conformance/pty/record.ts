/** Has the kernel of this machine answer sessions, where there is one that can. */
import { spawn, spawnSync } from "node:child_process"
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
): Promise<ReadonlyArray<ReadonlyArray<Answer> | null>> =>
  new Promise((resolve, reject) => {
    const python = spawn("python3", [script, String(settle)], { stdio: ["pipe", "pipe", "inherit"] })
    const answers: Array<string> = []
    python.stdout.setEncoding("utf8").on("data", (piece: string) => answers.push(piece))
    python.on("error", reject)
    python.on("close", (code) => code === 0 ? resolve(JSON.parse(answers.join(""))) : reject(new Error(`exit ${code}`)))
    python.stdin.end(JSON.stringify(sessions))
  })
