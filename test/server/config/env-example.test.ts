import fs from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { parseConfig } from '../../../server/config/config'
import { ENV_NAMES, readEnv } from '../../../server/config/env'

const text = fs.readFileSync(path.resolve(__dirname, '../../../.env.example'), 'utf8')

const compose = fs.readFileSync(path.resolve(__dirname, '../../../compose.yaml'), 'utf8')

test('.env.example names exactly the variables that the server and compose.yaml read, each once', () => {
  const names = text.match(/^[A-Z][A-Z0-9_]*(?==)/gm) ?? []
  const inCompose = [...compose.matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name]) => name!)
  expect(names.toSorted()).toEqual([...new Set([...ENV_NAMES, ...inCompose])].toSorted())
})

test('a copy of .env.example changes nothing', () => {
  expect(parseConfig(readEnv(parseEnv(text) as NodeJS.ProcessEnv))).toEqual(parseConfig({}))
})

test('every variable is explained above it', () => {
  const blocks = text.split('\n\n').filter((block) => /^[A-Z]/m.test(block))
  for (const block of blocks) expect(block).toMatch(/^#/)
})
