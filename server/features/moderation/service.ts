import type { Logger } from 'pino'
import type { Wechat } from '../../connectors/wechat'
import { AppError } from '../../errors/app-error'

/** WeChat asks that what users write is checked; where it is not configured, nothing is. */
export interface Moderation {
  /**
   * @returns null when all is well, `review` when a person should look, `unchecked` when WeChat did not answer
   * @throws AppError CONTENT_REFUSED
   */
  check(openid: string, texts: (string | null)[]): Promise<'review' | 'unchecked' | null>
}

export function createModeration({
  wechat,
  enabled,
  log,
}: {
  wechat: Wechat | null
  enabled: boolean
  log: Logger
}): Moderation {
  return {
    async check(openid, texts) {
      const content = texts.filter(Boolean).join('\n')
      if (!enabled || !wechat || !content) return null
      try {
        const verdict = await wechat.checkText({ openId: openid, content, scene: 'comment' })
        if (verdict === 'risky') throw new AppError('CONTENT_REFUSED')
        return verdict === 'review' ? 'review' : null
      } catch (error) {
        if (error instanceof AppError) throw error
        log.warn({ err: error }, 'content check did not answer; kept for review')
        return 'unchecked'
      }
    },
  }
}
