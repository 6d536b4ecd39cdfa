import tcb from '@cloudbase/node-sdk'
import type { CloudCaller } from '../../types/cloud'
import { type Environment, FunctionFault } from './server-call'

/** The parts of a function's second argument that name the caller. */
export interface FunctionContext {
  environment?: string
  environ?: string
}

/** What WeChat and CloudBase say about this run; nothing of it comes from the event. */
export function readContext(context: unknown, env: Environment): Environment {
  const { environment, environ } = (context ?? {}) as FunctionContext
  if (!environment && !environ) return env
  try {
    return tcb.getCloudbaseContext(context as Parameters<typeof tcb.getCloudbaseContext>[0]) as unknown as Environment
  } catch {
    throw new FunctionFault(400, '云函数的上下文无效')
  }
}

/** @throws FunctionFault when it was not the mini-program that called */
export function callerOf(context: Environment): CloudCaller {
  const { WX_OPENID, WX_UNIONID, WX_CLIENTIP, WX_CLIENTIPV6 } = context
  if (!WX_OPENID) throw new FunctionFault(401, '只能从微信小程序调用：没有微信身份')
  const address = WX_CLIENTIP || WX_CLIENTIPV6
  return { openid: WX_OPENID, ...(WX_UNIONID ? { unionid: WX_UNIONID } : {}), ...(address ? { address } : {}) }
}
