/** Under how many schedules a test runs: `EFFIX_SCHEDULES=1000` for a long one, instead of its own number. */
export const schedules = (usual: number): number => Number(process.env.EFFIX_SCHEDULES ?? usual)

/** For a thousand schedules on a machine that is busy with other things. */
export const TIMEOUT = process.env.EFFIX_SCHEDULES === undefined ? 300_000 : 3_600_000
