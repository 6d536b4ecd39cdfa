/** 32 hexadecimal digits: idempotency keys, queue ids, the browser's stand-in login code. */
export function randomKey(): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(Math.random() * 16).toString(16))
  return digits.join('')
}
