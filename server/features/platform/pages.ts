const page = (title: string, head: string, body: string) => `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${head}
</head>
<body>
${body}
</body>
</html>
`

export const docsPage = page(
  '接口文档',
  '<link rel="icon" href="data:,">\n<link rel="stylesheet" href="/docs/swagger-ui.css">',
  '<div id="docs"></div>\n<script src="/docs/swagger-ui-bundle.js"></script>\n<script src="/docs/init.js"></script>',
)

const START_STYLE = `<style>
  :root { color-scheme: light dark; font: 16px/1.6 system-ui, "PingFang SC", "WenQuanYi Zen Hei", sans-serif }
  body { max-width: 44rem; margin: 3rem auto; padding: 0 1.25rem }
  h1 { font-size: 1.5rem } dt { font-weight: 600 } dd { margin: 0 0 1rem }
  a { color: #0f766e } code { background: #8882; padding: 0 .3em; border-radius: 4px }
</style>`

/** Shown at `/` as long as the H5 client has not been built. */
export const startPage = page(
  '研仪联现场服务',
  START_STYLE,
  `<h1>研仪联现场服务已启动</h1>
<p>客户端（H5）尚未构建：运行 <code>npm run build:h5</code> 后，这里就是小程序的网页版。</p>
<dl>
<dt><a href="/docs">接口文档</a></dt><dd>全部接口，可直接试用</dd>
<dt><a href="/readyz">运行状态</a></dt><dd>数据库、磁盘与合作系统</dd>
<dt><code>npm run tour</code></dt><dd>在另一个终端运行，按步骤走完一遍客户流程</dd>
</dl>`,
)
