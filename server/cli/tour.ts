import { randomUUID } from 'node:crypto'
import { loadEnvFile } from '../config/env'
import { runCommand } from './run'
import { createTourClient } from './tour/client'
import { FOLLOWING, SUBMISSION } from './tour/customer'
import { EVALUATION, ON_SITE } from './tour/field-work'
import { PARTNERS } from './tour/partners'
import type { Tour, TourStep } from './tour/steps'

/** The story in the order it happens. */
const STEPS: TourStep[] = [...SUBMISSION, ...FOLLOWING, ...ON_SITE, ...EVALUATION, ...PARTNERS]

/** `npm run tour` plays the story against a running server (`TOUR_URL`), through HTTP only. */
runCommand(async () => {
  loadEnvFile()
  const address = (process.env.TOUR_URL || `http://localhost:${process.env.PORT || 4001}`).replace(/\/+$/, '')
  const unknown = { customer: '', dispatcher: '', worker: '', taskId: '', workOrderId: '' }
  const tour: Tour = { api: createTourClient(address), run: randomUUID(), ...unknown }
  process.stdout.write(`\n  研仪联巡览  ${address}\n\n`)
  await assertRunning(tour)
  const start = performance.now()
  for (const [index, step] of STEPS.entries()) await play(tour, step, index + 1)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  process.stdout.write(`\n  ${STEPS.length} 步全部通过，用时 ${seconds} 秒\n\n`)
})

async function play(tour: Tour, { title, play: act }: TourStep, number: number): Promise<void> {
  const label = `${String(number).padStart(2)}. ${title}`
  try {
    process.stdout.write(`  ✓ ${label}：${await act(tour)}\n`)
  } catch (error) {
    throw new Error(`  ✗ ${label}：${(error as Error).message}`, { cause: error })
  }
}

async function assertRunning({ api }: Tour): Promise<void> {
  try {
    await api.send('GET', '/livez')
  } catch (error) {
    throw new Error(`无法连接 ${api.baseUrl}，请先运行 npm start`, { cause: error })
  }
}
