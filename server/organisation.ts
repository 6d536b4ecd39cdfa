/** Organisation of tasks and workers that nobody put elsewhere (auth-and-checkin.md 1.4). */
export const DEFAULT_ORG_ID = '00000000-0000-0000-0000-000000000000'
