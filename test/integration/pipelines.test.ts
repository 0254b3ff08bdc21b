/** Pipelines over a tree of the host, byte for byte against the host's own shell and tools. */
import { afterAll, beforeAll, expect, it } from "@effect/vitest"
import * as Kernel from "@effix/kernel/Kernel"
import * as HostDirectory from "@effix/platform/node/NodeHostDirectory"
import * as Effect from "effect/Effect"
import * as Effix from "effix/Effix"
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"

const pipelines = [
  "find packages -name '*.ts' | xargs cat | sort | uniq -c | sort -rn | head",
  "find . -type f | sort",
  "find . ; find packages -name '*.ts' | xargs cat | tail -n 3",
  "find . -type d | wc -l",
  "find . -name '*.ts' -size +8k | sort | xargs wc -l",
  "find packages -name '*.ts' | sort | xargs grep -c import | sort -t: -k2,2nr -k1,1 | head -n 20",
  "cat packages/kernel/src/*.ts | tr -cs 'A-Za-z' '\\n' | tr A-Z a-z | sort | uniq -c | sort -k1,1nr -k2 | head -n 30",
  "grep -rn 'yield\\*' packages/kernel/src | sort | cut -d: -f1 | uniq -c",
  "grep -rlE '^export (const|class)' packages | sort | while read -r f; do echo \"${f##*/} $(wc -l < \"$f\")\"; done",
  "for d in packages/*/src/*/; do echo \"$d $(ls \"$d\" | wc -l)\"; done",
  "ls -R packages | head -n 200",
  "find packages -name '*.ts' | sort | head -n 40 | xargs -n 4 echo | tail -n 5",
  "sort -u packages/kernel/src/Errno.ts | tee /dev/null | tail -n +3 | wc -c; echo $?",
  "cat nothing packages/kernel/src/Bytes.ts 2>&1 | head -n 3; cd packages && pwd | tail -c 9"
]

const repository = fileURLToPath(new URL("../../", import.meta.url))

/** A copy of some sources, which nobody edits meanwhile. */
let directory = ""

beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "effix-tree-"))
  for (const each of ["packages/kernel/src", "packages/shell/src"]) {
    fs.cpSync(path.join(repository, each), path.join(directory, each), { recursive: true })
  }
  fs.symlinkSync("packages/kernel", path.join(directory, "link"))
})

afterAll(() => fs.rmSync(directory, { recursive: true }))

it.live.each(pipelines)("%s", (pipeline) =>
  Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    yield* kernel.mount("/tree", yield* HostDirectory.make(directory, { readOnly: true }), { readOnly: true })
    const ours = yield* kernel.exec(pipeline, { cwd: "/tree", timeout: "60 seconds" })
    const theirs = spawnSync("/bin/sh", ["-c", pipeline], {
      cwd: directory,
      env: { PATH: process.env.PATH, LC_ALL: "C" }
    })
    expect(ours.stderrText).toBe(theirs.stderr.toString())
    expect(ours.stdoutText).toBe(theirs.stdout.toString())
    expect(ours.exitCode).toBe(theirs.status)
  }).pipe(Effect.provide(Kernel.layerWith({ drivers: Effix.layer }))), 60_000)
