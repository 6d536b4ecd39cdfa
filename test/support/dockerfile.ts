/** The instructions of a Dockerfile that uses no more than ours does. */
export interface Stage {
  name: string | null
  workdir: string
  env: Record<string, string>
  /** In order. */
  steps: ({ run: string } | { copy: Copy })[]
  copies: Copy[]
  user: string | null
  cmd: string[]
  healthcheck: string[]
}

export interface Copy {
  /** A stage; null: the build context. */
  from: string | null
  sources: string[]
  target: string
}

export function dockerfile(text: string): { stages: Stage[] } {
  const lines = text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim())
  const stages: Stage[] = []
  for (const line of lines) {
    const [, word = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line.trim()) ?? []
    if (word === 'FROM') stages.push(begin(rest))
    else take(stages.at(-1)!, word, rest)
  }
  return { stages }
}

const begin = (from: string): Stage => ({
  name: / AS (\w+)$/.exec(from)?.[1] ?? null,
  workdir: '/',
  env: {},
  steps: [],
  copies: [],
  user: null,
  cmd: [],
  healthcheck: [],
})

const IGNORED = new Set(['VOLUME', 'EXPOSE', 'STOPSIGNAL'])

function take(stage: Stage, word: string, rest: string): void {
  if (word === 'RUN') stage.steps.push({ run: rest })
  else if (word === 'COPY') addCopy(stage, rest)
  else if (word === 'WORKDIR') stage.workdir = rest
  else if (word === 'ENV') for (const [, name, value] of rest.matchAll(/(\w+)=(\S+)/g)) stage.env[name!] = value!
  else if (word === 'USER') stage.user = rest
  else if (word === 'CMD') stage.cmd = JSON.parse(rest) as string[]
  else if (word === 'HEALTHCHECK') stage.healthcheck = JSON.parse(/CMD (\[.*\])$/.exec(rest)![1]!) as string[]
  else if (!IGNORED.has(word)) throw new Error(`an instruction this does not know: ${word}`)
}

function addCopy(stage: Stage, rest: string): void {
  const words = rest.split(/\s+/)
  const flag = words.find((word) => word.startsWith('--from='))
  const paths = words.filter((word) => !word.startsWith('--'))
  const copy = { from: flag?.slice('--from='.length) ?? null, sources: paths.slice(0, -1), target: paths.at(-1)! }
  stage.copies.push(copy)
  stage.steps.push({ copy })
}
