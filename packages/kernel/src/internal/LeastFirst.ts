/**
 * Members of which the least is wanted, and that may leave in any order at once: a heap in which those that have left
 * stay until they come up. Who is a member its members know, so that leaving costs nothing.
 *
 * @internal
 */
export class LeastFirst<A> {
  private heap: Array<A> = []
  /** With more than so many in the heap, those that have left are looked for. */
  private most = 16

  constructor(private readonly rank: (member: A) => number, private readonly isMember: (one: A) => boolean) {}

  /** Adds one that was no member until now. */
  add(member: A): void {
    this.first()
    if (this.heap.length >= this.most) {
      // What is sorted is a heap.
      this.heap = this.inOrder()
      this.most = 16 + 2 * this.heap.length
      // It may be in it already, from when it was a member before.
      if (this.heap.includes(member)) return
    }
    this.push(member)
  }

  /** `undefined` when it is empty. */
  first(): A | undefined {
    while (this.heap.length > 0 && !this.isMember(this.heap[0]!)) this.pop()
    return this.heap[0]
  }

  /** All members, the least first. */
  inOrder(): Array<A> {
    return Array.from(new Set(this.heap)).filter(this.isMember).sort((a, b) => this.rank(a) - this.rank(b))
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
