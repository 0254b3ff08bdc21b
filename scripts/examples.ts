/**
 * Compiles and runs every TypeScript example: the ```` ```ts ```` blocks in the comments of every package's `src`,
 * in the READMEs and in `docs`. Each is a module of its own, against the sources. A block marked `ts no-run` is only compiled.
 * With names of files as arguments only those are looked at.
 */
import { build } from "esbuild"
import { execFile, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { type CodeBlock, codeBlocks, mismatch } from "./code-blocks.js"

const folder = ".examples"
const bundled = path.join(folder, "bundled")
const timeLimit = 30_000

const packages = fs.readdirSync("packages").map((name) => `packages/${name}`)
const filesUnder = (top: string, ending: string) =>
  fs.existsSync(top)
    ? fs.readdirSync(top, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(ending))
      .map((file) => path.join(top, file))
      .sort()
    : []

const asked = process.argv.slice(2)
const sources = asked.length > 0 ? asked : [
  "README.md",
  ...filesUnder("docs", ".md"),
  ...packages.map((each) => `${each}/README.md`).filter((file) => fs.existsSync(file)),
  ...packages.flatMap((each) => filesUnder(`${each}/src`, ".ts"))
]
const blocks = sources.flatMap(codeBlocks).filter((block) => block.language === "ts")

const moduleOf = (block: CodeBlock) => path.join(folder, `${block.file}.line-${block.line}.ts`)

fs.rmSync(folder, { recursive: true, force: true })
for (const block of blocks) {
  const file = moduleOf(block)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  // Pushed down, so that a message names the line of the file that the example stands in.
  fs.writeFileSync(file, "\n".repeat(block.line - 1) + block.code)
}

const compile = () => {
  const config = {
    extends: "../tsconfig.base.json",
    include: ["**/*.ts"],
    exclude: ["bundled"],
    references: packages.map((each) => ({ path: `../${each}/tsconfig.src.json` })),
    compilerOptions: {
      lib: ["ES2022", "DOM"],
      types: ["node"],
      noEmit: true,
      emitDeclarationOnly: false,
      composite: false,
      incremental: false,
      declaration: false,
      declarationMap: false,
      noUnusedLocals: false
    }
  }
  fs.writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify(config))
  return spawnSync("npx", ["tsc", "-b", folder], { stdio: "inherit" }).status === 0
}

/** What they share is put together once for all of them, rather than read from hundreds of files by each. */
const bundle = (modules: Array<string>) =>
  build({
    entryPoints: modules,
    outdir: bundled,
    outbase: ".",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    conditions: ["@effix/source"],
    banner: { js: "import { createRequire } from \"node:module\"; const require = createRequire(import.meta.url)" },
    outExtension: { ".js": ".mjs" },
    logLevel: "warning"
  })

const run = (block: CodeBlock) =>
  new Promise<string | undefined>((resolve) => {
    const module = path.join(bundled, moduleOf(block).replace(/\.ts$/, ".mjs"))
    const child = execFile(process.execPath, [module], { timeout: timeLimit }, (error, stdout, stderr) => {
      if (error === null) return resolve(mismatch(block, stdout))
      resolve(`${error.killed ? "it took too long" : "it failed"}\n${stdout}${stderr}`)
    })
    child.stdin?.end()
  })

const problems: Array<string> = []
const waiting = blocks.filter((block) => !block.tags.includes("no-run"))
const compiled = blocks.length === 0 || compile()
const runs = compiled ? waiting.length : 0
if (compiled) await bundle(waiting.map(moduleOf))

const worker = async () => {
  for (let block = waiting.shift(); block !== undefined; block = waiting.shift()) {
    const problem = await run(block)
    if (problem !== undefined) problems.push(`${block.file}:${block.line}: ${problem}\n`)
  }
}
if (compiled) await Promise.all(Array.from({ length: os.availableParallelism() }, worker))

for (const problem of problems) console.error(problem)
console.log(`${blocks.length} examples, ${runs} of them run, ${problems.length} failed`)
process.exitCode = compiled && problems.length === 0 ? 0 : 1
