/**
 * Flags of getrandom(2).
 *
 * @see getrandom(2)
 */
export const GRND_NONBLOCK = 1
export const GRND_RANDOM = 2
export const GRND_INSECURE = 4
