import {
  CLOUD_ARGUMENT_BYTES,
  CLOUD_METHODS,
  type CloudCall,
  type CloudFile,
  type CloudMethod,
  isCloudPath,
} from '../../types/cloud'
import { FunctionFault } from './server-call'

const HEADERS = ['authorization', 'idempotency-key']
const CLOUD_FILE = /^cloud:\/\/[\w.-]+\/[\w./-]+$/

type Fields = Record<string, unknown>

/** Reads the mini-program's call; only what is named here goes on. @throws FunctionFault naming what is wrong */
export function readCall(event: unknown): CloudCall {
  if (!isRecord(event)) throw new FunctionFault(400, '参数必须是对象')
  if (Buffer.byteLength(JSON.stringify(event)) > CLOUD_ARGUMENT_BYTES)
    throw new FunctionFault(413, '参数超过 100KB，请把内容作为文件上传')
  const header = headersOf(event.header)
  return {
    method: methodOf(event.method),
    path: pathOf(event.path),
    ...(event.query === undefined ? {} : { query: queryOf(event.query) }),
    ...(header.authorization ? { authorization: header.authorization } : {}),
    ...(header['idempotency-key'] ? { idempotencyKey: header['idempotency-key'] } : {}),
    ...(event.data === undefined ? {} : { data: event.data }),
    ...(event.dataFile === undefined ? {} : { dataFile: fileIdOf(event.dataFile, 'dataFile') }),
  }
}

export function readFile(event: unknown): CloudFile {
  const { fileID, name } = event as Fields
  if (name !== undefined && typeof name !== 'string') throw new FunctionFault(400, 'name 必须是文本')
  const id = fileIdOf(fileID, 'fileID')
  return { fileID: id, name: name || id.split('/').pop()! }
}

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function methodOf(value: unknown = 'GET'): CloudMethod {
  const method = CLOUD_METHODS.find((one) => one === String(value).toUpperCase())
  if (!method) throw new FunctionFault(400, `method 必须是 ${CLOUD_METHODS.join('、')} 之一`)
  return method
}

function pathOf(value: unknown): string {
  if (typeof value !== 'string' || !value) throw new FunctionFault(400, 'path 不能为空')
  if (!isCloudPath(value)) throw new FunctionFault(403, '该路径不能经云函数访问')
  return value
}

function queryOf(value: unknown): Record<string, string> {
  if (!isRecord(value)) throw new FunctionFault(400, 'query 必须是对象')
  const known = Object.entries(value).filter(([, one]) => one !== undefined && one !== null && one !== '')
  return Object.fromEntries(known.map(([name, one]) => [name, String(one)]))
}

function headersOf(value: unknown = {}): Record<string, string> {
  if (!isRecord(value)) throw new FunctionFault(400, 'header 必须是对象')
  const named = Object.entries(value).map(([name, one]) => [name.toLowerCase(), one] as const)
  return Object.fromEntries(named.filter(([name, one]) => HEADERS.includes(name) && typeof one === 'string')) as Record<
    string,
    string
  >
}

function fileIdOf(value: unknown, field: string): string {
  if (typeof value !== 'string' || !CLOUD_FILE.test(value))
    throw new FunctionFault(400, `${field} 不是有效的云文件编号`)
  return value
}
