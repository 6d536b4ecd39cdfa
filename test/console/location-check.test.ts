import { checkLocation } from '../../server/console/src/places/location-check'

const SUZHOU = { latitude: 31.3, longitude: 120.7 }
const near = (meters: number) => ({ ...SUZHOU, latitude: SUZHOU.latitude + meters / 111_195 })
const check = (changes: Partial<Parameters<typeof checkLocation>[0]>) =>
  checkLocation({ position: SUZHOU, address: '', previous: null, others: [], ...changes }).map(
    ({ tone, text }) => `${tone} ${text}`,
  )

test('a position outside China is one warning, and no other is worth reading', () => {
  const position = { latitude: 51.5, longitude: -0.12 }
  expect(check({ position, address: '江苏省苏州市', previous: SUZHOU })).toEqual([
    expect.stringMatching(/^warning 坐标不在中国境内/),
  ])
})

test('the province of the address is compared with the position', () => {
  expect(check({ address: '江苏省苏州市工业园区' })).toEqual(['success 坐标在江苏范围内，与地址相符'])
  expect(check({ address: '黑龙江省哈尔滨市' })).toEqual(['warning 地址在黑龙江，坐标不在黑龙江范围内'])
  expect(check({ address: '工业园区星湖街 328 号' })).toEqual([])
})

test('a move of more than two kilometres is asked about, a correction is not', () => {
  expect(check({ previous: near(1_900) })).toEqual([])
  expect(check({ previous: near(2_100) })).toEqual(['warning 与原服务地点相距 2.1 公里，请确认'])
})

test('other tasks of the same address count before nearer ones of the customer', () => {
  const others = [
    { ...near(100), label: 'T1', same: false },
    { ...near(8_000), label: 'T2', same: true },
  ]
  expect(check({ others })).toEqual(['warning 与同一地址的任务 T2 相距 8.0 公里，请确认'])
  expect(check({ others: others.slice(0, 1) })).toEqual(['success 与该客户最近的任务 T1 相距 100 米'])
})
