import type { CaptchaReading, CaptchaSpec } from './spelling'

/** Something that reads captchas; where there is none, a person does. */
export interface CaptchaDecoder {
  name: 'local' | 'http'
  /** @returns null where it can make nothing of the image; @throws where it could not try */
  read(image: Uint8Array, spec: CaptchaSpec): Promise<CaptchaReading | null>
  close(): Promise<void>
}
