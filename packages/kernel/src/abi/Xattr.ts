/**
 * Flags and sizes of extended attributes.
 *
 * @see xattr(7)
 */
export const XATTR_CREATE = 1
export const XATTR_REPLACE = 2
/** Bytes of a name, of a value, and of a list of names. */
export const XATTR_NAME_MAX = 255
export const XATTR_SIZE_MAX = 65_536
export const XATTR_LIST_MAX = 65_536
