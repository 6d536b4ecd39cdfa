import { z } from 'zod'
import type { HttpClient } from '../kit/http'
import type { CaptchaDecoder } from './decoder'

/**
 * A decoding service: `POST /` of its address with `{ image: base64, kind, length }`, answered by
 * `{ text, margin? }`; without a margin every answer is taken for sure.
 */
const answer = z.object({ text: z.string().trim().min(1).max(50), margin: z.number().optional() })

export function createHttpDecoder(http: HttpClient): CaptchaDecoder {
  return {
    name: 'http',
    async read(image, { kind, length }) {
      const json = { image: Buffer.from(image).toString('base64'), kind, length }
      const response = await http.request({ method: 'POST', path: '/', json, retry: 'safe' })
      if (response.status !== 200) return null
      const { text, margin = Infinity } = response.parse(answer)
      return { answer: text, text, margin }
    },
    close: () => http.close(),
  }
}
