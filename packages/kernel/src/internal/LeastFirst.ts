/**
 * A set that tells its least member at once: a heap in which those that have left stay until they come up.
 *
 * @internal
 */
export class LeastFirst<A> {
  private readonly members = new Set<A>()
  private heap: Array<A> = []

  constructor(private readonly rank: (member: A) => number) {}

  get size(): number {
    return this.members.size
  }

  has(member: A): boolean {
    return this.members.has(member)
  }

  add(member: A): void {
    if (this.members.has(member)) return
    this.members.add(member)
    if (this.heap.length > 16 + 2 * this.members.size) this.rebuild()
    else this.push(member)
  }

  delete(member: A): void {
    this.members.delete(member)
    if (this.members.size === 0) this.heap = []
  }

  /** `undefined` when it is empty. */
  first(): A | undefined {
    while (this.heap.length > 0 && !this.members.has(this.heap[0]!)) this.pop()
    return this.heap[0]
  }

  /** All members, the least first. */
  inOrder(): ReadonlyArray<A> {
    return Array.from(this.members).sort((a, b) => this.rank(a) - this.rank(b))
  }

  private rebuild(): void {
    // What is sorted is a heap.
    this.heap = [...this.inOrder()]
  }

  private push(member: A): void {
    const { heap, rank } = this
    let at = heap.push(member) - 1
    while (at > 0) {
      const up = (at - 1) >> 1
      if (rank(member) >= rank(heap[up]!)) break
      heap[at] = heap[up]!
      at = up
    }
    heap[at] = member
  }

  private pop(): void {
    const { heap, rank } = this
    const last = heap.pop()!
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      let down = 2 * at + 1
      if (down >= heap.length) break
      if (down + 1 < heap.length && rank(heap[down + 1]!) < rank(heap[down]!)) down++
      if (rank(heap[down]!) >= rank(last)) break
      heap[at] = heap[down]!
      at = down
    }
    heap[at] = last
  }
}
