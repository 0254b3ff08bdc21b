/** nc and curl inside a kernel, and nc beside the host's where there is one. */
import { assert, describe, it } from "@effect/vitest"
import { Kernel } from "@effix/kernel"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { inKernel, TestKernel } from "../support.js"

const run = (script: string) => Effect.provide(inKernel(script, true), TestKernel)

const complaints = (script: string) =>
  Effect.flatMap(Kernel.Kernel, (kernel) => kernel.exec(["bash", "-c", script])).pipe(Effect.provide(TestKernel))

/** Answers each connection with the bytes of a file, whatever is asked; what was asked is left in `asked`. */
const serving = (answer: string, then: string) =>
  `printf '${answer}' > answer
nc -l -p 8080 < answer > asked & server=$!
until grep -q ':1F90 ' /proc/net/tcp; do sleep 0.01; done
${then}`

describe("nc", () => {
  it.live.each([
    ["a connection both ways, each side's end passed on", "127.0.0.1 7000", "-l -p 7000"],
    ["IPv6", "::1 7000", "-6 -l -p 7000"],
    ["a unix socket", "-U /tmp/nc-socket", "-l -U /tmp/nc-socket"]
  ])("relays %s", ([, there, here]) =>
    Effect.gen(function*() {
      const script = `rm -f /tmp/nc-socket
echo from the server | nc -N ${here} > received &
until echo from the client | nc -N ${there} > answered 2>/dev/null && test -s answered; do sleep 0.01; done
wait; cat received answered`
      assert.strictEqual((yield* run(script)).stdout, "from the client\nfrom the server\n")
    }))

  it.live("carries as many bytes as there are, and datagrams", () =>
    Effect.gen(function*() {
      const script = `seq 100000 > numbers
nc -l -p 7000 < /dev/null > received &
until nc -N 127.0.0.1 7000 < numbers; do sleep 0.01; done
wait; cmp numbers received && echo same
nc -u -l -w 1 -p 7001 > datagram < /dev/null & sleep 0.1; echo hello | nc -u -w 1 127.0.0.1 7001; wait; cat datagram`
      assert.strictEqual((yield* run(script)).stdout, "same\nhello\n")
    }))

  it.live("says which ports answer, and serves one after the other with -k", () =>
    Effect.gen(function*() {
      const script = `nc -k -l -p 7003 < /dev/null > received & server=$!
until nc -z localhost 7003; do sleep 0.01; done
nc -z 127.0.0.1 7002; echo $?
nc -zv 127.0.0.1 7002-7004 2>&1
echo one | nc -N localhost 7003; echo two | nc -N localhost 7003; kill $server; wait 2>/dev/null; cat received`
      const { stdout } = yield* run(script)
      assert.strictEqual(
        stdout,
        "1\nnc: connect to 127.0.0.1 port 7002 (tcp) failed: Connection refused\n" +
          "Connection to 127.0.0.1 7003 port [tcp/*] succeeded!\n" +
          "nc: connect to 127.0.0.1 port 7004 (tcp) failed: Connection refused\none\ntwo\n"
      )
    }))

  it.live("ends as the host's does where nobody listens, and where there is no such name or port", () =>
    Effect.gen(function*() {
      for (const argv of ["127.0.0.1 1", "-z 127.0.0.1 1", "nobody.invalid 80", "127.0.0.1 70000", "-U /nothing"]) {
        const ours = yield* run(`nc ${argv} < /dev/null`)
        assert.strictEqual(ours.exitCode, 1, argv)
        const theirs = spawnSync("nc", argv.split(" "), { input: "" })
        if (theirs.error === undefined) assert.strictEqual(ours.exitCode, theirs.status, argv)
      }
    }))
})

/** Waits for the listener that is told in `said`, or for anything there. */
const told = (file: string) => `until test -s ${file}; do sleep 0.01; done`

describe("nc, as its options say,", () => {
  it.live.each<readonly [does: string, script: string, expected: string]>([
    [
      "tells who comes, from the port that it was asked to come from",
      `nc -lv -p 7000 < /dev/null > out 2> said & ${told("said")}
echo hi | nc -N -s 127.0.0.1 -p 7399 127.0.0.1 7000; wait; cat out said`,
      "hi\nListening on 0.0.0.0 7000\nConnection received on 127.0.0.1 7399\n"
    ],
    [
      "ends lines with a carriage return, once",
      `nc -l -v -p 7000 < /dev/null > out 2> said & ${told("said")}
printf 'a\\nb\\r\\n' | nc -CN 127.0.0.1 7000; wait; od -An -c out`,
      "   a  \\r  \\n   b  \\r  \\n\n"
    ],
    [
      "says of a port for datagrams whether somebody takes them",
      `nc -zuv 127.0.0.1 7001 2>&1; echo $?
nc -luv -p 7002 < /dev/null > out 2> said & server=$!; ${told("said")}
nc -zuv 127.0.0.1 7002 2>&1; echo $?; kill $server; wait 2> /dev/null; cat said`,
      "1\nConnection to 127.0.0.1 7002 port [udp/*] succeeded!\n0\nBound on 0.0.0.0 7002\n"
    ],
    [
      "takes numbers for names only where it may look names up, and says which address did not answer",
      "nc -nz localhost 7003 2>&1; nc -nz 127.0.0.1 7003; echo $?; nc -vz localhost 7003 2>&1",
      "nc: getaddrinfo for host \"localhost\" port 7003: Name or service not known\n1\n" +
      "nc: connect to localhost (::1) port 7003 (tcp) failed: Connection refused\n"
    ],
    [
      "quits after its input, or after what it has received, though the other side goes on",
      `nc -lkv -p 7004 < /dev/null > out 2> said & server=$!; ${told("said")}
echo x | nc -q 0 127.0.0.1 7004; echo $?; kill $server; wait 2> /dev/null
(echo one; sleep 1000) | nc -lv -p 7005 > /dev/null 2> said2 & server=$!; ${told("said2")}
nc -W 1 127.0.0.1 7005 < /dev/null; echo $?; kill $server`,
      "0\none\n0\n"
    ],
    [
      "says what is wrong with an address, a port and a time",
      `for args in "-l -p 7006 -s 1.2.3.4" "-z 127.0.0.1 70000" "-w x 127.0.0.1 7007" "-q x h 1" "-W 0 h 1"; do
  nc $args 2>&1; echo $?; done`,
      "nc: Cannot assign requested address\n1\nnc: port number invalid: 70000\n1\nnc: timeout invalid: x\n1\n" +
      "nc: quit timer invalid: x\n1\nnc: receive limit invalid: 0\n1\n"
    ]
  ])("%s", ([, script, expected]) =>
    Effect.gen(function*() {
      assert.strictEqual((yield* run(script)).stdout, expected)
    }))
})

describe("curl", () => {
  it.live("prints a body whose length is told, and sends a proper request", () =>
    Effect.gen(function*() {
      const answer = "HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\nConnection: close\\r\\n\\r\\nhello, not this"
      const { stdout } = yield* run(serving(answer, "curl -s 'http://localhost:8080/a?b=c#d'; kill $server; cat asked"))
      assert.strictEqual(
        stdout,
        "helloGET /a?b=c HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: curl/8 (Effix)\r\nAccept: */*\r\n" +
          "Connection: close\r\n\r\n"
      )
    }))

  it.live("puts pieces together, into a file, and writes what is asked for", () =>
    Effect.gen(function*() {
      const answer =
        "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n3\\r\\nabc\\r\\n5;x=y\\r\\ndefgh\\r\\n0\\r\\n\\r\\n"
      const { stdout } = yield* run(
        serving(answer, "curl -s -w '%{http_code}\\n' -O http://127.0.0.1:8080/folder/name?q; kill $server; cat name")
      )
      assert.strictEqual(stdout, "200\nabcdefgh")
    }))

  it.live("sends data and headers as they are given", () =>
    Effect.gen(function*() {
      const answer = "HTTP/1.1 204 No Content\\r\\n\\r\\n"
      const { stdout } = yield* run(serving(
        answer,
        "curl -s -i -X PUT -d 'größe=1' -d b=2 -H 'Accept:' -H 'X-A: b' 127.0.0.1:8080; kill $server; cat asked"
      ))
      assert.strictEqual(
        stdout,
        "HTTP/1.1 204 No Content\r\n\r\nPUT / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: curl/8 (Effix)\r\n" +
          "X-A: b\r\nContent-Length: 13\r\nContent-Type: application/x-www-form-urlencoded\r\n" +
          "Connection: close\r\n\r\n" + Buffer.from("größe=1&b=2").toString("latin1")
      )
    }))

  it.live("follows where it is led, as far as it speaks the protocol", () =>
    Effect.gen(function*() {
      const led = (location: string) =>
        `HTTP/1.1 302 Found\\r\\nLocation: ${location}\\r\\nContent-Length: 0\\r\\n\\r\\n`
      const script = `printf 'HTTP/1.1 200 OK\\r\\n\\r\\nthere' > end
nc -l -p 8081 < end > /dev/null & other=$!
${serving(led("http://127.0.0.1:8081/end"), "curl -sL 127.0.0.1:8080; kill $server $other")}`
      // The body without a length ends with the connection, which nc -l without -N does not end by itself.
      assert.strictEqual((yield* run(script.replace("nc -l -p 8081", "nc -N -l -p 8081"))).stdout, "there")
      const secure = yield* complaints(
        `cd /tmp; ${serving(led("https://example.com/"), "curl -sSL 127.0.0.1:8080; echo $?; kill $server")}`
      )
      assert.strictEqual(secure.stdoutText, "1\n")
      assert.match(secure.stderrText, /curl: \(1\) Protocol "https" not supported/)
    }))

  it.live.each([
    ["http://127.0.0.1:1/", 7, "(7) Failed to connect to 127.0.0.1 port 1: Connection refused"],
    ["http://nobody.invalid/", 6, "(6) Could not resolve host: nobody.invalid"],
    ["https://127.0.0.1/", 1, "(1) Protocol \"https\" not supported: this curl speaks http only"],
    ["file:///etc/passwd", 1, "(1) Protocol \"file\" not supported: this curl speaks http only"],
    ["http://a:b:c/", 3, "(3) URL rejected: Malformed input"]
  ])("says why it cannot: %s", ([url, status, text]) =>
    Effect.gen(function*() {
      const failed = yield* complaints(`curl -sS '${url}'`)
      assert.deepStrictEqual([failed.exitCode, failed.stderrText], [status, `curl: ${text}\n`])
      const silent = yield* complaints(`curl -s '${url}'`)
      assert.deepStrictEqual([silent.exitCode, silent.stderrText], [status, ""])
    }))

  it.live("with -f fails where the server does, and gives up when its time is over", () =>
    Effect.gen(function*() {
      const answer = "HTTP/1.1 404 Not Found\\r\\nContent-Length: 4\\r\\n\\r\\ngone"
      const failed = yield* complaints(
        `cd /tmp; ${serving(answer, "curl -sSf 127.0.0.1:8080; echo $?; kill $server")}`
      )
      assert.deepStrictEqual([failed.stdoutText, failed.stderrText], [
        "22\n",
        "curl: (22) The requested URL returned error: 404\n"
      ])
      const late = yield* complaints(
        `cd /tmp; ${serving("", "curl -sS --max-time 0.1 127.0.0.1:8080; echo $?; kill $server")}`
      )
      assert.deepStrictEqual([late.stdoutText, late.stderrText], ["28\n", "curl: (28) Operation timed out\n"])
    }))
})
