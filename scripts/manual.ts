/**
 * Writes the manual of the system calls, `docs/calls`: a page for each family, from the interfaces in
 * `packages/kernel/src/sys/contract`. Signature, words, flags and errnos are those of the types; where Effix differs stands
 * in `docs/deviations*.md`, and which errno is shown against Linux in `test/conformance/directed.ts`.
 *
 * `--check` writes nothing and fails when a page is out of date.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import ts from "typescript"

const root = path.resolve(import.meta.dirname, "..")

type ByErrno = Readonly<Partial<Record<string, unknown>>>
type ByCall = Readonly<Partial<Record<string, ByErrno>>>

/** What a module of another project exports: tables of plain data. */
const tables = async <A>(file: string): Promise<A> => await import(pathToFileURL(path.join(root, file)).href)

const { errnoTable } = await tables<{ readonly errnoTable: Readonly<Record<string, readonly [number, string]>> }>(
  "packages/kernel/src/abi/ErrnoTable.ts"
)
const { directed } = await tables<{ readonly directed: ByCall }>("test/conformance/directed.ts")
const { everywhere, impossible } = await tables<{ readonly everywhere: ByErrno; readonly impossible: ByCall }>(
  "test/conformance/impossible.ts"
)
const contract = path.join(root, "packages/kernel/src/sys/contract")
const target = path.join(root, "docs/calls")

interface Call {
  readonly name: string
  readonly signature: string
  readonly words: string
  readonly pages: ReadonlyArray<string>
  readonly errnos: ReadonlyArray<string>
}

interface Family {
  readonly name: string
  readonly words: string
  readonly calls: ReadonlyArray<Call>
}

const config = ts.readConfigFile(path.join(root, "packages/kernel/tsconfig.json"), ts.sys.readFile)
const base = ts.parseJsonConfigFileContent(config.config, ts.sys, path.join(root, "packages/kernel"))
const files = fs.readdirSync(contract).filter((file) => file.endsWith(".ts")).sort()
const program = ts.createProgram(
  [...files.map((file) => path.join(contract, file)), path.join(root, "packages/kernel/src/internal/globals.d.ts")],
  { ...base.options, noEmit: true, composite: false, incremental: false, customConditions: ["@effix/source"] }
)
const checker = program.getTypeChecker()

/** On one line, without comments. */
const flat = (node: ts.Node): string =>
  node.getText().replace(/\/\*[^]*?\*\//g, "").replace(/\s+/g, " ").replace(/([([]) /g, "$1").replace(
    /,? ([)\]])/g,
    "$1"
  )
    .replace(/^\| /, "")

/** The names of the errnos in the error type of an effect. */
const errnosOf = (effect: ts.Type): ReadonlyArray<string> => {
  const error = checker.getTypeArguments(effect as ts.TypeReference)[1]
  if (error === undefined) throw new Error(`no effect: ${checker.typeToString(effect)}`)
  const members = error.isUnion() ? error.types : (error.flags & ts.TypeFlags.Never) === 0 ? [error] : []
  return members.map((member) => {
    const tag = member.getProperty("_tag")
    const code = tag === undefined ? undefined : checker.getTypeOfSymbol(tag)
    if (code === undefined || !code.isStringLiteral()) throw new Error(`no errno: ${checker.typeToString(member)}`)
    return code.value
  }).sort()
}

const wordsOf = (node: ts.Node): { readonly words: string; readonly pages: ReadonlyArray<string> } => {
  const docs = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc)
  const words = docs.map((doc) => ts.getTextOfJSDocComment(doc.comment) ?? "").join("\n\n").replace(
    /[ \t]*\n(?!\n)/g,
    " "
  )
  // The parser takes the page for a reference and its section for the rest.
  const pages = docs.flatMap((doc) =>
    Array.from(doc.getText().matchAll(/@see ([\w.]+\(\d\w*\)[^@*\n]*)/g), (match) => match[1]!.trim())
  )
  return { words: words.trim(), pages }
}

/** One way to write a call: its arguments with their types, and what it answers. */
const written = (name: string, way: ts.FunctionTypeNode | ts.CallSignatureDeclaration): string => {
  const answer = way.type !== undefined && ts.isTypeReferenceNode(way.type) ? way.type.typeArguments?.[0] : undefined
  if (answer === undefined) throw new Error(`${name} answers no effect`)
  const generics = way.typeParameters === undefined ? "" : `<${way.typeParameters.map(flat).join(", ")}>`
  return `${name}${generics}(${way.parameters.map(flat).join(", ")}): ${flat(answer)}`
}

/** The ways in which a call can be written: one, or those of an interface that says what it takes. */
const waysOf = (type: ts.TypeNode | undefined): ReadonlyArray<ts.FunctionTypeNode | ts.CallSignatureDeclaration> => {
  if (type === undefined) return []
  if (ts.isFunctionTypeNode(type)) return [type]
  const declarations = checker.getTypeFromTypeNode(type).getSymbol()?.declarations ?? []
  return declarations.flatMap((each) =>
    ts.isInterfaceDeclaration(each) ? each.members.filter(ts.isCallSignatureDeclaration) : []
  )
}

const callOf = (member: ts.PropertySignature): Call => {
  const name = member.name.getText()
  const ways = waysOf(member.type)
  if (ways.length === 0) throw new Error(`${name} is no function`)
  const said = [
    wordsOf(member),
    ...ways.flatMap((way) => ts.isFunctionTypeNode(way) ? [] : [wordsOf(way), wordsOf(way.parent)])
  ]
  return {
    name,
    signature: ways.map((way) => written(name, way)).join("\n"),
    words: said.map(({ words }) => words).filter((words, i, all) => words !== "" && all.indexOf(words) === i).join(
      "\n\n"
    ),
    pages: [...new Set(said.flatMap(({ pages }) => pages))],
    errnos: [...new Set(ways.flatMap((way) => errnosOf(checker.getTypeFromTypeNode(way.type!))))].sort()
  }
}

const familyOf = (file: string): Family | undefined => {
  const source = program.getSourceFile(path.join(contract, file))!
  const calls = source.statements.flatMap((statement) =>
    ts.isInterfaceDeclaration(statement) && statement.name.text.endsWith("Calls")
      ? statement.members.filter(ts.isPropertySignature).map(callOf)
      : []
  )
  const head = /^\/\*\*\n((?: \*.*\n)+?) \*\//.exec(source.text)?.[1] ?? ""
  const words = head.replace(/^ \* ?/gm, "").replace(/^@.*$/gm, "").trim().replace(/\n(?!\n)/g, " ")
  return calls.length === 0 ? undefined : { name: file.slice(0, -3), words, calls }
}

/** The rows of the tables of deviations, by the calls that they name. */
const deviations = fs.readdirSync(path.join(root, "docs")).filter((file) => /^deviations.*\.md$/.test(file)).sort()
  .flatMap((file) =>
    fs.readFileSync(path.join(root, "docs", file), "utf8").split("\n").filter((line) => line.startsWith("| ")).map((
      line
    ) => ({ file, cells: line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim()) }))
  ).filter(({ cells }) => cells.length >= 4)

const mentions = (cell: string, call: Call): boolean => {
  const names = [call.name, ...call.pages.map((page) => page.replace(/\(.*/, ""))]
  return Array.from(cell.matchAll(/`([\w]+)`/g), (match) => match[1]!).some((name) => names.includes(name))
}

const differencesOf = (call: Call): string =>
  deviations.filter(({ cells }) => mentions(cells[0]!, call)).map(({ cells: [where, linux, effix], file }) =>
    `- ${where}: Linux: ${linux}; Effix: ${effix}. [More](../${file})\n`
  ).join("")

/** The names under which the tables of errnos have a call. */
const tableNames: Readonly<Record<string, string>> = {
  pipe: "pipe2",
  renameat2: "rename",
  unlinkat: "unlink",
  linkat: "link"
}

const lookedUp = (table: ByCall, call: Call, errno: string): unknown =>
  table[call.name]?.[errno] ?? table[tableNames[call.name] ?? ""]?.[errno]

const shownBy = (call: Call, errno: string): string => {
  if (lookedUp(directed, call, errno) !== undefined) return "[errnos.test.ts](../../test/conformance/errnos.test.ts)"
  const reason = lookedUp(impossible, call, errno) ?? everywhere[errno]
  return reason === undefined ? "" : `not reached: ${String(reason)}`
}

const errnosTable = (call: Call): string =>
  call.errnos.length === 0 ? "It cannot fail.\n" : [
    "| errno | says | shown |",
    "| --- | --- | --- |",
    ...call.errnos.map((errno) => `| ${errno} | ${errnoTable[errno]![1]} | ${shownBy(call, errno)} |`),
    ""
  ].join("\n")

const section = (call: Call): string => {
  const differences = differencesOf(call)
  return [
    `## ${call.name}`,
    `\`\`\`text\n${call.signature}\n\`\`\``,
    ...(call.words === "" ? [] : [call.words]),
    ...(call.pages.length === 0 ? [] : [`See ${call.pages.join(", ")}.`]),
    ...(differences === "" ? [] : [`What differs:\n\n${differences.trimEnd()}`]),
    errnosTable(call).trimEnd()
  ].join("\n\n")
}

const mark = "<!-- Generated by scripts/manual.ts: edit the interfaces of sys/contract, not this page. -->"

const page = ({ calls, name, words }: Family): string =>
  `${mark}\n\n# Calls: ${name}\n\n${words}\n\n${calls.map(section).join("\n\n")}\n`

const contents = (families: ReadonlyArray<Family>): string => {
  const count = families.reduce((sum, { calls }) => sum + calls.length, 0)
  const rows = families.map(({ calls, name, words }) => {
    const links = calls.map((call) => `[${call.name}](${name}.md#${call.name.toLowerCase()})`)
    return `## [${name}](${name}.md)\n\n${words}\n\n${links.join(", ")}`
  })
  return `${mark}\n\n# The system calls\n\n${count} calls of \`Sys\`, by family: how each is called, what it may answer, and ` +
    `where it differs from Linux.\n\n${rows.join("\n\n")}\n`
}

const families = files.flatMap((file) => familyOf(file) ?? [])
const pages = new Map([
  ["README.md", contents(families)],
  ...families.map((family) => [`${family.name}.md`, page(family)] as const)
])

const check = process.argv.includes("--check")
const stale: Array<string> = []
fs.mkdirSync(target, { recursive: true })
for (const [file, text] of pages) {
  const whole = path.join(target, file)
  if (fs.existsSync(whole) && fs.readFileSync(whole, "utf8") === text) continue
  stale.push(file)
  if (!check) fs.writeFileSync(whole, text)
}
for (const file of fs.readdirSync(target)) {
  if (pages.has(file)) continue
  stale.push(file)
  if (!check) fs.rmSync(path.join(target, file))
}
if (stale.length > 0) {
  console.log(`${check ? "out of date" : "wrote"}: ${stale.map((file) => `docs/calls/${file}`).join(", ")}`)
}
if (check && stale.length > 0) {
  console.log("run: npm run manual")
  process.exitCode = 1
}
