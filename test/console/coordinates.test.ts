import fc from 'fast-check'
import gcoord from 'gcoord'
import { distanceMeters } from '../../types/geo'
import { isChina, parseCoordinates, toGcj02 } from '../../server/console/src/places/coordinates'

const SHANGHAI = { latitude: 31.23, longitude: 121.47 }

describe('coordinates as people paste them', () => {
  test.each([
    '31.23, 121.47',
    '121.47,31.23',
    '31.23 121.47',
    '121.47\t31.23',
    '31.23，121.47',
    '３１．２３，１２１．４７',
    '（121.47，31.23）',
    '纬度 31.23 经度 121.47',
    '经度：121.47，纬度：31.23',
    'lat: 31.23, lng: 121.47',
    '{"lng":121.47,"lat":31.23}',
    '31.23N 121.47E',
    '121.47°E, 31.23°N',
    `31°13'48"N 121°28'12"E`,
    '北纬31.23，东经121.47',
  ])('%s is a place in Shanghai', (text) => {
    const { latitude, longitude } = parseCoordinates(text)!
    expect(latitude).toBeCloseTo(SHANGHAI.latitude, 6)
    expect(longitude).toBeCloseTo(SHANGHAI.longitude, 6)
  })

  test.each(['', '31.23', '上海市黄浦区', '31.23, 121.47, 12', '95, 200', 'NaN, 1'])('%p is no position', (text) => {
    expect(parseCoordinates(text)).toBeNull()
  })

  test.each([
    ['51.5, -0.12', { latitude: 51.5, longitude: -0.12 }],
    ['33.86S 151.21E', { latitude: -33.86, longitude: 151.21 }],
    ['-74.006, 40.7128 lng', { latitude: 40.7128, longitude: -74.006 }],
    ['151.21, -33.86', { latitude: -33.86, longitude: 151.21 }],
  ])('%s outside China is latitude first unless it cannot be, or says otherwise', (text, position) => {
    expect(parseCoordinates(text)).toEqual(position)
  })

  test('every position in China is read back in either order', () => {
    const degrees = (min: number, max: number) =>
      fc.integer({ min: min * 1e6, max: max * 1e6 }).map((value) => value / 1e6)
    fc.assert(
      fc.property(degrees(3, 53), degrees(73, 135), (latitude, longitude) => {
        const position = { latitude, longitude }
        expect(parseCoordinates(`${latitude.toFixed(6)}, ${longitude.toFixed(6)}`)).toEqual(position)
        expect(parseCoordinates(`${longitude.toFixed(6)} ${latitude.toFixed(6)}`)).toEqual(position)
      }),
    )
  })
})

test.each(['wgs84', 'bd09'] as const)('%s becomes GCJ02, to a metre', (system) => {
  const source = system === 'wgs84' ? gcoord.WGS84 : gcoord.BD09
  const [longitude, latitude] = gcoord.transform([SHANGHAI.longitude, SHANGHAI.latitude], gcoord.GCJ02, source)
  expect(distanceMeters({ latitude, longitude }, SHANGHAI)).toBeGreaterThan(300)
  expect(distanceMeters(toGcj02({ latitude, longitude }, system), SHANGHAI)).toBeLessThan(1.5)
})

test('Tokyo and the equator are not in China', () => {
  expect(isChina({ latitude: 35.68, longitude: 139.69 })).toBe(false)
  expect(isChina({ latitude: 0, longitude: 0 })).toBe(false)
  expect(isChina(SHANGHAI)).toBe(true)
})
