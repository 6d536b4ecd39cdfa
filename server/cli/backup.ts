import fs from 'node:fs'
import path from 'node:path'
import { backUpSqlite } from '../db/backup'
import { readConfig } from './open-context'
import { runCommand } from './run'

/** `npm run backup -- FILE` copies the SQLite database while the service runs. */
runCommand(async () => {
  const [file, ...more] = process.argv.slice(2)
  if (!file || more.length > 0) throw new Error('用法：npm run backup -- 文件；部署目录里 field backup 文件')
  const target = path.resolve(file)
  if (fs.existsSync(target)) throw new Error(`${target} 已经存在`)
  const { config } = readConfig()
  if (config.database.engine !== 'sqlite') throw new Error('SQL Server 请用它自己的备份（见 docs/operations.md）')
  fs.mkdirSync(path.dirname(target), { recursive: true })
  const bytes = await backUpSqlite(config.database.file, target)
  const folders = ['files', 'heads'].map((name) => path.join(config.dataDir, name))
  process.stdout.write(`${target}：${(bytes / 1024 / 1024).toFixed(1)} MB，完整\n接着备份 ${folders.join(' 和 ')}\n`)
})
