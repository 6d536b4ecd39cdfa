import fc from 'fast-check'
import gcoord from 'gcoord'
import { toGcj02 } from '../../../server/features/visits/gcj02'
import { distanceMeters, type Position } from '../../../types/geo'
import { preciseDistance } from '../../support/precise-distance'

const HALF_WAY_ROUND = Math.PI * 6_371_000
const degrees = (limit: number) => fc.double({ min: -limit, max: limit, noNaN: true })
const anywhere: fc.Arbitrary<Position> = fc.record({ latitude: degrees(90), longitude: degrees(180) })
const POLES: Position[] = [
  { latitude: 90, longitude: 0 },
  { latitude: 90, longitude: 180 },
  { latitude: -90, longitude: -77.5 },
]

function expectAgreement(a: Position, b: Position): void {
  expect(Math.abs(distanceMeters(a, b) - preciseDistance(a, b))).toBeLessThan(0.1)
}

describe('the reference', () => {
  test.each<[string, Position, Position, number]>([
    ['a quarter of the equator', { latitude: 0, longitude: 0 }, { latitude: 0, longitude: 90 }, HALF_WAY_ROUND / 2],
    ['pole to pole', { latitude: 90, longitude: 0 }, { latitude: -90, longitude: 50 }, HALF_WAY_ROUND],
    [
      'one degree over the date line',
      { latitude: 0, longitude: 179.5 },
      { latitude: 0, longitude: -179.5 },
      HALF_WAY_ROUND / 180,
    ],
    ['the same point', { latitude: 39.9, longitude: 116.4 }, { latitude: 39.9, longitude: 116.4 }, 0],
    [
      'sixty degrees of longitude at 60° N',
      { latitude: 60, longitude: 0 },
      { latitude: 60, longitude: 60 },
      2 * 6_371_000 * Math.asin(0.25),
    ],
  ])('knows %s', (_name, a, b, expected) => {
    expect(preciseDistance(a, b)).toBeCloseTo(expected, 5)
  })
})

describe('distances agree with fifty digits to 0.1 m', () => {
  const runs = { numRuns: 300 }

  test('between any two points', () => {
    fc.assert(fc.property(anywhere, anywhere, expectAgreement), runs)
  })

  test('a few metres apart, where a check-in is decided', () => {
    const metres = fc.double({ min: -0.001, max: 0.001, noNaN: true })
    const near = fc.record({ latitude: degrees(89), longitude: degrees(179) })
    fc.assert(
      fc.property(near, metres, metres, (a, north, east) => {
        const b = { latitude: a.latitude + north, longitude: a.longitude + east }
        expect(Math.abs(distanceMeters(a, b) - preciseDistance(a, b))).toBeLessThan(0.01)
      }),
      runs,
    )
  })

  test('from and near the poles', () => {
    const polar = fc.record({ latitude: fc.double({ min: 89.99, max: 90, noNaN: true }), longitude: degrees(180) })
    fc.assert(fc.property(fc.constantFrom(...POLES), anywhere, expectAgreement), runs)
    fc.assert(fc.property(polar, polar, expectAgreement), runs)
  })

  test('across the date line', () => {
    const east = fc.record({ latitude: degrees(90), longitude: fc.double({ min: 179.99, max: 180, noNaN: true }) })
    const west = fc.record({ latitude: degrees(90), longitude: fc.double({ min: -180, max: -179.99, noNaN: true }) })
    fc.assert(fc.property(east, west, expectAgreement), runs)
  })

  test('at and near the antipode', () => {
    const tiny = fc.oneof(fc.constant(0), fc.double({ min: -1e-4, max: 1e-4, noNaN: true }))
    const antipode = ({ latitude, longitude }: Position) => ({
      latitude: -latitude,
      longitude: longitude > 0 ? longitude - 180 : longitude + 180,
    })
    const inside = fc.record({ latitude: degrees(89.9), longitude: degrees(179.9) })
    fc.assert(
      fc.property(inside, tiny, tiny, (a, north, east) => {
        const { latitude, longitude } = antipode(a)
        expectAgreement(a, { latitude: latitude + north, longitude: Math.max(-180, Math.min(180, longitude + east)) })
      }),
      runs,
    )
  })
})

describe('distances', () => {
  test('are the same both ways, never negative and never more than half way round', () => {
    fc.assert(
      fc.property(anywhere, anywhere, (a, b) => {
        const there = distanceMeters(a, b)
        expect(Math.abs(there - distanceMeters(b, a))).toBeLessThanOrEqual(0.01)
        expect(there).toBeGreaterThanOrEqual(0)
        expect(there).toBeLessThanOrEqual(HALF_WAY_ROUND + 0.01)
      }),
    )
  })

  test('from a point to itself are 0', () => {
    fc.assert(fc.property(anywhere, (a) => expect(distanceMeters(a, a)).toBe(0)))
  })

  test('do not know 180° from −180°', () => {
    fc.assert(
      fc.property(degrees(90), anywhere, (latitude, b) => {
        const [east, west] = [180, -180].map((longitude) => distanceMeters({ latitude, longitude }, b))
        expect(Math.abs(east! - west!)).toBeLessThanOrEqual(0.01)
      }),
    )
  })
})

test.each(['wgs84', 'bd09'] as const)('%s becomes what gcoord makes of it, and GCJ02 stays', (type) => {
  const system = { wgs84: gcoord.WGS84, bd09: gcoord.BD09 }[type]
  fc.assert(
    fc.property(anywhere, (position) => {
      const [longitude, latitude] = gcoord.transform([position.longitude, position.latitude], system, gcoord.GCJ02)
      expect(toGcj02(position, type)).toEqual({ latitude, longitude })
      expect(toGcj02(position, 'gcj02')).toEqual(position)
    }),
  )
})
