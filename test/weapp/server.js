// The real server beside the stand-in runtime, and `wx.request` / `wx.uploadFile` over real HTTP to it.
const { spawn } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

const root = path.resolve(__dirname, '../..')
/** What the demo build of the mini-program believes the server's address to be. */
const BUILT_IN = 'http://localhost:4001'

/** Starts it, empty or with the `demo`; `url` is where it listens, `stop` ends it. */
function startServer(...contents) {
  const script = path.join(__dirname, 'server-process.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...contents], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  let trouble = ''
  child.stderr.on('data', (chunk) => (trouble += chunk))
  const stop = () => {
    child.stdin.end()
    return ended
  }
  return new Promise((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
      const line = /^\{.*\}$/m.exec(said)
      if (line) resolve({ ...JSON.parse(line[0]), stop })
    })
    void ended.then((code) => reject(new Error(`the server ended with ${code}: ${trouble}`)))
  })
}

/**
 * `request` and `uploadFile` for `createHost`, in WeChat's callback style. `sent` collects what went out;
 * `lose(times)` lets the next answers of POST /tasks get lost after the server gave them.
 */
function overHttp(url) {
  const sent = []
  let toLose = 0
  const answer = async (option, call) => {
    try {
      const response = await call()
      const text = await response.text()
      const lost = toLose > 0 && option.method === 'POST' && option.url.endsWith('/api/v1/tasks')
      if (lost) {
        toLose--
        throw new Error('connection reset')
      }
      const result = { statusCode: response.status, header: Object.fromEntries(response.headers), text }
      option.success?.(result)
      option.complete?.(result)
    } catch (error) {
      const failure = { errMsg: `request:fail ${error.message}` }
      option.fail?.(failure)
      option.complete?.(failure)
    }
  }
  const place = (option) => option.url.replace(BUILT_IN, url)

  const request = (option) => {
    sent.push({ method: option.method ?? 'GET', path: option.url.replace(BUILT_IN, ''), data: option.data })
    const body = option.data === undefined || option.method === 'GET' ? undefined : JSON.stringify(option.data)
    const parsed = { ...option, success: (result) => option.success?.({ ...result, data: parse(result.text) }) }
    void answer(parsed, () => fetch(place(option), { method: option.method, headers: option.header, body }))
    return { abort() {} }
  }

  const uploadFile = (option) => {
    sent.push({ method: 'UPLOAD', path: option.url.replace(BUILT_IN, ''), data: option.filePath })
    const listeners = []
    const form = new FormData()
    for (const [name, value] of Object.entries(option.formData ?? {})) form.append(name, value)
    form.append(option.name, new Blob([fs.readFileSync(option.filePath)]), path.basename(option.filePath))
    const parsed = { ...option, success: (result) => option.success?.({ ...result, data: result.text }) }
    void answer(parsed, async () => {
      listeners.forEach((listener) => listener({ progress: 50 }))
      return fetch(place(option), { method: 'POST', headers: option.header, body: form })
    })
    return { abort() {}, onProgressUpdate: (listener) => listeners.push(listener), offProgressUpdate() {} }
  }
  return { request, uploadFile, sent, lose: (times) => (toLose = times) }
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

module.exports = { startServer, overHttp }
