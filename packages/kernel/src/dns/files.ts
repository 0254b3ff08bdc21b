/**
 * `/etc/hosts` and `/etc/resolv.conf`.
 *
 * @see hosts(5)
 * @see resolv.conf(5)
 */
import * as Ip from "../socket/inet/Ip.js"

const wordsOf = (line: string): ReadonlyArray<string> =>
  line.replace(/[#;].*/, "").trim().split(/\s+/).filter((word) => word !== "")

/** The addresses that `/etc/hosts` gives a name, in the order in which they are there. */
export const addressesOf = (name: string, hosts: string): ReadonlyArray<string> => {
  const wanted = name.toLowerCase()
  const found: Array<string> = []
  for (const line of hosts.split("\n")) {
    const [text = "", ...names] = wordsOf(line)
    const address = Ip.canonical(text)
    if (address === undefined || found.includes(address)) continue
    if (names.some((each) => each.toLowerCase() === wanted)) found.push(address)
  }
  return found
}

/** The most that `options ndots` and `search` may say. */
const NDOTS_MAX = 15
const SEARCH_MAX = 6

/** The names that are tried for a name, in their order. */
export const candidates = (name: string, configuration: string): ReadonlyArray<string> => {
  if (name.endsWith(".")) return [name.slice(0, -1)]
  let search: ReadonlyArray<string> = []
  let ndots = 1
  for (const line of configuration.split("\n")) {
    const [keyword, ...values] = wordsOf(line)
    if (keyword === "search" || keyword === "domain") search = values.slice(0, keyword === "domain" ? 1 : SEARCH_MAX)
    if (keyword !== "options") continue
    for (const value of values) {
      const dots = /^ndots:(\d+)$/.exec(value)
      if (dots !== null) ndots = Math.min(Number(dots[1]), NDOTS_MAX)
    }
  }
  const searched = search.map((domain) => `${name}.${domain}`.toLowerCase())
  return name.split(".").length - 1 >= ndots ? [name, ...searched] : [...searched, name]
}
