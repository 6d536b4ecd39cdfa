import type { RouterContext } from '@koa/router'
import rangeParser from 'range-parser'
import { z } from 'zod'
import { invalidField } from '../../errors/app-error'
import { anyone, open } from '../../http/authenticate'
import { optionalText, recordId } from '../../http/fields'
import type { Family } from '../../http/guard'
import type { RateLimit } from '../../http/limits'
import { cleanName } from '../../http/uploads'
import { ANY_RULE, fileQuery, IMAGE_RULE, ONE_FILE, storedFile } from './schema'
import type { FileService } from './service'

export function mountFileRoutes({ route }: Family, { files, limit }: { files: FileService; limit: RateLimit }) {
  route(
    'post',
    '/files',
    {
      summary: '上传一个文件，24 小时内未使用则删除',
      access: anyone,
      upload: { fields: ONE_FILE, only: true },
      body: z.object({ purpose: optionalText('用途', 20), name: optionalText('文件名', 1000) }),
      response: storedFile,
      message: '上传成功',
      errors: ['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA', 'FILE_TYPE_REFUSED'],
      idempotent: true,
      limit,
    },
    async ({ who, body, uploads: [upload], once }) => {
      if (!upload) throw invalidField('file', '请选择文件')
      const rule = body.purpose === 'avatar' ? IMAGE_RULE : ANY_RULE
      // `wx.uploadFile` sends the name of a temporary file: the real one may come beside it.
      const name = body.name ? cleanName(body.name) : upload.name
      return files.add({ upload: { ...upload, name }, rule }, who, once)
    },
  )

  route(
    'get',
    '/files/:id',
    {
      summary: '按签名链接读取文件',
      access: open,
      params: z.object({ id: recordId('文件编号') }),
      query: fileQuery,
      response: null,
      responseType: 'application/octet-stream',
      errors: ['FORBIDDEN', 'NOT_FOUND'],
    },
    async ({ params, query, ctx }) => {
      await send(ctx, await files.open(params.id, query.v, query.exp, query.sig))
    },
  )
}

type OpenFile = Awaited<ReturnType<FileService['open']>>

/** Content by its sniffed type, never run by a browser; one byte range; conditional requests. */
async function send(ctx: RouterContext, file: OpenFile): Promise<void> {
  ctx.attachment(file.name, { type: file.mime.startsWith('image/') ? 'inline' : 'attachment' })
  ctx.type = file.mime
  ctx.etag = file.etag
  ctx.set('Cache-Control', 'private, max-age=3600')
  ctx.set('Accept-Ranges', 'bytes')
  ctx.set('Content-Security-Policy', "default-src 'none'; sandbox")
  ctx.status = 200
  if (ctx.fresh) {
    ctx.status = 304
    ctx.respond = true
    ctx.body = null
    return
  }
  const range = rangeOf(ctx, file)
  if (range === 'unsatisfiable') {
    ctx.status = 416
    ctx.set('Content-Range', `bytes */${file.size}`)
    ctx.body = ''
    return
  }
  if (range) {
    ctx.status = 206
    ctx.set('Content-Range', `bytes ${range.start}-${range.end}/${file.size}`)
  }
  ctx.length = range ? range.end - range.start + 1 : file.size
  ctx.body = ctx.method === 'HEAD' ? '' : await file.read(range ?? undefined)
  ctx.type = file.mime
  ctx.length = range ? range.end - range.start + 1 : file.size
}

function rangeOf(ctx: RouterContext, { size, etag }: OpenFile) {
  const header = ctx.get('range')
  const condition = ctx.get('if-range')
  if (!header || (condition && condition !== etag)) return null
  const ranges = rangeParser(size, header)
  if (ranges === -1) return 'unsatisfiable'
  if (ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return null
  return ranges[0]!
}
