/** A long text as it came. It scrolls, so the keyboard must reach it. */
export function Code({ value }: { value: unknown }) {
  return (
    <pre className="code" tabIndex={0}>
      {typeof value === 'string' ? value : JSON.stringify(value, null, 2)}
    </pre>
  )
}
