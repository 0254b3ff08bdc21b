import { XATTR_LIST_MAX } from "../../abi/Xattr.js"
import type { ExtendedAttributeCalls } from "../contract/extendedAttributes.js"
import * as ExtendedAttributes from "../extendedAttributes.js"
import { OpeningSys } from "./OpeningSys.js"

export abstract class ExtendedAttributeSys extends OpeningSys implements ExtendedAttributeCalls {
  getxattr(path: string, name: string, into?: Uint8Array) {
    return this.call(() => ExtendedAttributes.get(this.rooms, this.self, { path, follow: true }, name, into))
  }

  lgetxattr(path: string, name: string, into?: Uint8Array) {
    return this.call(() => ExtendedAttributes.get(this.rooms, this.self, { path, follow: false }, name, into))
  }

  fgetxattr(fd: number, name: string, into?: Uint8Array) {
    return this.call(() => ExtendedAttributes.get(this.rooms, this.self, { fd }, name, into))
  }

  setxattr(path: string, name: string, value: Uint8Array, flags = 0) {
    return this.call(() => ExtendedAttributes.set(this.rooms, this.self, { path, follow: true }, name, value, flags))
  }

  lsetxattr(path: string, name: string, value: Uint8Array, flags = 0) {
    return this.call(() => ExtendedAttributes.set(this.rooms, this.self, { path, follow: false }, name, value, flags))
  }

  fsetxattr(fd: number, name: string, value: Uint8Array, flags = 0) {
    return this.call(() => ExtendedAttributes.set(this.rooms, this.self, { fd }, name, value, flags))
  }

  listxattr(path: string, size = XATTR_LIST_MAX) {
    return this.call(() => ExtendedAttributes.list(this.rooms, this.self, { path, follow: true }, size))
  }

  llistxattr(path: string, size = XATTR_LIST_MAX) {
    return this.call(() => ExtendedAttributes.list(this.rooms, this.self, { path, follow: false }, size))
  }

  flistxattr(fd: number, size = XATTR_LIST_MAX) {
    return this.call(() => ExtendedAttributes.list(this.rooms, this.self, { fd }, size))
  }

  removexattr(path: string, name: string) {
    return this.call(() => ExtendedAttributes.remove(this.rooms, this.self, { path, follow: true }, name))
  }

  lremovexattr(path: string, name: string) {
    return this.call(() => ExtendedAttributes.remove(this.rooms, this.self, { path, follow: false }, name))
  }

  fremovexattr(fd: number, name: string) {
    return this.call(() => ExtendedAttributes.remove(this.rooms, this.self, { fd }, name))
  }
}
