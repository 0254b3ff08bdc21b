/**
 * The jobs of a shell: pipelines in the background, and those that were stopped.
 *
 * @see bash(1) JOB CONTROL
 */
import type { WaitStatus } from "@effix/kernel/abi/WaitStatus"

interface JobProcess {
  readonly pid: number
  /** How it last changed; `undefined` while it runs. */
  status: WaitStatus | undefined
}

export interface Job {
  readonly id: number
  /** 0 without job control: then its processes are of the shell's group. */
  readonly group: number
  readonly processes: Array<JobProcess>
  readonly source: string
  /** Whether its last change has been told. */
  told: boolean
  /** Whether it has been in the foreground and was stopped, or was started with `&`. */
  background: boolean
  /** Not to be signalled when the shell ends. */
  disowned: boolean
}

export type JobState = "running" | "stopped" | "done"

export const stateOf = (job: Job): JobState => {
  let state: JobState = "done"
  for (const { status } of job.processes) {
    if (status === undefined || status._tag === "Continued") return "running"
    if (status._tag === "Stopped") state = "stopped"
  }
  return state
}

/** How the last process of a job ended. */
export const lastStatus = (job: Job): WaitStatus | undefined => job.processes[job.processes.length - 1]?.status

/** Statuses of children that nobody has waited for yet are kept for so many of them. */
const rememberedMax = 4096

export class Jobs {
  readonly list: Array<Job> = []
  /** The current job is the last of these, the previous the one before. */
  readonly recent: Array<Job> = []
  /** Children of `<(…)`, which are no jobs. */
  readonly children = new Set<number>()
  /** Statuses of background processes whose jobs are gone. */
  readonly ended = new Map<number, WaitStatus>()

  /** The jobs of the parent, which a subshell without jobs of its own still lists. */
  inherited: Jobs | undefined = undefined

  forSubshell(): Jobs {
    const copy = new Jobs()
    copy.inherited = this.list.length === 0 ? this.inherited : this
    return copy
  }

  /** What `jobs` lists. */
  listed(): Jobs {
    return this.list.length === 0 && this.inherited !== undefined ? this.inherited : this
  }

  add(group: number, pids: ReadonlyArray<number>, source: string, background: boolean): Job {
    const id = this.list.reduce((highest, job) => Math.max(highest, job.id), 0) + 1
    const processes = pids.map((pid): JobProcess => ({ pid, status: undefined }))
    const job: Job = { id, group, processes, source, told: false, background, disowned: false }
    this.list.push(job)
    this.recent.push(job)
    return job
  }

  makeCurrent(job: Job): void {
    const at = this.recent.indexOf(job)
    if (at >= 0) this.recent.splice(at, 1)
    this.recent.push(job)
  }

  remove(job: Job): void {
    const at = this.list.indexOf(job)
    if (at >= 0) this.list.splice(at, 1)
    const recent = this.recent.indexOf(job)
    if (recent >= 0) this.recent.splice(recent, 1)
  }

  /** Notes how a child changed. */
  update(pid: number, status: WaitStatus): Job | undefined {
    for (const job of this.list) {
      for (const process of job.processes) {
        if (process.pid !== pid) continue
        process.status = status
        job.told = false
        if (status._tag === "Stopped") this.makeCurrent(job)
        return job
      }
    }
    return undefined
  }

  remember(pid: number, status: WaitStatus): void {
    this.ended.set(pid, status)
    if (this.ended.size > rememberedMax) this.ended.delete(this.ended.keys().next().value!)
  }

  statusOf(pid: number): WaitStatus | undefined {
    for (const job of this.list) for (const process of job.processes) if (process.pid === pid) return process.status
    return this.ended.get(pid)
  }

  byPid(pid: number): Job | undefined {
    return this.list.find((job) => job.processes.some((process) => process.pid === pid))
  }

  get current(): Job | undefined {
    return this.recent[this.recent.length - 1]
  }

  get previous(): Job | undefined {
    return this.recent[this.recent.length - 2]
  }

  /** The job of `%1`, `%+`, `%-`, `%name`, `%?text`. */
  find(specification: string): Job | "ambiguous" | undefined {
    const text = specification.startsWith("%") ? specification.slice(1) : specification
    if (text === "" || text === "%" || text === "+") return this.current
    if (text === "-") return this.previous ?? this.current
    if (/^\d+$/.test(text)) return this.list.find((job) => job.id === Number(text))
    const inside = text.startsWith("?")
    const matching = this.list.filter((job) =>
      inside ? job.source.includes(text.slice(1)) : job.source.startsWith(text)
    )
    return matching.length > 1 ? "ambiguous" : matching[0]
  }
}
