import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { Page } from '@/components/page'
import { PagedRows } from '@/components/paged-list'
import { usePagedList } from '@/components/paged-list/use-paged-list'
import Taro, { fire } from '../mocks/taro'
import { freshPhone } from '../support/server'

const pageOf = (current: number) => ({ total: 3, pages: 3, current, size: 1, list: [`row ${current}`] })

function Rows({
  loadPage,
  filter = '',
}: {
  loadPage: (page: number) => Promise<ReturnType<typeof pageOf>>
  filter?: string
}) {
  const list = usePagedList(loadPage, filter)
  return (
    <Page resource={list} isEmpty={(rows) => rows.length === 0}>
      <PagedRows list={list} keyOf={(row) => row} render={(row) => <span>{row}</span>} />
    </Page>
  )
}

beforeEach(freshPhone)

test('grows at the bottom until there is no more', async () => {
  render(<Rows loadPage={async (page) => pageOf(page)} />)
  await screen.findByText('row 1')
  fire('reachBottom')
  await screen.findByText('row 2')
  fireEvent.click(screen.getByText('加载更多'))
  await screen.findByText('row 3')
  expect(screen.getByText('row 1')).toBeTruthy()
  expect(screen.getByText('没有更多了')).toBeTruthy()
})

test('asks for one further page at a time', async () => {
  const loadPage = jest.fn(async (page: number) => pageOf(page))
  render(<Rows loadPage={loadPage} />)
  await screen.findByText('row 1')
  fire('reachBottom')
  fire('reachBottom')
  await screen.findByText('row 2')
  expect(loadPage.mock.calls.map(([page]) => page)).toEqual([1, 2])
})

test('starts over when pulled down and when the filter changes', async () => {
  const loadPage = jest.fn(async (page: number) => pageOf(page))
  const view = render(<Rows loadPage={loadPage} />)
  await screen.findByText('row 1')
  fire('reachBottom')
  await screen.findByText('row 2')
  fire('pullDown')
  await waitFor(() => expect(Taro.stopPullDownRefresh).toHaveBeenCalled())
  expect(screen.queryByText('row 2')).toBeNull()
  view.rerender(<Rows loadPage={loadPage} filter="done" />)
  expect(screen.getByLabelText('正在加载')).toBeTruthy()
  await screen.findByText('row 1')
})

test('coming back into view loads anew as far as it had grown', async () => {
  let version = 'old'
  const view = render(<Rows loadPage={async (page) => ({ ...pageOf(page), list: [`${version} ${page}`] })} />)
  await screen.findByText('old 1')
  fire('show')
  fire('reachBottom')
  await screen.findByText('old 2')
  version = 'new'
  fire('show')
  expect(await screen.findByText('new 1')).toBeTruthy()
  expect(screen.getByText('new 2')).toBeTruthy()
  expect(view.queryByText('old 2')).toBeNull()
  expect(screen.getByText('加载更多')).toBeTruthy()
})

test('drops the answer of a filter that is no longer chosen', async () => {
  const answers: Record<string, (value: ReturnType<typeof pageOf>) => void> = {}
  const slow = (name: string) => () => new Promise<ReturnType<typeof pageOf>>((resolve) => (answers[name] = resolve))
  const view = render(<Rows loadPage={slow('old')} filter="old" />)
  view.rerender(<Rows loadPage={slow('new')} filter="new" />)
  await act(async () => answers.new?.({ ...pageOf(1), list: ['new'] }))
  await act(async () => answers.old?.({ ...pageOf(1), list: ['old'] }))
  expect(screen.getByText('new')).toBeTruthy()
  expect(screen.queryByText('old')).toBeNull()
})

test('keeps the rows when a further page fails', async () => {
  render(<Rows loadPage={async (page) => (page === 1 ? pageOf(1) : Promise.reject(new Error('broken')))} />)
  await screen.findByText('row 1')
  fire('reachBottom')
  await waitFor(() => expect(screen.getAllByText('服务器出了点问题，请稍后再试').length).toBeGreaterThan(0))
  expect(screen.getByText('row 1')).toBeTruthy()
})
