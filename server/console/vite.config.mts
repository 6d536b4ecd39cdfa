import path from 'node:path'
import { defineConfig } from 'vite'

const ROOT = path.resolve(import.meta.dirname, '../..')

/** The console; the server puts a fresh nonce in the place of the word at every request (server/http/console-page.ts). */
export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  publicDir: false,
  resolve: { alias: { '@shared': path.join(ROOT, 'types') } },
  html: { cspNonce: '__CSP_NONCE__' },
  oxc: { jsx: { runtime: 'automatic' } },
  build: {
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    // antd in one piece is above Vite's default; what counts is test/support/check-client.js.
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      // antd marks its files "use client", which means nothing here.
      onwarn: (warning, warn) => warning.code !== 'MODULE_LEVEL_DIRECTIVE' && warn(warning),
    },
  },
  // `npx vite server/console` against a server that runs already.
  server: { proxy: { '^/(api|auth|homecare|ngs)/': 'http://localhost:4001' } },
})
