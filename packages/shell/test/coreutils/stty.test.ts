/** What `stty` says and does at a terminal, compared with GNU's at one of the host. */
import { expect, layer } from "@effect/vitest"
import { Kernel } from "@effix/kernel"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { execFile } from "node:child_process"
import { TestKernel } from "../support.js"

/** Each line is run by a shell at a new terminal of 24 rows and 80 columns. */
const scripts = [
  "stty",
  "stty -a",
  "stty -g",
  "stty --all; stty --save",
  "stty size; stty speed; stty rows 30 cols 100; stty size; stty -a; stty columns 40 size; stty -a; stty",
  "stty raw; stty; stty -a; stty -g",
  "stty raw; stty cooked; stty; stty -raw; stty; stty -cooked; stty",
  "stty raw -echo min 0 time 5; stty",
  "stty sane; stty; stty -a",
  "stty intr ^X erase '^h' quit undef eof 0x05 susp '^-' kill 021 start a; stty; stty -a; stty sane; stty",
  "stty cbreak; stty; stty -cbreak; stty",
  "stty crt; stty -a; stty dec; stty -a; stty ek; stty",
  "stty nl; stty; stty -nl; stty",
  "stty litout; stty; stty pass8; stty; stty lcase; stty; stty -lcase; stty; stty LCASE; stty",
  "stty decctlq; stty -a; stty -decctlq; stty -a",
  "stty -tabs; stty; stty tabs; stty; stty tab1; stty -a",
  "stty -ixon ixoff tostop noflsh -echoctl echoprt; stty -a; stty tandem -tandem prterase -crtkill; stty",
  "stty iuclc ixany imaxbel iutf8 istrip inlcr igncr; stty; stty -a",
  "stty olcuc ocrnl onocr onlret ofill ofdel; stty; stty -a",
  "stty nl1 cr2 bs1 vt1 ff1; stty; stty -a",
  "stty hupcl clocal -cread; stty -a; stty hup -hup; stty -a",
  "saved=$(stty -g); stty raw -echo; stty $saved; stty -a",
  "stty foo",
  "stty -foo bar",
  "stty columns",
  "stty intr",
  "stty min x",
  "stty -a raw",
  "stty -a -g",
  "stty < /dev/null",
  "stty -F /nosuch",
  "stty -F /dev/null",
  "stty -F /dev/tty size",
  "stty -z",
  "stty 9600; stty; stty speed; stty ispeed 19200 ospeed 19200; stty",
  "tty > /dev/null; echo $?; tty -s; echo $?; tty < /dev/null; echo $?; tty -s < /dev/null; echo $?; tty x; echo $?"
]

const onHost = `
import fcntl, json, os, struct, subprocess, sys, termios
answers = []
def own():
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
for script in json.load(sys.stdin):
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    run = subprocess.run(["sh", "-c", script], stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         env={"LC_ALL": "C", "PATH": os.environ["PATH"]}, preexec_fn=own)
    answers.append(run.stdout.decode() + str(run.returncode))
    os.close(slave)
    os.close(master)
json.dump(answers, sys.stdout)
`

const askHost = Effect.async<ReadonlyArray<string>>((resume) => {
  const child = execFile("python3", ["-c", onHost], (_, stdout) => resume(Effect.sync(() => JSON.parse(stdout))))
  child.stdin?.end(JSON.stringify(scripts))
})

const inKernel = (script: string, index: number) =>
  Effect.scoped(Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const file = `/tmp/stty-${index}`
    const terminal = yield* kernel.openTerminal({
      command: ["sh", "-c", `exec > ${file} 2>&1; sh -c "$0"; printf %s $?`, script],
      env: { LC_ALL: "C" }
    })
    yield* Stream.runDrain(terminal.output)
    return Buffer.from(yield* kernel.readFile(file)).toString()
  }))

layer(TestKernel, { excludeTestServices: true })("At a terminal stty and tty", (it) => {
  it.effect(`answer ${scripts.length} scripts as GNU's do`, () =>
    Effect.gen(function*() {
      const [theirs, ours] = yield* Effect.all([askHost, Effect.forEach(scripts, inKernel)], { concurrency: 2 })
      const differing = scripts.flatMap((script, i) =>
        ours[i] === theirs[i] ? [] : [{ script, ours: ours[i], theirs: theirs[i] }]
      )
      expect(differing).toEqual([])
    }), 60_000)
})
