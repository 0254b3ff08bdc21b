/**
 * {@link HostDirectory} for node: complete, and fast.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Path from "@effect/platform/Path"
import type * as Errno from "@effix/kernel/Errno"
import type { Backend } from "@effix/kernel/VfsBackend"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HostDirectory from "../HostDirectory.js"
import { calls } from "./NodeHostCalls.js"

const services = Layer.merge(NodeFileSystem.layer, Path.layer)

/** A host directory to mount. */
export const make = (
  root: string,
  options?: Omit<HostDirectory.Options, "calls">
): Effect.Effect<Backend, Errno.Any> => Effect.provide(HostDirectory.make(root, { ...options, calls }), services)
