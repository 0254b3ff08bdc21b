/** Measures one operation of one subject, in a process of its own, and prints what it found. */
const [, , subject, group, id] = process.argv
const cells = await import(`./subjects/${subject}/${group}.mjs`)
console.log(JSON.stringify(await cells[id]()))
process.exit(0)
