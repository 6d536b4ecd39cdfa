import type { Page } from '../../../types/api/common'
import type {
  EvaluationRecord,
  TaskCreated,
  TaskDetail,
  TaskRow as TaskRowView,
  TimelineEntry,
} from '../../../types/api/tasks'
import { STEP, UPLOAD_LIMITS } from '../../../types/task-types'
import type { Database, Db } from '../../db/database'
import { AppError, invalidField, tooLarge } from '../../errors/app-error'
import type { CustomerPrincipal } from '../../http/authenticate'
import { toPage } from '../../http/page'
import type { Upload } from '../../http/uploads'
import { newId } from '../../ids'
import { shanghaiDay, shanghaiTime } from '../../time'
import type { CurrentCustomers } from '../customers/current'
import { DOCUMENT_RULE, IMAGE_RULE } from '../files/schema'
import type { FileRow } from '../files/repository'
import type { FileService } from '../files/service'
import type { DispatchService } from '../dispatch/service'
import type { Once } from '../idempotency/service'
import type { Moderation } from '../moderation/service'
import type { Actor, EventService } from '../work-order-events/service'
import { customerActions, remindableIn, type TaskLifecycle } from './lifecycle'
import type { TaskFilter, TaskRepository, TaskRow } from './repository'
import type { EvaluationInput, ParsedSubmission } from './schema'
import { newTaskRow, submittedTexts } from './submission'
import { toTaskDetail, toTaskRow, toTimelineEntry } from './views'

export interface TaskServiceDeps {
  repository: TaskRepository
  customers: Pick<CurrentCustomers, 'current' | 'findOwn'>
  lifecycle: TaskLifecycle
  events: EventService
  files: FileService
  dispatch: DispatchService
  moderation: Moderation
  transaction: Database['transaction']
  now: () => Date
}

export interface SubmissionRequest {
  input: ParsedSubmission
  uploads: Upload[]
  once: Once
}

export function createTaskService(deps: TaskServiceDeps) {
  const { repository, customers, lifecycle, events, files, moderation, transaction, now } = deps
  let knownDay = ''

  async function ensureDay(day: string): Promise<void> {
    if (day === knownDay) return
    await repository.ensureDay(day)
    knownDay = day
  }

  async function ownId(who: CustomerPrincipal, reference: string): Promise<string> {
    const id = await customers.findOwn(who.id, (customerId) => repository.ownId(customerId, reference))
    if (!id) throw new AppError('NOT_FOUND', { message: '任务不存在' })
    return id
  }

  const findOwn = (who: CustomerPrincipal, reference: string) =>
    customers.findOwn(who.id, (customerId) => repository.findOwn(customerId, reference))

  /** Runs `work` on the customer's own task, locked. Somebody else's is as unknown as one that never was. */
  async function onOwnTask<T>(
    who: CustomerPrincipal,
    reference: string,
    work: (trx: Db, task: TaskRow, actor: Actor) => Promise<T>,
  ): Promise<T> {
    const id = await ownId(who, reference)
    return transaction(async (trx) => {
      const task = await lifecycle.lock(trx, id)
      return work(trx, task, { kind: 'customer', id: String(task.customer_id), name: who.name })
    })
  }

  async function insertTask(
    trx: Db,
    who: CustomerPrincipal,
    { input, rows, once, flag, time }: InsertRequest,
  ): Promise<TaskCreated> {
    const customerId = (await customers.current(trx, who.id)).id
    const uploader = uploaderOf(customerId)
    const day = shanghaiDay(time)
    const number = await repository.nextNumber(day, trx)
    const task = newTaskRow(customerId, input, { time, taskId: `T${day}${String(number).padStart(4, '0')}`, flag })
    await repository.insert(trx, task)
    const recordId = await lifecycle.record(trx, task, {
      step: STEP.submitted,
      description: input.description,
      actor: { kind: 'customer', id: String(customerId), name: input.customer.name },
      event: 'SUBMITTED',
      payload: { files: rows.map((row) => row.sha256), file_ids: input.file_ids },
    })
    const target = { owner: 'submission' as const, task_id: task.id, step_record_id: recordId }
    const own = rows.map((row) => ({ ...row, uploader }))
    await files.insert(trx, own, target)
    await files.attach(trx, input.file_ids, uploader, target)
    await assertImageCount(trx, rows, input.file_ids)
    const answer = { task_id: task.task_id, message: '任务已提交，我们会尽快处理' }
    await once.save(trx, answer)
    return answer
  }

  async function assertImageCount(trx: Db, rows: FileRow[], fileIds: string[]): Promise<void> {
    if (fileIds.length === 0) return
    const all = [...rows, ...(await files.byIds(fileIds, trx))]
    const images = all.filter((file) => file.mime.startsWith('image/')).length
    if (images > UPLOAD_LIMITS.maxImages) throw tooLarge('file_ids', `图片最多 ${UPLOAD_LIMITS.maxImages} 张`)
    if (all.length - images > UPLOAD_LIMITS.maxFiles)
      throw tooLarge('file_ids', `附件最多 ${UPLOAD_LIMITS.maxFiles} 个`)
  }

  return {
    /** miniprogram-api.md 2.1. @throws AppError INVALID_INPUT, FILE_TYPE_REFUSED, CONTENT_REFUSED */
    async create(who: CustomerPrincipal, { input, uploads, once }: SubmissionRequest): Promise<TaskCreated> {
      const { appointment_time } = input.device
      if (appointment_time && appointment_time <= now())
        throw invalidField('device.appointment_time', '预约时间必须晚于现在')
      const flag = await moderation.check(who.row.wechat_openid, submittedTexts(input))
      const time = now() // taken once: the day's counter made here is the one counted on below, also across midnight
      await ensureDay(shanghaiDay(time))
      const checked = uploads.map((upload) => ({
        upload,
        rule: upload.field === 'images' ? IMAGE_RULE : DOCUMENT_RULE,
      }))
      return files.store(checked, uploaderOf(who.id), (rows) =>
        transaction((trx) => insertTask(trx, who, { input, rows, once, flag, time })),
      )
    },

    /** miniprogram-api.md 2.2: own tasks only, newest first. */
    async list(
      who: CustomerPrincipal,
      { page, size, ...filter }: TaskFilter & { page: number; size: number },
    ): Promise<Page<TaskRowView>> {
      const { rows, total } = await repository.listOwn(who.id, filter, { page, size })
      return toPage(rows.map(toTaskRow), total, { page, size })
    },

    /** miniprogram-api.md 2.3. @throws AppError NOT_FOUND also for somebody else's task */
    async detail(who: CustomerPrincipal, reference: string): Promise<TaskDetail> {
      const task = await findOwn(who, reference)
      if (!task) throw new AppError('NOT_FOUND', { message: '任务不存在' })
      const [records, taskFiles] = await Promise.all([repository.steps(task.id), files.ofTask(task.id)])
      return toTaskDetail({ task, records, files: taskFiles, link: files.link, now: now() })
    },

    async timeline(who: CustomerPrincipal, reference: string): Promise<{ list: TimelineEntry[] }> {
      const id = await ownId(who, reference)
      return { list: (await events.list(id)).filter((event) => event.customer).map(toTimelineEntry) }
    },

    /** Step 4: on to 5, or back to 3 for another plan. */
    confirm: (
      who: CustomerPrincipal,
      reference: string,
      { accept, comment, once }: { accept: boolean; comment: string | null; once: Once },
    ) =>
      onOwnTask(who, reference, async (trx, task, actor) => {
        lifecycle.assertOpen(task)
        if (!customerActions(task, now()).can_confirm)
          throw new AppError('TASK_STEP_MISMATCH', { message: '任务不在待确认状态' })
        await lifecycle.record(trx, task, {
          step: accept ? STEP.execution : STEP.quote,
          description: comment ?? (accept ? '客户已同意方案' : '客户未同意方案，请调整后再次提交'),
          actor,
          event: accept ? 'PLAN_CONFIRMED' : 'PLAN_REFUSED',
        })
        const answer = { message: accept ? '已确认方案，工程师将开始服务' : '已退回方案，工程师会与您联系' }
        await once.save(trx, answer)
        return answer
      }),

    cancel: (who: CustomerPrincipal, reference: string, { reason, once }: { reason: string; once: Once }) =>
      onOwnTask(who, reference, async (trx, task, actor) => {
        lifecycle.assertOpen(task)
        if (!customerActions(task, now()).can_cancel) throw new AppError('TASK_NOT_CANCELLABLE')
        await deps.dispatch.release(trx, task, 'CANCELLED')
        await lifecycle.note(trx, task, {
          actor,
          event: 'CANCELLED',
          text: reason,
          changes: { status: 'cancelled', cancel_reason: reason },
        })
        const answer = { message: '任务已取消' }
        await once.save(trx, answer)
        return answer
      }),

    remind: (who: CustomerPrincipal, reference: string, { comment, once }: { comment: string | null; once: Once }) =>
      onOwnTask(who, reference, async (trx, task, actor) => {
        lifecycle.assertOpen(task)
        if (task.current_step >= STEP.done)
          throw new AppError('TASK_STEP_MISMATCH', { message: '服务已完成，无需催办' })
        if (!customerActions(task, now()).can_remind)
          throw new AppError('REMINDED_RECENTLY', { retryAfterSeconds: remindableIn(task, now()) })
        await lifecycle.note(trx, task, {
          actor,
          event: 'REMINDED',
          text: comment ?? '客户希望尽快处理',
          changes: { reminded_at: now() },
        })
        const answer = { message: '已提醒工程师尽快处理' }
        await once.save(trx, answer)
        return answer
      }),

    /** miniprogram-api.md 2.4: once, at step 6. */
    async evaluate(who: CustomerPrincipal, reference: string, { input, once }: { input: EvaluationInput; once: Once }) {
      const flag = await moderation.check(who.row.wechat_openid, [input.comment])
      return onOwnTask(who, reference, async (trx, task, actor) => {
        if (task.current_step === STEP.evaluated) throw new AppError('ALREADY_EVALUATED')
        if (!customerActions(task, now()).can_evaluate) throw new AppError('TASK_NOT_EVALUABLE')
        await repository.insertEvaluation(trx, {
          id: newId(),
          task_id: task.id,
          customer_id: task.customer_id,
          service_attitude: input.serviceAttitude,
          service_quality: input.serviceQuality,
          overall_rating: input.overallRating,
          comment: input.comment,
          create_time: now(),
        })
        await lifecycle.record(trx, task, {
          step: STEP.evaluated,
          description: input.comment ?? '客户已评价',
          actor,
          event: 'EVALUATED',
          payload: { overall: input.overallRating },
          changes: { status: 'closed', content_flag: flag ?? task.content_flag },
        })
        const answer = { message: '感谢您的评价' }
        await once.save(trx, answer)
        return answer
      })
    },

    async evaluation(who: CustomerPrincipal, reference: string): Promise<EvaluationRecord> {
      const task = await findOwn(who, reference)
      const row = task && (await repository.evaluation(task.id))
      if (!task || !row) throw new AppError('NOT_FOUND', { message: task ? '任务尚未评价' : '任务不存在' })
      return {
        task_id: task.task_id,
        serviceAttitude: row.service_attitude,
        serviceQuality: row.service_quality,
        overallRating: row.overall_rating,
        comment: row.comment ?? '',
        create_time: shanghaiTime(row.create_time),
      }
    },
  }
}

export type TaskService = ReturnType<typeof createTaskService>

interface InsertRequest {
  input: ParsedSubmission
  rows: FileRow[]
  once: Once
  flag: string | null
  time: Date
}

const uploaderOf = (customerId: number) => `customer:${customerId}`
