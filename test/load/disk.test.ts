import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { tempDir } from '../support/engines'
import { cleanUp, launch, type Confinement } from '../support/server-process'
import { busy, during, seconds } from './drive'
import { createMix } from './mix'
import { type Stage, startStage } from './stage'

const NOBODY = 65_534
const IS_ROOT = process.getuid?.() === 0
const SMALL_DISK_MB = 24
const MAX_FILE_BYTES = 3 * 1024 * 1024
const FILLING_ROUNDS = 12

let stage: Stage | undefined
afterEach(async () => {
  await stage?.close()
  stage = undefined
  cleanUp()
})

/** A small file system of its own; null where mounting one is not allowed. */
function mountSmallDisk(): string | null {
  const dir = tempDir()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SMALL_DISK_MB}m,mode=777`, 'tmpfs', dir], { stdio: 'ignore' })
    return dir
  } catch {
    fs.rmdirSync(dir)
    return null
  }
}

const unmount = (dir: string) => execFileSync('umount', ['-l', dir], { stdio: 'ignore' })

/** Uploads until the disk takes no more, with the day's work beside it. */
async function fill({ tally }: Stage, mix: Awaited<ReturnType<typeof createMix>>): Promise<void> {
  for (let round = 0; round < FILLING_ROUNDS && tally.count(503) < 3; round++)
    await Promise.all([mix.acts.large(), mix.acts.large(), mix.acts.create(true), mix.acts.visit()])
}

test('a full disk refuses with 503 and keeps what it took; with room again the same requests get through', async () => {
  const disk = mountSmallDisk()
  if (!disk) return void process.stdout.write('not run here: a full file system (mounting one is not allowed)\n')
  const ballast = path.join(disk, 'ballast')
  try {
    stage = await startStage({ dataDir: path.join(disk, 'data') })
    const { tally } = stage
    const mix = await createMix(stage)
    await busy(mix, 500)
    await during(tally, async () => {
      await fill(stage!, mix)
      // What is left goes as well: now neither a photo nor a row has room.
      fillUp(ballast)
      await busy(mix, seconds(1) * 1000)
      expect((await stage!.api.get('/livez')).status).toBe(200)
      expect((await stage!.api.get('/readyz')).status).toBe(503)
    })
    expect(tally.wrong.splice(0)).toEqual([])
    expect(tally.count(503)).toBeGreaterThan(0)
    fs.rmSync(ballast)
    execFileSync('mount', ['-o', 'remount,size=256m', disk])
    await mix.settle()
    await busy(mix, 500)
    expect(tally.wrong).toEqual([])
    await stage.finish('a full disk')
  } finally {
    await stage?.close()
    stage = undefined
    unmount(disk)
    fs.rmdirSync(disk)
  }
})

function fillUp(file: string): void {
  const chunk = Buffer.alloc(4096)
  const handle = fs.openSync(file, 'w')
  try {
    for (;;) fs.writeSync(handle, chunk)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    fs.closeSync(handle)
  }
}

test('files that may not grow: uploads and rows too many are refused with 503, the rest is whole', async () => {
  stage = await startStage({ confinement: { maxFileBytes: MAX_FILE_BYTES } })
  const { tally } = stage
  const mix = await createMix(stage)
  await during(tally, async () => {
    await Promise.all([mix.acts.large(), mix.acts.large()])
    await busy(mix, seconds(2) * 1000)
  })
  expect(tally.count(503)).toBeGreaterThanOrEqual(2)
  expect(tally.wrong).toEqual([])
  // SQLite calls it an I/O error, after which a commit may have come through: contents stay until the sweep.
  await stage.finish('files limited to 3 MB', { orphans: 2 * tally.count(503) })
})

test('a folder without rights refuses uploads with 503 while everything else goes on', async () => {
  const dataDir = tempDir()
  const confinement: Confinement = IS_ROOT ? { uid: NOBODY } : {}
  stage = await startStage({ dataDir, confinement })
  const { tally } = stage
  const mix = await createMix(stage)
  await Promise.all([mix.acts.create(true), mix.acts.large()])
  const folders = ['files', 'incoming'].map((name) => path.join(dataDir, name))
  const give = (mode: number) => folders.forEach((dir) => fs.chmodSync(dir, mode))
  give(0o555)
  await during(tally, async () => {
    await Promise.all([mix.acts.create(true), mix.acts.large(), mix.acts.create(false), mix.acts.list()])
    await busy(mix, seconds(1) * 1000)
  })
  expect(tally.count(503)).toBeGreaterThanOrEqual(2)
  expect(stage.ledger.tasks.size).toBeGreaterThan(1)
  give(0o755)
  await mix.settle()
  expect(tally.wrong).toEqual([])
  await stage.finish('a folder without rights')
})

test('a data folder without rights ends the start with one line that says so', async () => {
  const dataDir = tempDir()
  fs.chmodSync(dataDir, 0o555)
  const { ended } = await launch({ DATA_DIR: path.join(dataDir, 'data'), PORT: '0' }, IS_ROOT ? { uid: NOBODY } : {})
  const { code, stderr } = await ended
  fs.rmSync(dataDir, { recursive: true })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^cannot start: DATA_DIR [^\n]*EACCES[^\n]*\n$/)
})
