import { ERROR_TEXT } from '../../../types/errors'
import type { CustomerLogin, CustomerProfile, PhoneBinding } from '../../../types/api/customers'
import { UpstreamError } from '../../connectors/kit/upstream-error'
import type { Wechat, WechatIdentity } from '../../connectors/wechat'
import type { Database, Db } from '../../db/database'
import { isUniqueViolation } from '../../db/db-error'
import { AppError, invalidField } from '../../errors/app-error'
import type { CustomerPrincipal, FindPrincipal } from '../../http/authenticate'
import type { Tokens } from '../../http/tokens'
import type { FileService } from '../files/service'
import type { Once } from '../idempotency/service'
import type { CurrentCustomers } from './current'
import type { CustomerRepository, CustomerRow } from './repository'
import type { ProfileInput } from './schema'

export interface CustomerServiceDeps {
  repository: CustomerRepository
  current: CurrentCustomers
  files: FileService
  wechat: Wechat | null
  tokens: Tokens
  transaction: Database['transaction']
  now: () => Date
}

/** An uploaded avatar is kept as this path and signed anew whenever it is shown. */
const AVATAR_PATH = /^\/api\/v1\/files\/([0-9a-f-]{36})$/

export function createCustomerService(deps: CustomerServiceDeps) {
  const { repository, current, files, wechat, tokens, transaction, now } = deps
  const connected = () => {
    if (!wechat) throw new AppError('UPSTREAM_DISABLED', { message: '微信登录尚未配置' })
    return wechat
  }

  function toProfile(row: CustomerRow): CustomerProfile {
    const [, avatarId] = AVATAR_PATH.exec(row.wechat_avatar_url ?? '') ?? []
    return {
      contact: row.contact ?? '',
      name: row.name,
      phone: row.phone ?? '',
      address: row.address ?? '',
      email: row.email ?? '',
      wechat_avatar_url: avatarId ? files.link(avatarId) : (row.wechat_avatar_url ?? ''),
    }
  }

  const loginOf = (row: CustomerRow): CustomerLogin => ({
    token: tokens.issue('customer', String(row.id)),
    userInfo: toProfile(row),
  })

  /** First login creates, later ones find; of several at once one creates and the others lose at the unique index. */
  async function findOrCreate(openid: string, unionid: string | null): Promise<CustomerRow> {
    const known = await repository.findByOpenid(openid)
    if (known) return known
    try {
      await repository.insert({ openid, unionid, time: now() })
    } catch (error) {
      if (!isUniqueViolation(error)) throw error
    }
    const row = await repository.findByOpenid(openid)
    if (!row) throw new AppError('CONFLICT')
    return row
  }

  async function loginAs({ openId, unionId }: WechatIdentity): Promise<CustomerLogin> {
    const row = await findOrCreate(openId, unionId)
    if (row.wechat_disabled_at) throw new AppError('ACCOUNT_DISABLED')
    if (unionId && row.wechat_unionid !== unionId) await repository.update(row.id, { wechat_unionid: unionId })
    return loginOf(row)
  }

  /** The single free row with this phone takes over openid and belongings of the provisional one. */
  async function mergeByPhone(trx: Db, row: CustomerRow, phone: string): Promise<CustomerRow> {
    const candidates = (await repository.unboundByPhone(spellings(phone), trx)).filter(({ id }) => id !== row.id)
    const [target] = candidates
    const openid = row.wechat_openid
    const mergeable = target && candidates.length === 1 && openid && !(await repository.hasAbsorbed(row.id, trx))
    if (!mergeable) {
      await repository.update(row.id, { phone, update_time: now() }, trx)
      return { ...row, phone }
    }
    await repository.releaseOpenid(row.id, target.id, trx)
    const bound = await repository.bindOpenid(target.id, { ...row, time: now() }, trx)
    if (!bound) throw new AppError('CONFLICT')
    await repository.moveBelongings(row.id, target.id, trx)
    return bound
  }

  async function setAvatar(trx: Db, row: CustomerRow, fileId: string): Promise<string> {
    const uploader = `customer:${row.id}`
    const [file] = await files.byIds([fileId], trx)
    const [, previous] = AVATAR_PATH.exec(row.wechat_avatar_url ?? '') ?? []
    if (previous !== fileId) {
      if (file?.uploader !== uploader || file.owner !== 'unused')
        throw invalidField('avatar_file_id', '文件不存在或已被使用')
      if (!file.mime.startsWith('image/')) throw invalidField('avatar_file_id', '头像必须是图片')
      await files.attach(trx, [fileId], uploader, { owner: 'avatar', field: 'avatar_file_id' })
      if (previous) await files.release(previous, uploader, trx)
    }
    return `/api/v1/files/${fileId}`
  }

  return {
    /** miniprogram-api.md 1.1. @throws AppError WECHAT_CODE_INVALID, WECHAT_USER_REFUSED, ACCOUNT_DISABLED */
    login: async (code: string): Promise<CustomerLogin> =>
      loginAs(await connected().exchangeCode(code).catch(translate)),

    /** For an identity that WeChat vouched for elsewhere. @throws AppError ACCOUNT_DISABLED */
    loginAs,

    /** Exchanges the phone code and binds the verified number (data-model.md, "Brownfield first"). */
    async bindPhone(who: CustomerPrincipal, code: string, once: Once): Promise<PhoneBinding> {
      const { phone } = await connected().phoneNumber(code).catch(translate)
      return transaction(async (trx) => {
        const row = await mergeByPhone(trx, await current.current(trx, who.id, 'Exclusive'), phone)
        const answer = { phone, userInfo: toProfile(row) }
        await once.save(trx, answer)
        return answer
      })
    },

    profile: async (who: CustomerPrincipal): Promise<CustomerProfile> => toProfile(who.row),

    async updateProfile(who: CustomerPrincipal, input: ProfileInput): Promise<CustomerProfile> {
      return transaction(async (trx) => {
        // Alone: of two avatars set at once the first has to see that the second replaces it.
        const row = await current.current(trx, who.id, 'Exclusive')
        const { avatar_file_id, email, ...changes } = input
        const avatar = avatar_file_id ? { wechat_avatar_url: await setAvatar(trx, row, avatar_file_id) } : {}
        const mail = email === undefined ? {} : { email }
        await repository.update(row.id, { ...changes, ...mail, ...avatar, update_time: now() }, trx)
        return toProfile({ ...row, ...changes, ...mail, ...avatar })
      })
    },

    findPrincipal: (async ({ sub }) => {
      const id = Number(sub)
      const row = Number.isSafeInteger(id) ? await repository.findLive(id) : null
      if (!row?.wechat_openid) return null
      if (row.wechat_disabled_at) throw new AppError('UNAUTHENTICATED', { message: ERROR_TEXT.ACCOUNT_DISABLED })
      const { wechat_openid } = row
      return { typ: 'customer', id: row.id, name: row.contact || '微信用户', row: { ...row, wechat_openid } }
    }) satisfies FindPrincipal,
  }
}

export type CustomerService = ReturnType<typeof createCustomerService>

/** The ways an eleven-digit number stands in a table that people typed. */
function spellings(phone: string): string[] {
  const parts = /^(\d{3})(\d{4})(\d{4})$/.exec(phone)?.slice(1)
  const grouped = parts ? [parts.join(' '), parts.join('-')] : []
  return [phone, `+86${phone}`, `86${phone}`, `+86 ${phone}`, ...grouped]
}

function translate(error: unknown): never {
  const reason = error instanceof UpstreamError ? error.detail?.reason : undefined
  if (reason === 'code-invalid') throw new AppError('WECHAT_CODE_INVALID', { cause: error })
  if (reason === 'user-refused') throw new AppError('WECHAT_USER_REFUSED', { cause: error })
  if (error instanceof UpstreamError && error.kind === 'rate-limited')
    throw new AppError('RATE_LIMITED', { cause: error, retryAfterSeconds: 60 })
  throw error
}
