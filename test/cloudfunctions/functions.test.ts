import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { tempDir } from '../support/engines'

const { buildFunctions, FUNCTIONS } = require('../../cloudfunctions/build') as {
  buildFunctions(output: string): Promise<Record<string, string[]>>
  FUNCTIONS: string[]
}
const ROOT = path.resolve(__dirname, '../..')
const MEGABYTE = 1024 * 1024
const SEVEN_FIELDS = /^([\d*/,-]+ ){6}[\d*/,-]+$/

let output: string
let inputs: Record<string, string[]>
beforeAll(async () => {
  output = tempDir()
  inputs = await buildFunctions(output)
})
afterAll(() => fs.rmSync(output, { recursive: true, force: true }))

const at = (name: string, file: string) => path.join(output, name, file)
const json = (name: string, file: string) => JSON.parse(fs.readFileSync(at(name, file), 'utf8'))

test('there are the four of them', () => {
  expect(FUNCTIONS.toSorted()).toEqual(['gateway', 'maintain', 'notify', 'storage'])
  expect(fs.readdirSync(output).toSorted()).toEqual(FUNCTIONS.toSorted())
})

describe.each(['gateway', 'storage', 'maintain', 'notify'])('the bundle of %s', (name) => {
  test('is at most 2 MB and complete in its folder', () => {
    expect(fs.statSync(at(name, 'index.js')).size).toBeLessThan(2 * MEGABYTE)
    expect(fs.readdirSync(path.join(output, name)).toSorted()).toEqual(['config.json', 'index.js', 'package.json'])
    expect(json(name, 'package.json')).toMatchObject({ name, main: 'index.js', engines: { node: '>=18' } })
    expect(json(name, 'package.json').dependencies).toBeUndefined()
  })

  test('loads without any package beside it, in less than 300 ms, and exports main', () => {
    // Time on the processor: other work on the machine is not the bundle's.
    const script = `const before = process.cpuUsage(); const { main } = require('./index.js');
      const { user, system } = process.cpuUsage(before);
      console.log(JSON.stringify({ ms: (user + system) / 1000, type: typeof main }))`
    const load = () => {
      const said = execFileSync(process.execPath, ['-e', script], { cwd: path.join(output, name), encoding: 'utf8' })
      return JSON.parse(said) as { ms: number; type: string }
    }
    const loads = [load(), load(), load(), load(), load()]
    expect(loads[0]!.type).toBe('function')
    expect(Math.min(...loads.map(({ ms }) => ms))).toBeLessThan(300)
  })

  test('holds nothing of the server and no dev dependency', () => {
    const { devDependencies } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'))
    const used = inputs[name]!
    expect(used.filter((file) => /^(server|miniprogram|test)\//.test(file))).toEqual([])
    const packages = new Set(used.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []))
    expect(packages).toContain('@cloudbase/node-sdk')
    expect([...packages].filter((one) => Object.hasOwn(devDependencies, one))).toEqual([])
  })

  test('is named in cloudbaserc.json with the same timer', () => {
    const { functions } = JSON.parse(fs.readFileSync(path.join(ROOT, 'cloudbaserc.json'), 'utf8'))
    const listed = functions.find((one: { name: string }) => one.name === name)
    expect(listed).toMatchObject({ handler: 'index.main', runtime: 'Nodejs18.15', installDependency: false })
    const { triggers } = json(name, 'config.json')
    expect(listed.triggers).toEqual(triggers)
    for (const { type, config } of triggers ?? []) {
      expect(type).toBe('timer')
      expect(config).toMatch(SEVEN_FIELDS)
    }
  })
})

test('only maintain and notify have timers, and only notify may call WeChat', () => {
  const timed = FUNCTIONS.filter((name) => json(name, 'config.json').triggers)
  expect(timed.toSorted()).toEqual(['maintain', 'notify'])
  expect(FUNCTIONS.filter((name) => json(name, 'config.json').permissions.openapi.length > 0)).toEqual(['notify'])
})
