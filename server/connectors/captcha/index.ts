import type { HttpClient } from '../kit/http'
import type { CaptchaDecoder } from './decoder'
import { createHttpDecoder } from './http'
import { createLocalDecoder } from './local'

export type { CaptchaDecoder } from './decoder'
export type { CaptchaReading, CaptchaSpec } from './spelling'

/** The configured service, else the local models, else null: then a person reads every captcha. */
export function createCaptchaDecoder({ http }: { http: HttpClient | null }): CaptchaDecoder | null {
  return http ? createHttpDecoder(http) : createLocalDecoder()
}
