// What builds need and a server does not; npm leaves it out where NODE_ENV=production is exported.
const fs = require('node:fs')
const path = require('node:path')

const NEEDED = ['tsx', 'esbuild', 'vite', '@tarojs/cli', '@tarojs/webpack5-runner']

/** @throws Error in one line where a package is missing below `root` */
exports.assertDevPackages = (root = path.resolve(__dirname, '../..')) => {
  const missing = NEEDED.find((name) => !fs.existsSync(path.join(root, 'node_modules', name)))
  if (missing) throw new Error(`缺少构建用的软件包（${missing}）：请运行 npm ci --include=dev`)
}

if (require.main === module)
  try {
    exports.assertDevPackages()
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
