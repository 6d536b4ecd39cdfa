import type { Position } from '../../types/geo'

/**
 * The document's formula in integers of 10⁻⁵⁰: 50 digits where a double has 16. Nothing can cancel to a wrong metre:
 * even 1 − h near the antipode (h = 1 − 10⁻¹⁴ for a metre) keeps 36 digits. Sine and cosine are Taylor series on
 * |x| ≤ 2π summed until a term is 0 (rounding ≤ 80 units of 10⁻⁵⁰); the angle is a double's guess, good to 10⁻¹⁵, put
 * right by sin(target − guess) = s·cos g − c·sin g, whose error is that difference cubed.
 */
const ONE = 10n ** 50n
const PI = 314159265358979323846264338327950288419716939937510n
const RADIUS_METERS = 6_371_000n

const times = (a: bigint, b: bigint) => (a * b) / ONE

/** A double is a fraction of a power of two: read exactly, not through its decimal text. */
function fixed(value: number): bigint {
  let shift = 0n
  while (!Number.isInteger(value)) {
    value *= 2
    shift++
  }
  return (BigInt(value) * ONE) >> shift
}

function series(x: bigint, first: bigint, from: bigint): bigint {
  const square = times(x, x)
  let sum = 0n
  for (let term = first, n = from; term !== 0n; n += 2n) {
    sum += term
    term = -times(term, square) / ((n + 1n) * (n + 2n))
  }
  return sum
}
const sin = (x: bigint) => series(x, x, 1n)
const cos = (x: bigint) => series(x, ONE, 0n)

function root(value: bigint): bigint {
  const square = value * ONE
  if (square <= 0n) return 0n
  let guess = 1n << BigInt((square.toString(2).length + 1) >> 1)
  for (;;) {
    const next = (guess + square / guess) >> 1n
    if (next >= guess) return guess
    guess = next
  }
}

const toRadians = (degrees: bigint) => times(degrees, PI) / 180n

/** Metres on the sphere of the document, to far below a micrometre. */
export function preciseDistance(a: Position, b: Position): number {
  const [latA, lonA, latB, lonB] = [a.latitude, a.longitude, b.latitude, b.longitude].map((degrees) =>
    toRadians(fixed(degrees)),
  ) as [bigint, bigint, bigint, bigint]
  const sinLat = sin((latB - latA) / 2n)
  const sinLon = sin((lonB - lonA) / 2n)
  const h = times(sinLat, sinLat) + times(times(cos(latA), cos(latB)), times(sinLon, sinLon))
  const s = root(h)
  const c = root(ONE - h)
  const guess = fixed(Math.atan2(Number(s) / 1e50, Number(c) / 1e50))
  const half = guess + times(s, cos(guess)) - times(c, sin(guess))
  return Number((2n * half * RADIUS_METERS * 1_000_000n) / ONE) / 1e6
}
