#!/usr/bin/env node
/**
 * The command `effix`.
 */
import { readFileSync } from "node:fs"
import { type Asked, help, parse, UsageError } from "./cli/arguments.js"
import { complain } from "./cli/complain.js"
import { HUNG_UP, MISUSED } from "./cli/statuses.js"

const version = (): string => {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"))
  return manifest.version
}

const asked = (): Asked | undefined => {
  try {
    return parse(process.argv.slice(2), process.stdin.isTTY && process.stdout.isTTY)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    complain(error.message)
    return undefined
  }
}

/** A reader of our output that has gone is no reason for a stack trace; whoever writes is told. */
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {})

const what = asked()
if (what === undefined) process.exitCode = MISUSED
else if (what._tag === "Help") process.stdout.write(help)
else if (what._tag === "Version") process.stdout.write(`effix ${version()}\n`)
else {
  // Loaded only now: what needs no kernel should not wait for one.
  const { run } = await import("./cli/run.js")
  const status = await run(what)
  // Ended as it was asked to. By way of `exit`, node would stumble over a terminal that is gone, and dump core.
  if (status === HUNG_UP) process.kill(process.pid, "SIGHUP")
  else process.exit(status)
}
