import { staff } from '../../http/authenticate'
import type { Family } from '../../http/guard'
import { pageOf } from '../../http/page'
import type { ErrorCode } from '../../../types/errors'
import {
  challenge,
  challengeAnswer,
  challengeParams,
  challengeQuery,
  checkedSession,
  dryRunBody,
  dryRunParams,
  dryRunResult,
  session,
  sessionParams,
  sessionQuery,
  sessionRow,
} from './schema'
import type { ExternalSessionService } from './service'

const ADMIN = staff('ADMIN')
const NO_SESSION: ErrorCode[] = [
  'NOT_FOUND',
  'CHALLENGE_OPEN',
  'CAPTCHA_EXHAUSTED',
  'PASSWORD_WRONG',
  'ACCOUNT_LOCKED',
  'SITE_DOWN',
  'SITE_CHANGED',
]

export function mountExternalSessionRoutes(
  { route }: Family,
  { externalSessions: sessions }: { externalSessions: ExternalSessionService },
) {
  route(
    'get',
    '/admin/external/sessions',
    {
      summary: '外部系统的登录状态与下一步',
      access: ADMIN,
      query: sessionQuery,
      response: pageOf(sessionRow),
      message: '获取成功',
    },
    ({ query }) => sessions.list(query),
  )
  // The answer is a login, so it is kept nowhere: no Idempotency-Key here; asking twice makes no second login anyway.
  route(
    'post',
    '/admin/external/:system/:account/session',
    {
      summary: '取得有效的登录态，必要时登录',
      access: ADMIN,
      params: sessionParams,
      response: session,
      message: '获取成功',
      errors: NO_SESSION,
    },
    ({ params }) => sessions.ensureSession(params),
  )
  route(
    'post',
    '/admin/external/:system/:account/check',
    {
      summary: '立即检查登录态；解除退避与停止',
      access: ADMIN,
      params: sessionParams,
      response: checkedSession,
      message: '登录态有效',
      errors: NO_SESSION,
    },
    ({ who, params }) => sessions.check(who, params),
  )
  route(
    'post',
    '/admin/external/systems/:system/dry-run',
    {
      summary: '试运行：逐步登录并读取第一页，配置可以尚未保存，不改动已有登录态',
      access: ADMIN,
      params: dryRunParams,
      body: dryRunBody,
      response: dryRunResult,
      message: '试运行结束',
      errors: ['NOT_FOUND', 'CONFLICT'],
    },
    ({ who, params, body }) => sessions.dryRun(who, params.system, body),
  )
  route(
    'get',
    '/admin/external/challenges',
    {
      summary: '等待人工输入的验证码',
      access: ADMIN,
      query: challengeQuery,
      response: pageOf(challenge),
      message: '获取成功',
    },
    ({ query }) => sessions.challenges(query),
  )
  route(
    'get',
    '/admin/external/challenges/:id',
    {
      summary: '一个验证码',
      access: ADMIN,
      params: challengeParams,
      response: challenge,
      message: '获取成功',
      errors: ['NOT_FOUND'],
    },
    ({ params }) => sessions.challenge(params.id),
  )
  route(
    'post',
    '/admin/external/challenges/:id',
    {
      summary: '人工输入验证码并登录',
      access: ADMIN,
      params: challengeParams,
      body: challengeAnswer,
      response: session,
      message: '登录成功',
      errors: [...NO_SESSION, 'CHALLENGE_CLOSED', 'CONFLICT'],
    },
    ({ who, params, body }) => sessions.answer(who, params.id, body.answer),
  )
}
