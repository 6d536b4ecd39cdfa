import type { TourClient } from './client'

/** What earlier steps found out and later ones need. */
export interface Tour {
  api: TourClient
  /** Different in every tour. */
  run: string
  /** Tokens. */
  customer: string
  dispatcher: string
  worker: string
  admin: string
  /** Number and UUID of the task that the tour follows. */
  taskId: string
  workOrderId: string
}

export interface TourStep {
  title: string
  /** Does the step and checks what came of it. @returns what to tell about it */
  play(tour: Tour): Promise<string>
}
