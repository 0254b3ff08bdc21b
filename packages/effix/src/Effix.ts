/**
 * The kernel with batteries: the shell and the core utilities as layers, and a machine of promises for programs
 * that do not use Effect.
 *
 * @example
 * ```ts
 * import { Effix } from "effix"
 *
 * const machine = await Effix.boot({ files: { "/data/words.txt": "pear\nfig\napple\n" } })
 * const { exitCode, stdout } = await machine.exec("sort /data/words.txt | head -n 1")
 * console.log(exitCode, stdout) // 0 apple
 * await machine.close()
 * ```
 */
export { layer } from "./programs.js"
