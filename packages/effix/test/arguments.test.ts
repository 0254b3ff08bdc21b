import { describe, expect, it } from "vitest"
import { parse, UsageError } from "../src/cli/arguments.js"

const refusal = (...args: ReadonlyArray<string>): string => {
  try {
    parse(args, false)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  return "accepted"
}

describe("The command line", () => {
  it("is interactive on a terminal, and a script on standard input elsewhere", () => {
    expect(parse([], true)).toMatchObject({ source: { _tag: "Interactive" } })
    expect(parse([], false)).toMatchObject({ source: { _tag: "Input" } })
  })

  it("takes a script with its name and arguments, which may look like options", () => {
    expect(parse(["-c", "echo $1", "name", "--mount", "-x"], false)).toMatchObject({
      source: { _tag: "Text", script: "echo $1" },
      argv: ["name", "--mount", "-x"]
    })
  })

  it("takes a file with arguments, behind options", () => {
    expect(parse(["--cwd", "/tmp", "x.sh", "--help"], true)).toMatchObject({
      source: { _tag: "File", file: "x.sh" },
      argv: ["x.sh", "--help"],
      cwd: "/tmp"
    })
    expect(parse(["--", "-x.sh"], true)).toMatchObject({ source: { _tag: "File", file: "-x.sh" } })
  })

  it("takes any number of mounts and variables", () => {
    expect(parse(["--mount", ".:/a:ro", "--mount=/x:y:/b", "--env", "A=1=2", "--env", "B="], false)).toMatchObject({
      mounts: [{ host: ".", path: "/a", readOnly: true }, { host: "/x:y", path: "/b", readOnly: false }],
      env: { A: "1=2", B: "" }
    })
  })

  it.each([["2", 2000], ["1.5s", 1500], ["20ms", 20], ["2m", 120_000], ["1h", 3_600_000]])(
    "reads the duration %s",
    (text, timeout) => expect(parse(["--timeout", text], false)).toMatchObject({ timeout })
  )

  it.each([
    [["--bogus"], "unknown option --bogus; --help lists the options"],
    [["-x"], "unknown option -x; --help lists the options"],
    [["--cwd"], "--cwd needs a value; --help lists the options"],
    [["-c"], "-c needs a value; --help lists the options"],
    [["--strace=yes"], "--strace takes no value; --help lists the options"],
    [["--mount", "here"], "--mount here: not of the form HOST:PATH[:ro] with an absolute PATH, such as .:/work:ro"],
    [["--mount", ".:x"], "--mount .:x: not of the form HOST:PATH[:ro] with an absolute PATH, such as .:/work:ro"],
    [["--mount", ".:/"], "--mount .:/: the root cannot be covered; mount below it, such as .:/work"],
    [["--env", "NAME"], "--env NAME: not of the form NAME=VALUE"],
    [["--timeout", "soon"], "--timeout soon: not a duration; write one like 500ms, 10s, 2m or 1h"]
  ])("refuses %j", (args, complaint) => expect(refusal(...args)).toBe(complaint))
})
