import { format } from 'prettier'
import { circumstances, type Finding, type Row, SERVERS, short, whole } from './table'
import type { LoadOptions } from './load'

const INTRODUCTION = `本文由 \`npm run bench -- --write docs/benchmarks.md\` 写出，同一台机器上几个服务轮流受压，所以看比值，不看绝对值。

- \`ours\`：本系统。
- \`bare\`：只做同样的事的 \`node:http\` 服务，预编译语句，没有框架；令牌的密钥按文本交给 jsonwebtoken，每次都要解析。
- \`bare*\`：同上，但密钥和本系统一样只准备一次；仅供参考，没有目标。
- \`twin\`：用 Express 与 TypeORM 写的同样的接口。`

/** The rows as a document: ratios in front, then rates and latencies, then what is measured on ours alone. */
export async function toMarkdown(rows: Row[], options: LoadOptions): Promise<string> {
  const compared = rows.filter(({ latencies }) => latencies)
  const alone = rows.filter(({ latencies }) => !latencies)
  const text = [
    '# 性能',
    INTRODUCTION,
    '## 比值',
    '大于 1 表示本系统更快；括号里是目标。',
    table(['', ...SERVERS.slice(1).map((name) => `对 ${name}`)], compared.map(ratios)),
    '## 每秒请求数，以及七成负载下的延迟（毫秒，p50/p99）',
    table(['', ...SERVERS.flatMap((name) => [`${name} /s`, `${name} ms`])], compared.map(speeds)),
    '## 数据量、内存、启动',
    '“用时”是同一请求在数据多时与数据少时的比。',
    table(['', '结果'], alone.map(result)),
    '## 测试条件',
    circumstances(options)
      .map((line) => `- ${literal(line)}`)
      .join('\n'),
  ]
  return format(text.join('\n\n'), { parser: 'markdown' })
}

const literal = (text: string) => text.replaceAll('*', '\\*')

function table(heads: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map(literal).join(' | ')} |`
  const ruler = heads.map((_, column) => (column === 0 ? '---' : '--:'))
  return [line(heads), `| ${ruler.join(' | ')} |`, ...rows.map(line)].join('\n')
}

const ratios = ({ title, findings }: Row): string[] => [title, ...findings.map((finding) => figure(finding))]

const speeds = ({ title, rates, latencies }: Row): string[] => [
  title,
  ...rates.flatMap((rate, index) => [whole(rate), `${short(latencies![index]!.p50)}/${short(latencies![index]!.p99)}`]),
]

const UNITS: Record<string, string> = { '× the time': '倍用时', 'MB more': 'MB' }

const result = ({ title, findings }: Row): string[] => [
  title,
  findings.map((finding) => figure(finding, UNITS[finding.label] ?? finding.label)).join('，'),
]

function figure({ value, target }: Finding, unit?: string): string {
  const number = value >= 10 ? whole(value) : value.toFixed(2)
  const text = unit ? `${number} ${unit}` : number
  if (!target) return text
  const isMet = 'atLeast' in target ? value >= target.atLeast : value <= target.atMost
  const aim = 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`
  return `${text}（${aim}${isMet ? '' : '，未达到'}）`
}
