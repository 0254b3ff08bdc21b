/** ss and netstat, compared with the host's, which are shown the files that ours read. */
import { assert, describe, it } from "@effect/vitest"
import { Kernel, Programs, Socket as Abi, Sys } from "@effix/kernel"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Coreutils from "../../src/Coreutils.js"
import * as Shell from "../../src/Shell.js"

const at = (address: string, port: number) =>
  ({ family: address.includes(":") ? "inet6" : "inet", address, port }) as const

/** Sockets of every kind, in every state that they can have here. */
const keeper: Programs.Main = () =>
  Effect.gen(function*() {
    const sys = yield* Sys.Sys
    // The host's netstat knows no socket by a number of one digit.
    for (let i = 0; i < 10; i++) yield* sys.close(yield* sys.socket(Abi.AF_UNIX, Abi.SOCK_STREAM))
    const listening = (family: number, address: ReturnType<typeof at>) =>
      Effect.gen(function*() {
        const fd = yield* sys.socket(family, Abi.SOCK_STREAM)
        yield* sys.bind(fd, address)
        yield* sys.listen(fd, 5)
        return fd
      })
    yield* listening(Abi.AF_INET, at("127.0.0.1", 8080))
    yield* listening(Abi.AF_INET, at("0.0.0.0", 22))
    yield* listening(Abi.AF_INET6, at("::", 443))
    yield* listening(Abi.AF_INET6, at("::1", 25))
    for (const [family, to] of [[Abi.AF_INET, at("127.0.0.1", 8080)], [Abi.AF_INET6, at("::1", 25)]] as const) {
      const client = yield* sys.socket(family, Abi.SOCK_STREAM)
      yield* sys.connect(client, to)
      yield* sys.write(client, new Uint8Array(100))
    }
    const mapped = yield* sys.socket(Abi.AF_INET6, Abi.SOCK_STREAM)
    yield* sys.connect(mapped, at("::ffff:127.0.0.1", 443))
    const datagrams = yield* sys.socket(Abi.AF_INET, Abi.SOCK_DGRAM)
    yield* sys.bind(datagrams, at("0.0.0.0", 53))
    const sender = yield* sys.socket(Abi.AF_INET, Abi.SOCK_DGRAM)
    yield* sys.connect(sender, at("127.0.0.1", 53))
    yield* sys.write(sender, new Uint8Array(5))
    const long = yield* sys.socket(Abi.AF_INET6, Abi.SOCK_DGRAM)
    yield* sys.bind(long, at("::1", 65_535))
    const unix = yield* sys.socket(Abi.AF_UNIX, Abi.SOCK_STREAM)
    yield* sys.bind(unix, { family: "unix", path: "/tmp/listens" })
    yield* sys.listen(unix, 1)
    for (const type of [Abi.SOCK_STREAM, Abi.SOCK_DGRAM, Abi.SOCK_SEQPACKET]) {
      yield* sys.socketpair(Abi.AF_UNIX, type)
      const alone = yield* sys.socket(Abi.AF_UNIX, type)
      yield* sys.bind(alone, { family: "unix", abstract: `name-${type}` })
    }
    // Two hold the same.
    yield* sys.dup(unix)
    yield* sys.spawn("/bin/sleep", { argv: ["sleep", "1000"] })
    yield* sys.write(1, new TextEncoder().encode("ready\n"))
    yield* sys.pause()
    return 0
  })

const drivers = Layer.mergeAll(
  Shell.layer,
  Coreutils.layer,
  Layer.scopedDiscard(Effect.flatMap(Programs.Programs, (programs) => programs.register("keeper", keeper)))
)

const calls = [
  ...["", "-a", "-l", "-n"].flatMap((how) =>
    ["", "-t", "-u", "-x", "-tu", "-tx", "-ux", "-tux", "-4", "-6", "-t4"].map((what) => `ss -n ${how} ${what}`)
  ),
  "ss -tlnp",
  "ss -xanp",
  "ss -Htan",
  "ss -Htun",
  "ss -Hxan",
  "ss --tcp --all --numeric --no-header",
  ...["", "-a", "-l"].flatMap((how) =>
    ["", "-t", "-u", "-x", "-tu", "-tx", "-tux", "-4", "-6", "-t4", "-w"].map((what) => `netstat -n ${how} ${what}`)
  ),
  "netstat -tulpn",
  "netstat -xanp",
  "netstat -anW",
  "netstat --tcp --all --numeric --programs",
  // Names of ports and addresses are those of the host's files.
  "ss -a",
  "ss -ltu",
  "netstat",
  "netstat -a",
  "netstat -i",
  "netstat -r",
  "netstat -rn"
]

/** Copies what is asked of `/proc` out of the kernel, as a script that makes it anew. */
const copying = `
for each in tcp tcp6 udp udp6 raw raw6 unix dev route; do
  echo "cat > net/$each <<'END'"; cat /proc/net/$each; echo END
done
for dir in /proc/[0-9]*; do
  pid=\${dir##*/}
  [ -d $dir/fd ] || continue
  echo "mkdir -p $pid/fd"
  echo "printf '$(tr '\\0' '|' < $dir/cmdline | sed 's/|/\\\\0/g')' > $pid/cmdline"
  echo "cat > $pid/stat <<'END'"; cat $dir/stat; echo END
  for fd in $dir/fd/*; do echo "ln -s '$(readlink $fd)' $pid/fd/\${fd##*/}"; done
done`

/** In which order a directory tells who holds a socket is nobody's business. */
const sorted = (text: string): string =>
  text.replace(/users:\((.*)\)/g, (_, all: string) => `users:(${all.split(/(?<=\)),/).sort().join(",")})`)

/** Runs a command of the host to whom \`root\` is \`/proc\`. */
const onHost = (root: string, command: string): string => {
  const isNetstat = command.startsWith("netstat")
  const script = isNetstat ? `ifconfig lo up && mount --bind ${root} /proc && exec ${command}` : `exec ${command}`
  const argv = isNetstat ? ["unshare", "-mn", "sh", "-c", script] : ["sh", "-c", script]
  const { stderr, stdout } = spawnSync(argv[0]!, argv.slice(1), {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], LC_ALL: "C", PROC_ROOT: root }
  })
  return stdout + stderr
}

const missing = (): string | undefined => {
  for (const name of ["ss", "netstat"]) {
    if (spawnSync(name, ["--version"]).error !== undefined) return `needs ${name}`
  }
  return spawnSync("unshare", ["-mn", "true"]).status === 0 ? undefined : "needs the right to make namespaces"
}

const hostFiles = (): Readonly<Record<string, Uint8Array>> =>
  Object.fromEntries(
    ["/etc/services", "/etc/hosts"].filter((name) => fs.existsSync(name)).map((name) => [name, fs.readFileSync(name)])
  )

describe("what lists sockets", () => {
  it.live(
    `prints what the host's does of the same /proc, in ${calls.length} ways`,
    (context) =>
      Effect.gen(function*() {
        const lacks = missing()
        if (lacks !== undefined) return context.skip(lacks)
        const kernel = yield* Kernel.Kernel
        const script = [copying, ...calls.map((call) => `echo "### ${call}"; ${call} 2>&1`)].join("\n")
        const { stdoutText } = yield* kernel.exec([
          "bash",
          "-c",
          `keeper > ready & until grep -q ready ready; do sleep 0.01; done; { ${script}; } > out; kill $!; cat out`
        ], { cwd: "/tmp", env: { PATH: "/bin", LC_ALL: "C" } })
        const [made = "", ...ours] = sorted(stdoutText).split(/^### .*\n/m)
        const root = fs.mkdtempSync(path.join(os.tmpdir(), "effix-proc-"))
        spawnSync("sh", ["-c", `mkdir net\n${made}`], { cwd: root })
        const theirs = calls.map((call) => sorted(onHost(root, call)))
        fs.rmSync(root, { recursive: true })
        const differing = calls.flatMap((call, i) =>
          ours[i] === theirs[i] ? [] : [`${call}\nours:\n${ours[i]}theirs:\n${theirs[i]}`]
        )
        assert.strictEqual(differing.join("\n"), "")
      }).pipe(Effect.provide(Kernel.layerWith({ drivers, files: hostFiles() }))),
    60_000
  )
})
