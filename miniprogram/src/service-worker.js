// Keeps the app's own files in the browser, so that it opens without network, as a mini-program does. The build writes
// `VERSION` and `FILES` above. Nothing else goes through here: what the API answers is never kept.
const HOME = new URL('./', self.location.href).href
const KEPT = FILES.map((name) => new URL(name, HOME).href)
const PREFIX = 'yyl-app-'
const CACHE = PREFIX + VERSION
/** A network that is there and does not answer must not keep the app closed. */
const PATIENCE_MS = 4000

self.addEventListener('install', (event) => event.waitUntil(keepFiles().then(() => self.skipWaiting())))
self.addEventListener('activate', (event) => event.waitUntil(dropOldVersions().then(() => self.clients.claim())))
self.addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request
  if (method !== 'GET') return
  if (mode === 'navigate' && url.split(/[?#]/)[0] === HOME) event.respondWith(newestPage(event.request))
  else if (KEPT.includes(url)) event.respondWith(keptFile(event.request))
})

/** All of a version or nothing: half of one opens no page. */
async function keepFiles() {
  const cache = await caches.open(CACHE)
  await cache.addAll([new Request(HOME, { cache: 'no-cache' }), ...KEPT])
}

/** The version before stays: a page that was opened with it may still ask for its parts. */
async function dropOldVersions() {
  const versions = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE)
  await Promise.all(versions.slice(0, -1).map((name) => caches.delete(name)))
}

/** The page of the server, so that a new version is seen at once; the kept one where it does not answer. */
async function newestPage(request) {
  const kept = async () => (await caches.open(CACHE)).match(HOME)
  try {
    const page = await fetch(request, { cache: 'no-cache', signal: AbortSignal.timeout(PATIENCE_MS) })
    // A proxy that redirects or asks for a password is answered by the person, not by an old page.
    return page.status < 500 ? page : ((await kept()) ?? page)
  } catch {
    return (await kept()) ?? Response.error()
  }
}

const keptFile = async (request) => (await caches.match(request)) ?? fetch(request)
