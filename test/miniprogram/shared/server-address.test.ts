import { absoluteUrl } from '@/shared/server-address'

test.each([
  ['/api/v1/files/1?sig=x', '/api/v1/files/1?sig=x'],
  ['http://localhost:4001/api/v1/files/1?sig=x', '/api/v1/files/1?sig=x'],
  ['https://service.example.com/api/v1/files/1', 'https://service.example.com/api/v1/files/1'],
  ['https://localhost.example.com/a', 'https://localhost.example.com/a'],
  ['', ''],
])('%s is loaded from %s', (link, expected) => {
  const own = expected.startsWith('/') ? process.env.TARO_APP_API + expected : expected
  expect(absoluteUrl(link)).toBe(own)
})
