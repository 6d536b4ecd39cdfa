const { execFileSync, spawnSync } = require('node:child_process')
const fs = require('node:fs')

const CHROMIUM = '/usr/bin/chromium'

const say = (what, why) => process.stdout.write(`\nnot run here: ${what} (${why})\n`)

function hasChineseFont() {
  try {
    return execFileSync('fc-list', [':lang=zh'], { encoding: 'utf8' }).trim() !== ''
  } catch {
    return false
  }
}

function hasRedis() {
  return spawnSync('redis-server', ['--version']).status === 0
}

/** What this machine cannot run is said in one line each, never skipped in silence. */
module.exports = () => {
  if (!process.env.TEST_MSSQL_URL) say('SQL Server suites', 'TEST_MSSQL_URL names no server')
  if (!hasRedis()) say('Redis suites', 'no redis-server')
  if (!fs.existsSync(CHROMIUM)) say('browser suites', `there is no ${CHROMIUM}`)
  else if (!hasChineseFont()) say('Chinese screenshots', 'no font has Chinese characters: they are drawn as boxes')
}
