import { buildSubmission } from './builders'
import type { Crew } from './field-work'
import type { TestApp } from './test-app'

/** Submits a task. @returns its number and UUID */
export async function submitTask(app: TestApp, crew: Pick<Crew, 'customer'>, description = '仪器无法正常启动') {
  const created = await app.api.post('/api/v1/tasks', buildSubmission({ description }), crew.customer)
  const number: string = created.body.data.task_id
  const detail = await app.api.get(`/api/v1/tasks/${number}`, crew.customer)
  return { number, id: detail.body.data.id as string }
}

/** Everything owed, oldest first. */
export const outboxRows = (app: Pick<TestApp, 'context'>) =>
  app.context.database.db.selectFrom('outbox').selectAll().orderBy('created_at').orderBy('id').execute()

/** Topic and state of everything owed, oldest first. */
export const outboxStates = async (app: Pick<TestApp, 'context'>) =>
  (await outboxRows(app)).map(({ topic, state }) => `${topic} ${state}`)

/** Sends what is due now. */
export const send = (app: Pick<TestApp, 'context'>) => app.context.outboxWorker.run()

/** What ngs got, oldest first. */
export const operations = (app: TestApp) => app.sandbox.ngs.requests().map(({ path }) => path.replace('/ngs/wo/', ''))
