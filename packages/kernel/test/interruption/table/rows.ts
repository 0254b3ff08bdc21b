/** Every call that may have to wait. */
import { children } from "./children.js"
import { events } from "./events.js"
import { slowFiles } from "./files.js"
import { jobControl } from "./jobControl.js"
import { leases } from "./leases.js"
import { locks } from "./locks.js"
import { pipes } from "./pipes.js"
import { programs } from "./programs.js"
import { readiness } from "./readiness.js"
import type { Row } from "./row.js"
import { sending } from "./sending.js"
import { sockets } from "./sockets.js"
import { terminals } from "./terminals.js"
import { transfers } from "./transfers.js"
import { waiting } from "./waiting.js"

export const rows: ReadonlyArray<Row> = [
  ...pipes,
  ...sockets,
  ...sending,
  ...transfers,
  ...terminals,
  ...jobControl,
  ...readiness,
  ...events,
  ...waiting,
  ...children,
  ...locks,
  ...leases,
  ...slowFiles,
  ...programs
]
