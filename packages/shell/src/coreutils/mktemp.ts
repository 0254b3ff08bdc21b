/**
 * Makes a file or directory with a name of its own.
 *
 * @see mktemp(1)
 */
import { O_CREAT, O_EXCL, O_RDWR } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import * as Directory from "../Directory.js"
import * as Options from "../Options.js"
import * as Quote from "../Quote.js"
import { attempt } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [TEMPLATE]",
  does: "Create a temporary file or directory, safely, and print its name.",
  short: "dp:qtuV",
  long: { directory: "d", "dry-run": "u", quiet: "q", "suffix=": "suffix", "tmpdir=?": "p" }
}

const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  const option = (wanted: string): string | undefined => Options.last(options, wanted)?.value
  if (operands.length > 1) return yield* run.misuse("too many templates")
  let template = operands[0] ?? "tmp.XXXXXXXXXX"
  const { TMPDIR } = yield* run.sys.environ()
  const given = option("suffix")
  if (given !== undefined && !template.endsWith("X")) {
    return yield* run.die(`with --suffix, template ${Quote.value(template)} must end in X`)
  }
  const last = template.lastIndexOf("X")
  const suffix = given ?? template.slice(last + 1)
  if (suffix.includes("/")) return yield* run.die(`invalid suffix ${Quote.value(suffix)}, contains directory separator`)
  template = last < 0 ? template : template.slice(0, last + 1)
  const count = /X*$/.exec(template)![0].length
  if (count < 3) return yield* run.die(`too few X's in template ${Quote.value(operands[0] ?? template)}`)
  if (operands[0] === undefined || has("p") || has("t")) {
    if (template.startsWith("/") && operands[0] !== undefined) {
      return yield* run.die(`invalid template, ${Quote.value(operands[0])}; with --tmpdir, it may not be absolute`)
    }
    if (has("t") && template.includes("/")) {
      return yield* run.die(`invalid template, ${Quote.value(template)}, contains directory separator`)
    }
    const directory = has("t") ? TMPDIR || option("p") || "/tmp" : option("p") || TMPDIR || "/tmp"
    template = Directory.join(directory, template)
  }
  const what = has("d") ? "directory" : "file"
  const chance = new Uint8Array(count)
  for (let tries = 0; tries < 1000; tries++) {
    yield* run.sys.getrandom(chance)
    const path = template.slice(0, -count) + [...chance].map((byte) => alphabet[byte % alphabet.length]).join("") +
      suffix
    if (has("u")) {
      run.out.line(path)
      return
    }
    const made = yield* has("d")
      ? attempt(run.sys.mkdir(path, 0o700))
      : attempt(run.sys.open(path, O_RDWR | O_CREAT | O_EXCL, 0o600))
    if (!Errno.isErrno(made)) {
      if (typeof made === "number") yield* attempt(run.sys.close(made))
      run.out.line(path)
      return
    }
    if (made._tag !== "EEXIST") {
      run.status = 1
      if (!has("q")) yield* run.failDoing(`failed to create ${what} via template`, template + suffix, made)
      return
    }
  }
  return 1
})
