// A small stand-in for the WeChat runtime: loads a built dist/weapp folder in a vm context with no DOM, with
// App / Page / Component / wx stubs, and applies setData the way the view layer would.
const fs = require('node:fs')
const path = require('node:path')
const vm = require('node:vm')
const { createWx } = require('./wx')

function setPath(target, key, value) {
  const parts = key
    .replace(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter(Boolean)
  const last = parts.pop()
  let current = target
  for (const part of parts) current = current[part] ??= {}
  current[last] = value
}

/** Alias of a node in setData → wxml tag and attribute names, read from the generated templates. */
function readTemplates(dist) {
  const tags = {}
  const props = {}
  const wxml = fs.readFileSync(path.join(dist, 'base.wxml'), 'utf8')
  for (const match of wxml.matchAll(/<template name="tmpl_0_(\w+?)(_focus|_blur)?">\s*<([\w-]+)([^>]*)>/g)) {
    if (match[3] === 'template' || match[2] === '_focus') continue
    tags[match[1]] = match[3]
    props[match[1]] = Object.fromEntries(
      [...match[4].matchAll(/([\w-]+)="\{\{[^"]*?i\.(\w+)/g)].map((attribute) => [attribute[2], attribute[1]]),
    )
  }
  return { tags, props }
}

/**
 * Starts the app. `overrides` replace single `wx` functions (WeChat's callback style: success, fail, complete).
 * Returns what a test needs: open(path, query), tree, text, find, fire, settle, calls, storage, navigation.
 */
function createHost(dist, overrides = {}) {
  const calls = []
  const app = { current: null }
  const pages = new Map()
  const stack = []
  let route = ''
  const { wx, storage, navigation } = createWx(calls, overrides)
  const sandbox = {
    wx,
    console,
    setTimeout,
    clearTimeout,
    setInterval,
    clearInterval,
    Promise,
    URL: undefined,
    App: (config) => (app.current = config),
    Page: (config) => pages.set(route, config),
    Component: () => undefined,
    Behavior: (behavior) => behavior,
    getApp: () => app.current,
    getCurrentPages: () => stack,
    __wxConfig: {},
  }
  sandbox.global = sandbox
  sandbox.globalThis = sandbox
  const load = createLoader(vm.createContext(sandbox))
  const appJson = JSON.parse(fs.readFileSync(path.join(dist, 'app.json'), 'utf8'))
  const { tags, props } = readTemplates(dist)

  load(path.join(dist, 'app.js'))
  app.current.onLaunch?.call(app.current, { path: appJson.pages[0], query: {}, scene: 1001 })
  app.current.onShow?.call(app.current, {})

  const settle = (ms = 60) => new Promise((resolve) => setTimeout(resolve, ms))

  async function open(name, query = {}) {
    route = name
    load(path.join(dist, `${name}.js`))
    const config = pages.get(name)
    if (!config) throw new Error(`no Page() call in ${name}`)
    const page = createPage(config, name, query)
    stack.push(page)
    page.onLoad?.call(page, query)
    page.onShow?.call(page)
    await settle()
    page.onReady?.call(page)
    await settle()
    return page
  }

  function close(page) {
    page.onUnload?.call(page)
    stack.splice(stack.indexOf(page), 1)
  }

  const toNode = (raw) =>
    tags[raw.nn] === 'block'
      ? { text: raw.v }
      : {
          tag: tags[raw.nn] ?? raw.nn,
          id: raw.uid ?? raw.sid,
          sid: raw.sid,
          cls: raw.cl ?? '',
          props: Object.fromEntries(
            Object.entries(raw)
              .filter(([key]) => props[raw.nn]?.[key] && key !== 'sid')
              .map(([key, value]) => [props[raw.nn][key], value]),
          ),
          children: (raw.cn ?? []).map(toNode),
        }
  const tree = (page) => (page.data.root.cn ?? []).map(toNode)
  const walk = (nodes, visit) => nodes.forEach((node) => (visit(node), walk(node.children ?? [], visit)))

  /** Every text on the page, in order. */
  function text(page) {
    const found = []
    walk(tree(page), (node) => node.text !== undefined && found.push(node.text))
    return found
  }

  /** Nodes that satisfy a condition, outermost first. */
  function find(page, condition) {
    const found = []
    walk(tree(page), (node) => node.tag && condition(node) && found.push(node))
    return found
  }

  /** The innermost node with `cls` (or any) that contains exactly this text. */
  function byText(page, wanted, cls = '') {
    const contains = (node) => node.text === wanted || (node.children ?? []).some(contains)
    return find(page, (node) => node.cls.includes(cls) && contains(node)).pop()
  }

  async function fire(page, node, type, detail = {}) {
    const target = { id: node.id, dataset: { sid: node.sid } }
    page.eh.call(page, {
      type,
      detail,
      target,
      currentTarget: target,
      touches: detail.touches ?? [],
      timeStamp: Date.now(),
    })
    await settle()
  }

  return { appJson, calls, storage, navigation, open, close, tree, text, find, byText, fire, settle }
}

function createLoader(context) {
  const cache = {}
  return function load(file) {
    const name = file.endsWith('.js') ? file : `${file}.js`
    if (cache[name]) return cache[name].exports
    const module = (cache[name] = { exports: {} })
    const code = fs.readFileSync(name, 'utf8')
    const run = vm.compileFunction(code, ['require', 'module', 'exports'], { filename: name, parsingContext: context })
    run((request) => load(path.resolve(path.dirname(name), request)), module, module.exports)
    return module.exports
  }
}

function createPage(config, name, query) {
  const page = Object.assign(Object.create(null), config, { route: name, __route__: name, options: query })
  page.setDataCalls = 0
  page.largestSetDataBytes = 0
  page.data = JSON.parse(JSON.stringify(config.data ?? {}))
  page.setData = (change, done) => {
    page.setDataCalls++
    page.largestSetDataBytes = Math.max(page.largestSetDataBytes, Buffer.byteLength(JSON.stringify(change)))
    for (const [key, value] of Object.entries(change)) {
      setPath(page.data, key, value === undefined ? value : JSON.parse(JSON.stringify(value)))
    }
    if (done) setTimeout(() => done.call(page), 0)
  }
  return page
}

module.exports = { createHost }
