import { type Errno, Kernel, type Programs, type Sys } from "@effix/kernel"
import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { expect, test } from "tstyche"

declare const sys: Sys.SystemCalls

interface Database {
  readonly _: unique symbol
}

test("a kernel asks for nothing and cannot fail to be built", () => {
  expect(Kernel.layer).type.toBe<Layer.Layer<Kernel.Services>>()
})

test("a driver may enter the kernel's rooms, and nothing else", () => {
  expect(Kernel.layerWith).type.toBeCallableWith({ drivers: null! as Layer.Layer<never, never, Programs.Programs> })
  expect(Kernel.layerWith).type.not.toBeCallableWith({ drivers: null! as Layer.Layer<never, never, Database> })
})

test("what the layer of a driver can fail with is what the kernel's can", () => {
  const drivers = null! as Layer.Layer<never, Errno.Errno<"EEXIST">, Programs.Programs>
  expect(Kernel.layerWith({ drivers })).type.toBe<Layer.Layer<Kernel.Services, Errno.Errno<"EEXIST">>>()
})

test("a signature is the ERRORS section of its man page", () => {
  expect(sys.dup(0)).type.toBe<Effect.Effect<number, Errno.Errno<"EBADF" | "EMFILE">>>()
  expect(sys.setsid()).type.toBe<Effect.Effect<number, Errno.Errno<"EPERM">>>()
  expect(sys.getpid()).type.toBe<Effect.Effect<number>>()
})

test("calls that do not return say so", () => {
  expect(sys.exit(0)).type.toBe<Effect.Effect<never>>()
})

test("a program depends on its process and on nothing else", () => {
  expect<Sys.Program>().type.toBeAssignableFrom<Effect.Effect<number, Errno.Errno<"EIO">, Sys.Sys>>()
  expect<Sys.Program>().type.not.toBeAssignableFrom<Effect.Effect<number, never, Database>>()
  expect<Sys.Program>().type.not.toBeAssignableFrom<Effect.Effect<number, Error>>()
})
