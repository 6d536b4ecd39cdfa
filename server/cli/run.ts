/** Runs a command; what it throws becomes one line on stderr and exit code 1. */
export function runCommand(work: () => Promise<void>): void {
  work().catch((error: unknown) => {
    process.stderr.write(`${explain(error)}\n`)
    process.exitCode = 1
  })
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // The configuration's message lists every fault on a line of its own.
  if (error.name === 'ConfigError') return error.message
  const { code } = error as { code?: string }
  return error.message.split('\n')[0] || code || error.name
}
