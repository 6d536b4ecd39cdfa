import { z } from 'zod'
import type { AdminCustomerRow } from '../../../types/api/admin'
import type { Database, Db } from '../../db/database'
import { AppError } from '../../errors/app-error'
import { staff, type StaffPrincipal } from '../../http/authenticate'
import { filterText, optionalText, pageQuery } from '../../http/fields'
import type { Family } from '../../http/guard'
import { pageOf, toPage } from '../../http/page'
import { shanghaiTime } from '../../time'
import type { AuditService } from '../audit/service'
import type { Once } from '../idempotency/service'
import type { PartnerSync } from '../ngs-sync/service'
import type { CurrentCustomers } from './current'
import type { CustomerRepository, CustomerRow } from './repository'

const customerRow = z.object({
  id: z.number().int(),
  name: z.string(),
  contact: z.string(),
  phone: z.string(),
  address: z.string(),
  email: z.string(),
  wxwork_user_id: z.string().nullable(),
  bound: z.boolean(),
  disabled: z.boolean(),
  ngs_customer_guid: z.string().nullable(),
  create_time: z.string(),
}) satisfies z.ZodType<AdminCustomerRow>

const customerQuery = z.object({
  ...pageQuery(20),
  q: filterText('搜索内容'),
})
const customerParams = z.object({
  id: z
    .string()
    .regex(/^\d{1,15}$/, '客户编号格式不正确')
    .transform(Number),
})

/** Fields left out stay; null empties one. */
const customerChanges = z.object({
  ngs_customer_guid: optionalText('ngs 客户编号', 64).optional(),
  wxwork_user_id: optionalText('企业微信号', 100).optional(),
})

export interface CustomerAdminDeps {
  repository: CustomerRepository
  current: Pick<CurrentCustomers, 'hold'>
  /** What waits for the customer's number at ngs goes on. */
  partners: Pick<PartnerSync, 'customerNumbered'>
  audit: AuditService
  transaction: Database['transaction']
  now: () => Date
}

/** What admins see and do with customers. */
export function createCustomerAdmin(deps: CustomerAdminDeps) {
  const { repository, current, partners, audit, transaction, now } = deps
  /**
   * The customer with this id, or the one it was merged into; no merge comes between until the transaction ends.
   * @throws AppError NOT_FOUND
   */
  async function get(trx: Db, id: number): Promise<CustomerRow> {
    const row = await current.hold(trx, id)
    if (!row) throw new AppError('NOT_FOUND', { message: '客户不存在' })
    return row
  }

  return {
    async list({ page, size, q }: z.infer<typeof customerQuery>) {
      const { rows, total } = await repository.list(q, { page, size })
      return toPage(rows.map(toAdminRow), total, { page, size })
    },

    get,

    /** The row of this name that nobody logs in to; made when there is none. */
    async getNamed(trx: Db, name: string): Promise<CustomerRow> {
      await repository.lockName(trx, name)
      const [found] = await repository.unboundByName(name, trx)
      if (found) return found
      await repository.insertNamed(name, now(), trx)
      return (await repository.unboundByName(name, trx))[0]!
    },

    /** A disabled customer's tokens die at once and logging in is refused. */
    setDisabled: (who: StaffPrincipal, given: number, { disabled, once }: { disabled: boolean; once: Once }) =>
      transaction(async (trx) => {
        const { id } = await get(trx, given)
        await repository.update(id, { wechat_disabled_at: disabled ? now() : null }, trx)
        await audit.record(trx, who, { action: disabled ? 'customer.disable' : 'customer.enable', target: String(id) })
        const answer = { message: disabled ? '客户已停用' : '客户已启用' }
        await once.save(trx, answer)
        return answer
      }),

    /** What waits for the customer's number at ngs goes on. @throws AppError NOT_FOUND */
    change: (who: StaffPrincipal, given: number, changes: z.infer<typeof customerChanges>) =>
      transaction(async (trx) => {
        const before = await get(trx, given)
        const { id } = before
        const set = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
        await repository.update(id, { ...set, update_time: now() }, trx)
        if (changes.ngs_customer_guid !== undefined) {
          await partners.customerNumbered(trx, id)
          const detail = { before: before.ngs_customer_guid, after: changes.ngs_customer_guid }
          await audit.record(trx, who, { action: 'customer.ngs-guid', target: String(id), detail })
        }
        if (changes.wxwork_user_id !== undefined) {
          const detail = { before: before.wxwork_user_id, after: changes.wxwork_user_id }
          await audit.record(trx, who, { action: 'customer.wxwork-id', target: String(id), detail })
        }
        return toAdminRow({ ...before, ...set })
      }),
  }
}

const toAdminRow = (row: CustomerRow): z.infer<typeof customerRow> => ({
  id: row.id,
  name: row.name,
  contact: row.contact ?? '',
  phone: row.phone ?? '',
  address: row.address ?? '',
  email: row.email ?? '',
  wxwork_user_id: row.wxwork_user_id,
  bound: row.wechat_openid !== null,
  disabled: row.wechat_disabled_at !== null,
  ngs_customer_guid: row.ngs_customer_guid,
  create_time: row.create_time ? shanghaiTime(row.create_time) : '',
})

export type CustomerAdmin = ReturnType<typeof createCustomerAdmin>

export function mountCustomerAdminRoutes({ route }: Family, { customerAdmin }: { customerAdmin: CustomerAdmin }) {
  route(
    'get',
    '/admin/customers',
    {
      summary: '客户列表',
      access: staff('ADMIN', 'HOMECARE_DISPATCHER'),
      query: customerQuery,
      response: pageOf(customerRow),
      message: '获取成功',
    },
    ({ query }) => customerAdmin.list(query),
  )

  route(
    'patch',
    '/admin/customers/:id',
    {
      summary: '设置客户的 ngs 客户编号（等待它的写入随即发送）和企业微信号（用于通知）',
      access: staff('ADMIN'),
      params: customerParams,
      body: customerChanges,
      response: customerRow,
      message: '已保存',
      errors: ['NOT_FOUND'],
    },
    ({ who, params, body }) => customerAdmin.change(who, params.id, body),
  )

  for (const [path, disabled, summary] of [
    ['/admin/customers/:id/disable', true, '停用客户'],
    ['/admin/customers/:id/enable', false, '启用客户'],
  ] as const)
    route(
      'post',
      path,
      {
        summary,
        access: staff('ADMIN'),
        params: customerParams,
        response: z.object({ message: z.string() }),
        errors: ['NOT_FOUND'],
        idempotent: true,
      },
      ({ who, params, once }) => customerAdmin.setDisabled(who, params.id, { disabled, once }),
    )
}
