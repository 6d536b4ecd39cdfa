import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { FileUploader } from '@/components/file-uploader'
import { useUploads } from '@/components/file-uploader/use-uploads'
import { CUSTOMER_FILES } from '@/services/upload'
import Taro from '../mocks/taro'
import { freshPhone, serve } from '../support/server'

const answer = (id: string) => ({
  statusCode: 200,
  data: JSON.stringify({ code: 200, message: '', data: { file_id: id, url: '/f' } }),
})

interface Transfer {
  finish: (id: string) => Promise<void>
  fail: () => Promise<void>
  abort: jest.Mock
  progress: (percent: number) => void
}

/** Every upload the page starts, in order, for the test to drive. */
function transfers(): Transfer[] {
  const started: Transfer[] = []
  Taro.uploadFile.mockImplementation(() => {
    let resolve: (value: unknown) => void = () => undefined
    let reject: (reason: unknown) => void = () => undefined
    const result = new Promise((yes, no) => ([resolve, reject] = [yes, no]))
    const progress = jest.fn()
    const abort = jest.fn(() => reject({ errMsg: 'uploadFile:fail abort' }))
    started.push({
      abort,
      finish: (id) => act(async () => resolve(answer(id))),
      fail: () => act(async () => reject({ errMsg: 'uploadFile:fail net' })),
      progress: (percent) => act(() => progress.mock.calls[0][0]({ progress: percent })),
    })
    return Object.assign(result, { progress, abort })
  })
  return started
}

function Photos() {
  const uploads = useUploads(CUSTOMER_FILES)
  return (
    <>
      <FileUploader label="照片" kind="image" max={2} uploads={uploads} />
      <span data-testid="ids">{uploads.fileIds.join(',')}</span>
    </>
  )
}

const pickTwo = async () => {
  Taro.chooseMedia.mockResolvedValue({
    tempFiles: ['a', 'b'].map((name) => ({ tempFilePath: `/tmp/${name}.jpg`, size: 10 })),
  })
  fireEvent.click(screen.getByText('0/2'))
  await waitFor(() => expect(Taro.uploadFile).toHaveBeenCalledTimes(1))
}

beforeEach(() => {
  freshPhone()
  serve({})
})

test('sends one after the other with progress, then offers no more room', async () => {
  const started = transfers()
  render(<Photos />)
  await pickTwo()
  started[0]?.progress(40)
  expect(screen.getByText('40%')).toBeTruthy()
  await started[0]?.finish('f1')
  await waitFor(() => expect(started).toHaveLength(2))
  await started[1]?.finish('f2')
  await waitFor(() => expect(screen.getByTestId('ids').textContent).toBe('f1,f2'))
  expect(screen.queryByText('2/2')).toBeNull()
})

test('a failed one can be sent again while the rest goes on', async () => {
  const started = transfers()
  render(<Photos />)
  await pickTwo()
  await started[0]?.fail()
  await waitFor(() => expect(started).toHaveLength(2))
  await started[1]?.finish('f2')
  fireEvent.click(await screen.findByText('重试'))
  await waitFor(() => expect(started).toHaveLength(3))
  await started[2]?.finish('f1')
  await waitFor(() => expect(screen.getByTestId('ids').textContent).toBe('f1,f2'))
})

test('a cancelled one stops and makes room', async () => {
  const started = transfers()
  render(<Photos />)
  await pickTwo()
  await act(async () => {
    fireEvent.click(screen.getByLabelText('取消上传 a.jpg'))
  })
  expect(started[0]?.abort).toHaveBeenCalled()
  await waitFor(() => expect(started).toHaveLength(2))
  expect(screen.getByText('1/2')).toBeTruthy()
})

test('closing the chooser changes nothing, a refused camera is said', async () => {
  render(<Photos />)
  Taro.chooseMedia.mockRejectedValueOnce({ errMsg: 'chooseMedia:fail cancel' })
  await act(async () => void fireEvent.click(screen.getByText('0/2')))
  expect(screen.queryByText(/无法打开相机/)).toBeNull()
  Taro.chooseMedia.mockRejectedValueOnce({ errMsg: 'chooseMedia:fail auth deny' })
  fireEvent.click(screen.getByText('0/2'))
  expect(await screen.findByText(/无法打开相机/)).toBeTruthy()
})
