/**
 * Looks at the packages as they would be published: packs them, has publint and attw judge the tarballs, installs them in a
 * project of its own, compiles every public module there without `skipLibCheck`, imports each of them in Node, and runs
 * the command line. Needs a build.
 */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"

interface Manifest {
  readonly name: string
  readonly exports: Record<string, unknown>
  readonly peerDependencies?: Record<string, string>
  readonly dependencies?: Record<string, string>
  readonly devDependencies?: Record<string, string>
}

const root = process.cwd()
const consumer = fs.mkdtempSync(path.join(os.tmpdir(), "effix-consumer-"))

const manifestOf = (folder: string) =>
  JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8")) as Manifest

const write = (file: string, content: string | object) =>
  fs.writeFileSync(path.join(consumer, file), typeof content === "string" ? content : JSON.stringify(content))

/** What a command prints, run in the consumer's folder; a failure is thrown. */
const run = (command: string, ...args: ReadonlyArray<string>) =>
  execFileSync(command, args, { cwd: consumer, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] })

/** The same for a judge, whose verdict is only of interest when it is bad. */
const judge = (command: string, ...args: ReadonlyArray<string>) => {
  try {
    execFileSync(command, args, { cwd: consumer, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })
  } catch (error) {
    const { stderr, stdout } = error as { stderr: string; stdout: string }
    console.error(`${path.basename(command)} ${args.join(" ")}\n${stdout}${stderr}`)
    process.exitCode = 1
  }
}

/** The names by which the modules of a package can be imported. */
const publicNames = (folder: string): Array<string> => {
  const { exports, name } = manifestOf(folder)
  const closed = Object.keys(exports).filter((door) => exports[door] === null)
  const isClosed = (door: string) =>
    closed.some((each) => each.endsWith("*") ? door.startsWith(each.slice(0, -1)) : door === each)
  const doors = fs.readdirSync(path.join(folder, "dist"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".js") && file !== "index.js")
    .map((file) => `./${file.slice(0, -3)}`)
    .filter((door) => !isClosed(door))
  return [name, ...doors.map((door) => name + door.slice(1))]
}

const install = (folders: ReadonlyArray<string>, tarballs: ReadonlyArray<string>) => {
  const manifests = folders.map(manifestOf)
  const ours = manifests.map(({ name }, index) => [name, `file:${tarballs[index]}`])
  const peers = manifests.flatMap(({ peerDependencies }) => Object.keys(peerDependencies ?? {}))
  const versions: Record<string, string> = {
    ...manifestOf(".").devDependencies,
    ...manifestOf("packages/effix").dependencies
  }
  const others = [...peers, "@types/node", "vitest"].map((name) => [name, versions[name]])
  write("package.json", { private: true, type: "module", dependencies: Object.fromEntries([...ours, ...others]) })
  run("npm", "install", "--silent", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund")
}

const compile = (names: ReadonlyArray<string>, module: string, moduleResolution: string) => {
  const imports = names.map((name, index) => `import * as m${index} from "${name}"\n`)
  write("main.ts", `${imports.join("")}export const modules = [${names.map((_, index) => `m${index}`).join(", ")}]\n`)
  write("tsconfig.json", {
    files: ["main.ts"],
    compilerOptions: {
      module,
      moduleResolution,
      target: "ES2022",
      lib: ["ES2022", "DOM", "DOM.Iterable"],
      types: ["node"],
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: false
    }
  })
  judge(path.join(root, "node_modules/.bin/tsc"), "-p", ".")
}

try {
  const folders = fs.readdirSync("packages").map((each) => path.join("packages", each))
  const tarballs = folders.map((folder) => run("npm", "pack", "--silent", path.join(root, folder)).trim())
  for (const tarball of tarballs) {
    judge(path.join(root, "scripts/node_modules/.bin/publint"), "--strict", tarball)
    judge(path.join(root, "scripts/node_modules/.bin/attw"), "--profile", "esm-only", tarball)
  }

  install(folders, tarballs)
  const names = folders.flatMap(publicNames)
  compile(names, "NodeNext", "NodeNext")
  compile(names, "ESNext", "Bundler")

  // The test kits import vitest, which runs nowhere but in its own workers.
  const loadable = names.filter((name) => !name.startsWith("@effix/testing"))
  write("main.mjs", loadable.map((name) => `await import("${name}")\n`).join(""))
  judge("node", "main.mjs")

  const greeting = run("node_modules/.bin/effix", "-c", "echo hello")
  if (greeting !== "hello\n") throw new Error(`effix -c 'echo hello' printed ${JSON.stringify(greeting)}`)
  console.log(`${tarballs.length} packages with ${names.length} public modules`)
} finally {
  fs.rmSync(consumer, { recursive: true, force: true })
}
