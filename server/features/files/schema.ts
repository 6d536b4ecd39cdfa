import { z } from 'zod'
import type { StoredFile } from '../../../types/api/files'
import { UPLOAD_LIMITS } from '../../../types/task-types'
import type { UploadSpec } from '../../http/uploads'
import { FILE_VARIANTS } from './links'
import type { AcceptRule } from './service'

export const storedFile = z.object({
  file_id: z.string(),
  name: z.string(),
  size: z.number().int(),
  mime: z.string(),
  sha256: z.string(),
  url: z.string(),
}) satisfies z.ZodType<StoredFile>

export const fileLink = z.object({ name: z.string(), url: z.string() })

/** Whatever is missing or odd makes a signature that does not fit: a link is ours or it is not. */
export const fileQuery = z.object({
  exp: z.preprocess((value) => (/^\d{1,12}$/.test(String(value)) ? Number(value) : 0), z.number()),
  sig: z.preprocess((value) => (typeof value === 'string' ? value : ''), z.string()),
  v: z.preprocess((value) => FILE_VARIANTS.find((variant) => variant === value) ?? 'original', z.enum(FILE_VARIANTS)),
})

const maxBytes = { image: UPLOAD_LIMITS.maxImageBytes, document: UPLOAD_LIMITS.maxFileBytes }
export const IMAGE_RULE: AcceptRule = { kinds: ['image'], maxBytes }
export const DOCUMENT_RULE: AcceptRule = { kinds: ['document'], maxBytes }
export const ANY_RULE: AcceptRule = { kinds: ['image', 'document'], maxBytes }

/** `wx.uploadFile` sends one file a call. */
export const ONE_FILE: UploadSpec = {
  file: { label: '文件', maxFiles: 1, maxBytes: UPLOAD_LIMITS.maxFileBytes },
}
