import fs from 'node:fs'
import path from 'node:path'
import { createCloudbase } from '../../../server/connectors/cloudbase'
import type { HttpCall } from '../../../server/connectors/kit/http'
import { UpstreamError } from '../../../server/connectors/kit/upstream-error'
import { type CloudbaseSandbox, startCloudbaseSandbox } from '../../../server/sandbox/cloudbase'
import { tempDir } from '../../support/engines'

/** The real SDK over real HTTP; nothing of it is replaced. */
let sandbox: CloudbaseSandbox
let dir: string
const calls: HttpCall[] = []
beforeAll(async () => {
  sandbox = await startCloudbaseSandbox()
  dir = tempDir()
})
afterAll(async () => {
  await sandbox.close()
  fs.rmSync(dir, { recursive: true, force: true })
})
afterEach(() => {
  sandbox.control({ reset: true })
  calls.length = 0
})

const connect = (changes: object = {}) =>
  createCloudbase({ config: { ...sandbox, ...changes }, onCall: (call) => void calls.push(call) })
const text = async (stream: AsyncIterable<Buffer>) => {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
const faultOf = async (work: Promise<unknown>): Promise<UpstreamError> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(UpstreamError)
  return error as UpstreamError
}

test('what is put can be read whole, in part and into a file', async () => {
  const cloudbase = connect()
  const fileID = await cloudbase.put('files/a', Buffer.from('0123456789'))
  expect(fileID).toBe(`cloud://${sandbox.env}.sandbox-bucket/files/a`)
  expect(await cloudbase.idOf('files/a')).toBe(fileID)
  expect(await text(await cloudbase.open(fileID))).toBe('0123456789')
  expect(await text(await cloudbase.open(fileID, { start: 2, end: 4 }))).toBe('234')
  const local = path.join(dir, 'copy')
  expect(await cloudbase.save(fileID, local, 10)).toMatchObject({ size: 10 })
  expect(fs.readFileSync(local, 'utf8')).toBe('0123456789')
})

test('a stream is put as it is', async () => {
  const local = path.join(dir, 'large')
  fs.writeFileSync(local, Buffer.alloc(300_000, 'x'))
  await connect().put('files/large', fs.createReadStream(local))
  expect(sandbox.files.get('files/large')).toHaveLength(300_000)
})

test('a file over the limit is not taken in', async () => {
  const cloudbase = connect()
  const fileID = await cloudbase.put('files/a', Buffer.alloc(11))
  expect((await faultOf(cloudbase.save(fileID, path.join(dir, 'b'), 10))).detail.reason).toBe('too-large')
  expect((await faultOf(cloudbase.read(fileID, 10))).detail.reason).toBe('too-large')
})

test('a file of another environment is not even asked for', async () => {
  const fault = await faultOf(connect().open('cloud://other-env.bucket/files/a'))
  expect([fault.kind, fault.detail.reason]).toEqual(['rejected', 'not-found'])
  expect(sandbox.requests()).toEqual([])
})

test('what is not there is told from what cannot be reached', async () => {
  const cloudbase = connect()
  const fileID = `cloud://${sandbox.env}.sandbox-bucket/files/none`
  expect((await faultOf(cloudbase.open(fileID))).detail.reason).toBe('not-found')
  await cloudbase.remove(fileID)
  sandbox.control({ failNext: 1, status: 503 })
  expect((await faultOf(cloudbase.check())).kind).toBe('unavailable')
  sandbox.control({ dropConnection: 1 })
  expect((await faultOf(cloudbase.check())).kind).toBe('unavailable')
  await cloudbase.check()
})

test('a removed file is gone, also for an address known before', async () => {
  const cloudbase = connect()
  const fileID = await cloudbase.put('files/a', Buffer.from('a'))
  await text(await cloudbase.open(fileID))
  await cloudbase.remove(fileID)
  expect(sandbox.files.size).toBe(0)
  expect((await faultOf(cloudbase.open(fileID))).detail.reason).toBe('not-found')
})

test.each([
  ['a wrong key', { secretKey: 'another' }],
  ['an unknown id', { secretId: 'another' }],
])('%s is refused as ours', async (_case, changes) => {
  expect((await faultOf(connect(changes).check())).kind).toBe('unauthenticated')
})

test('every call is told of, without contents or addresses', async () => {
  const cloudbase = connect()
  const fileID = await cloudbase.put('files/a', Buffer.from('a'))
  await text(await cloudbase.open(fileID))
  await faultOf(connect({ secretKey: 'x' }).check())
  expect(calls.map(({ endpoint, success }) => [endpoint, success])).toEqual([
    ['uploadFile', true],
    ['getTempFileURL', true],
    ['downloadFile', true],
    ['getUploadMetadata', false],
  ])
  expect(JSON.stringify(calls)).not.toMatch(/sign=|sandbox-key/)
})
