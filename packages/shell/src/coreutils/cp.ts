/**
 * Copies files and directories.
 *
 * @see cp(1)
 */
import * as Copy from "../Copy.js"
import { type Given, last } from "../Options.js"
import type { Steps } from "../Steps.js"
import * as Targets from "../Targets.js"
import * as Utility from "../Utility.js"
import { choose } from "../Words.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [-T] SOURCE DEST\n[OPTION]... SOURCE... DIRECTORY\n[OPTION]... -t DIRECTORY SOURCE...",
  does: "Copy SOURCE to DEST, or multiple SOURCE(s) to DIRECTORY.",
  short: "abdfHilLnprst:uvxPRS:TZ",
  long: {
    archive: "a",
    "attributes-only": "attributes-only",
    "copy-contents": "copy-contents",
    dereference: "L",
    force: "f",
    interactive: "i",
    link: "l",
    "no-clobber": "n",
    "no-dereference": "P",
    "no-preserve=": "no-preserve",
    "no-target-directory": "T",
    "one-file-system": "x",
    parents: "parents",
    "preserve=?": "preserve",
    recursive: "R",
    "reflink=?": "reflink",
    "remove-destination": "remove-destination",
    "sparse=": "sparse",
    "strip-trailing-slashes": "strip",
    "symbolic-link": "s",
    "target-directory=": "t",
    update: "u",
    verbose: "v"
  }
}

type Preserve = { -readonly [K in keyof Copy.How["preserve"]]: boolean }

const preserved = {
  mode: "mode",
  timestamps: "timestamps",
  ownership: "ownership",
  links: "links",
  context: "context",
  xattr: "xattr",
  all: "all"
} as const

function* setPreserve(run: Utility.Run, preserve: Preserve, option: string, names: string, on: boolean): Steps<void> {
  for (const given of names.split(",")) {
    const name = yield* choose(run, option, preserved, given)
    if (name === "all") Object.assign(preserve, { mode: on, ownership: on, timestamps: on, links: on })
    else if (name !== "context" && name !== "xattr") preserve[name] = on
  }
}

type Draft = { -readonly [K in keyof Copy.How]: Copy.How[K] }

function* readOption(run: Utility.Run, how: Draft, preserve: Preserve, { hasValue, key, value }: Given): Steps<void> {
  switch (key) {
    case "a":
      how.recursive = true
      how.follow = "never"
      yield* setPreserve(run, preserve, "-a", "all", true)
      break
    case "d":
      how.follow = "never"
      preserve.links = true
      break
    case "f":
      how.force = true
      break
    case "H":
      how.follow = "operands"
      break
    case "i":
      how.clobber = "ask"
      break
    case "l":
      how.make = "hard-link"
      break
    case "L":
      how.follow = "always"
      break
    case "n":
      how.clobber = "no"
      break
    case "P":
      how.follow = "never"
      break
    case "p":
      yield* setPreserve(run, preserve, "-p", "mode,ownership,timestamps", true)
      break
    case "preserve":
    case "no-preserve":
      yield* setPreserve(run, preserve, `--${key}`, hasValue ? value : "mode,ownership,timestamps", key === "preserve")
      break
    case "r":
    case "R":
      how.recursive = true
      break
    case "remove-destination":
      how.removeFirst = true
      break
    case "s":
      how.make = "symbolic-link"
      break
    case "u":
      how.update = true
      break
    case "v":
      how.verbose = true
      break
    case "attributes-only":
      how.attributesOnly = true
      break
  }
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const preserve: Preserve = { mode: false, ownership: false, timestamps: false, links: false }
  const how: Draft = {
    recursive: false,
    follow: "always",
    preserve,
    clobber: "yes",
    force: false,
    removeFirst: false,
    update: false,
    verbose: false,
    make: "copy",
    attributesOnly: false,
    umask: yield* Copy.umask(run)
  }
  // -r alone copies links as links; -L, -H and -P say otherwise.
  const followed = options.some(({ key }) => "HLPad".includes(key))
  for (const option of options) yield* readOption(run, how, preserve, option)
  if (!followed && how.recursive) how.follow = "never"
  const strip = options.some(({ key }) => key === "strip")
  const pairs = yield* Targets.resolve(run, strip ? operands.map((path) => path.replace(/(.)\/+$/, "$1")) : operands, {
    directory: last(options, "t")?.value,
    exact: options.some(({ key }) => key === "T")
  })
  const copier = new Copy.Copier(run, how)
  for (const pair of pairs) {
    yield* copier.copy(pair)
    yield* run.out.ready()
  }
})
