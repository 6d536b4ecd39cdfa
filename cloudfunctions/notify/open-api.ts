/**
 * Arguments and answers of `callCompatibleWxOpenApi` are protocol buffers, as wx-server-sdk writes them:
 * `CommApiData {1: apiType = OPEN_API (0), 2: OpenApiData {1: repeated {1: key, 2: value as JSON}}}` and
 * `CommOpenApiResp {1: respData, 2: contentType, 3: errorCode}`.
 */
const LENGTH_DELIMITED = 2

export function encodeArguments(fields: Record<string, unknown>): Buffer {
  const pairs = Object.entries(fields).map(([key, value]) =>
    block(1, Buffer.concat([block(1, Buffer.from(key)), block(2, Buffer.from(JSON.stringify(value)))])),
  )
  return Buffer.concat([Buffer.from([8, 0]), block(2, Buffer.concat(pairs))])
}

export interface OpenApiAnswer {
  errcode: number
  errmsg: string
}

/** @throws when it is neither an answer of WeChat nor an error of CloudBase */
export function decodeAnswer(answer: unknown): OpenApiAnswer {
  if (!Buffer.isBuffer(answer)) return fromJson(answer)
  if (answer[0] === 0x7b) return fromJson(JSON.parse(answer.toString('utf8')))
  const fields = readFields(answer)
  const errorCode = Number(fields.get(3) ?? 0)
  if (errorCode !== 0) return { errcode: errorCode | 0, errmsg: 'WeChat refused the cloud call' }
  return fromJson(JSON.parse(String(fields.get(1) ?? '{}')))
}

function fromJson(answer: unknown): OpenApiAnswer {
  const { errcode, errmsg, code, message } = (answer ?? {}) as Record<string, unknown>
  if (code !== undefined) throw new Error(`${String(code)}: ${String(message ?? '')}`)
  return { errcode: Number(errcode ?? 0), errmsg: String(errmsg ?? '') }
}

const block = (field: number, content: Buffer) =>
  Buffer.concat([Buffer.from([(field << 3) | LENGTH_DELIMITED]), varint(content.length), content])

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest])
    bytes.push((rest % 128) | 128)
  }
}

/** Numbers and byte blocks by field; other kinds do not occur. */
function readFields(bytes: Buffer): Map<number, Buffer | number> {
  const fields = new Map<number, Buffer | number>()
  let at = 0
  const next = () => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++]
      if (byte === undefined) throw new Error('the answer is cut short')
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const tag = next()
    if ((tag & 7) === 0) fields.set(tag >>> 3, next())
    else if ((tag & 7) === LENGTH_DELIMITED) {
      const length = next()
      fields.set(tag >>> 3, bytes.subarray(at, at + length))
      at += length
    } else throw new Error('the answer is not a protocol buffer')
  }
  return fields
}
