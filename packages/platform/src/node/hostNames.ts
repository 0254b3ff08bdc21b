/**
 * Names as the host looks them up.
 */
import type { Answer, Resolve } from "@effix/kernel/Dns"
import * as Errno from "@effix/kernel/Errno"
import * as Effect from "effect/Effect"
import * as Dns from "node:dns"

/** Seconds that an answer holds: getaddrinfo(3) does not say. */
const SECONDS = 30

export const resolve: Resolve = (name, family) =>
  Effect.async<Answer, Errno.Errno<"EAGAIN" | "EIO">>((resume) => {
    Dns.lookup(name, { family, all: true }, (error, addresses) => {
      if (error === null) {
        resume(Effect.succeed({ addresses: addresses.map(({ address }) => address), seconds: SECONDS }))
      } else if (error.code === "ENOTFOUND" || error.code === "ENODATA") {
        resume(Effect.succeed({ addresses: [], seconds: SECONDS }))
      } else resume(Errno.fail(error.code === "EAI_AGAIN" ? "EAGAIN" : "EIO", { syscall: "getaddrinfo", path: name }))
    })
  })
