// Who may import whom; read by dependency-cruiser (`npm run lint:directions`).
import fs from "node:fs"

/**
 * The storeys of `packages/kernel/src`, from the ground up. A module may use its own storey and those below it. A word is
 * a module or a whole folder; a module named with its folder is taken out of that folder. A room's back office (`pipe` or
 * `pipes` for `Pipes`) stands where the room does and need not be named. What has no place in this list fails the check,
 * so a new room begins with one. Types may look up, except from `abi`.
 */
const storeys = {
  "abi": `abi`,
  "values": `
    internal memory
    Bytes CapabilitySet CoarseClock Credentials Dentry Description Entropy Errno FdTable Host Inode KernelConfig ProcessTable
    SignalSet Timestamp VfsBackend WaitQueue`,
  "backends": `backend`,
  "rooms": `
    Devices Dns Events FileSystems HostNetwork Locks Mounts Network Path Pipes Policy Polls Programs Ptys Signals Sockets
    Timers Trace Vfs VirtualNetwork Watches
    process`,
  "backends that show rooms": `backend/DevBackend backend/ProcBackend proc`,
  "system calls": `Sys sys`,
  "processes": `Processes`,
  "kernel": `Kernel`
}

/** Folders of the kernel that other packages may import from, besides its top level. */
const openFolders = ["abi", "backend"]

/** The packages, each with those of ours that it may use. */
const packages = {
  kernel: [],
  platform: ["kernel"],
  shell: ["kernel"],
  testing: ["kernel"],
  effix: ["kernel", "platform", "shell"]
}

const kernel = "packages/kernel/src"
const storeyNames = Object.keys(storeys)
const named = Object.values(storeys).join(" ").trim().split(/\s+/)
const backOffices = (room) => [room, room.replace(/s$/, ""), room.replace(/es$/, "")].map((noun) => noun.toLowerCase())
const wordsOf = (storey) => {
  const here = storeys[storey].trim().split(/\s+/)
  const rooms = here.filter((word) => /^[A-Z]/.test(word))
  return [...here, ...rooms.flatMap(backOffices).filter((folder) => !named.includes(folder))]
}
const words = storeyNames.flatMap(wordsOf)

/** `Vfs` stands for the module, `vfs` for the folder. */
const pathOf = (word) => /[A-Z]/.test(word) ? `^${kernel}/${word}[.]ts$` : `^${kernel}/${word}/`

for (const entry of fs.existsSync(kernel) ? fs.readdirSync(kernel) : []) {
  if (entry !== "index.ts" && !words.includes(entry.replace(/[.]ts$/, ""))) {
    throw new Error(`${kernel}/${entry} stands on no storey: give it a place in scripts/directions.mjs`)
  }
}

const values = { dependencyTypesNot: ["type-only"] }

const upward = storeyNames.slice(0, -1).map((storey, height) => ({
  name: `${storey}: not upward`,
  comment: `Only ${storeyNames.slice(0, height + 1).join(", ")} may be used here.`,
  severity: "error",
  from: {
    path: wordsOf(storey).map(pathOf),
    pathNot: words.filter((word) => word.includes("/") && !wordsOf(storey).includes(word)).map(pathOf)
  },
  to: { path: storeyNames.slice(height + 1).flatMap(wordsOf).map(pathOf), ...(storey === "abi" ? {} : values) }
}))

const between = Object.entries(packages).map(([name, others]) => ({
  name: `${name}: other packages`,
  comment: `Of ours, ${name} may use: ${others.join(", ") || "none"}.`,
  severity: "error",
  from: { path: `^packages/${name}/src/` },
  to: { path: "^packages/", pathNot: [name, ...others].map((each) => `^packages/${each}/`) }
}))

export default {
  forbidden: [
    ...upward,
    ...between,
    {
      name: "kernel: only effect",
      comment: "The kernel depends on `effect` and on nothing else.",
      severity: "error",
      from: { path: `^${kernel}/` },
      to: { pathNot: [`^${kernel}/`, "^node_modules/effect/"] }
    },
    {
      name: "the front door",
      comment: "Another package is imported by its name, and only what it shows.",
      severity: "error",
      from: { path: "^packages/([^/]+)/" },
      to: { path: "^packages/", pathNot: "^packages/$1/", dependencyTypes: ["local"] }
    },
    {
      name: "the kernel's back offices",
      severity: "error",
      from: { pathNot: "^packages/kernel/" },
      to: { path: `^${kernel}/[a-z]+/`, pathNot: openFolders.map((folder) => `^${kernel}/${folder}/`) }
    },
    {
      name: "node only in node",
      comment: "@effix/platform runs in a browser too, but for src/node.",
      severity: "error",
      from: { path: "^packages/platform/src/", pathNot: "^packages/platform/src/node/" },
      to: { path: ["^node_modules/@effect/platform-node", "^packages/platform/src/node/"] }
    },
    {
      name: "no host",
      comment: "Node's own modules are for the command line and for src/node of @effix/platform.",
      severity: "error",
      from: { path: "^packages/(shell|testing|platform)/src/", pathNot: "^packages/platform/src/node/" },
      to: { dependencyTypes: ["core"] }
    },
    {
      name: "declared",
      comment: "What a package imports stands in its package.json, and not under devDependencies.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/" },
      to: {
        dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown", "unknown"],
        dependencyTypesNot: ["npm-peer"] // an optional peer is both
      }
    },
    {
      name: "found",
      severity: "error",
      from: {},
      to: { couldNotResolve: true }
    },
    {
      name: "no cycle",
      comment: "A type may look back.",
      severity: "error",
      // The shell's evaluator is what its grammar is: a command holds words, and a word holds commands.
      from: { path: "^packages/", pathNot: "^packages/shell/src/shell/" },
      to: { circular: true, viaOnly: values }
    }
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: ["^packages/[^/]+/(dist|[.]tsbuildinfo)/", "^packages/.*[.]d[.]ts$", "^test/bench/"] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@effix/source", "import", "default"],
      extensions: [".ts", ".js", ".d.ts"]
    }
  }
}
