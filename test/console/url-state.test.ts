import { readListState, writeListState } from '../../server/console/src/table/url-state'

const read = (query: string) => readListState(new URLSearchParams(query), ['q', 'status'])
const write = (query: string, changes: Record<string, string | number | undefined>) =>
  writeListState(new URLSearchParams(query), changes).toString()

test('an address says page, size and the filters of its list', () => {
  expect(read('q=%E6%B3%B5&status=&page=3&size=50&other=1')).toEqual({ page: 3, size: 50, filters: { q: '泵' } })
})

test.each(['page=0&size=7', 'page=-1&size=100000', 'page=1.5&size=x', ''])('%p asks for a usual page', (query) => {
  expect(read(query)).toEqual({ page: 1, size: 20, filters: {} })
})

test('another filter starts at the first page; another page keeps the filters', () => {
  expect(write('q=a&page=4', { status: 'open' })).toBe('q=a&status=open')
  expect(write('q=a&page=4', { page: 5, size: 50 })).toBe('q=a&page=5&size=50')
})

test('usual and cleared values leave the address, what others wrote stays', () => {
  expect(write('q=a&page=4&size=50&tab=x', { q: undefined, size: 20 })).toBe('tab=x')
  expect(write('page=4', { page: 1 })).toBe('')
})
