import { distanceMeters } from '@shared/geo'
import { bearingText } from '@/shared/bearing'
import { niceMeters, radiusDrawing } from '@/shared/radius-drawing'

const SITE = { latitude: 39.9042, longitude: 116.4074 }
const north = (meters: number) => ({ ...SITE, latitude: SITE.latitude + meters / 111_194.93 })

test('measures with the haversine of the document', () => {
  expect(distanceMeters(SITE, SITE)).toBe(0)
  expect(distanceMeters(SITE, north(50))).toBeCloseTo(50, 1)
  expect(distanceMeters({ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 1 })).toBeCloseTo(111_194.93, 1)
})

test('draws radius and position with the same scale', () => {
  const drawing = radiusDrawing({ site: SITE, radiusMeters: 50, fix: { ...north(100), accuracy: 25 } })
  expect(drawing.fix?.left).toBeCloseTo(50, 3)
  expect((50 - (drawing.fix?.top ?? 0)) / drawing.radius).toBeCloseTo(2, 2)
  expect((drawing.fix?.accuracy ?? 0) / drawing.radius).toBeCloseTo(0.5, 2)
})

test.each([10, 60, 1000, 30_000])('keeps a position %d m away on the drawing', (meters) => {
  const { fix } = radiusDrawing({ site: SITE, radiusMeters: 50, fix: north(meters) })
  expect(fix?.top).toBeGreaterThan(0)
  expect(fix?.top).toBeLessThan(50)
})

test('draws without a position and without a site', () => {
  expect(radiusDrawing({ site: SITE, radiusMeters: 50, fix: null }).fix).toBeNull()
  expect(radiusDrawing({ site: null, radiusMeters: 50, fix: north(1) }).fix).toBeNull()
})

test.each([
  [1, 1],
  [4.9, 2],
  [37, 20],
  [999, 500],
])('rounds %d down to %d for the scale bar', (limit, nice) => {
  expect(niceMeters(limit)).toBe(nice)
})

test('names the way', () => {
  expect(bearingText(SITE, north(100))).toBe('北')
  expect(bearingText(north(100), SITE)).toBe('南')
})
