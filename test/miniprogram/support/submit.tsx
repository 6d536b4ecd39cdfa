import { act, fireEvent, render, screen } from '@testing-library/react'
import SubmitPage from '@/pages/submit/index'
import type { TaskType } from '@shared/task-types'
import Taro, { setParams } from '../mocks/taro'
import { taskTypeInfos, typeInto } from './customer'
import { freshPhone, ok, PROFILE } from './server'

export const BASE = {
  'GET /api/v1/task-types': () => ok({ list: taskTypeInfos }),
  'GET /api/v1/user/profile': () => ok(PROFILE),
  'POST /api/v1/subscriptions': () => ok({ accepted: 1 }),
}
export const created = (id = 'T202611200007') => ok({ task_id: id, message: '任务已提交' })

export const open = async (type: TaskType = 'repair') => {
  setParams({ type })
  const view = render(<SubmitPage />)
  await screen.findByText('提交需求')
  return view
}

export const fillRepair = () => {
  typeInto('仪器名称', ' 高效液相色谱仪 ')
  typeInto('仪器类型', '色谱仪')
  typeInto('品牌', '安捷伦')
  typeInto('型号', '1260')
  typeInto('故障描述', '泵压力归零')
  typeInto('任务详细描述', '今早开机后报警 E02')
}
export const submit = () => fireEvent.click(screen.getByText('提交需求'))
export const postsOf = (sent: { method: string; url: string }[]) =>
  sent.filter(({ method, url }) => method === 'POST' && url.endsWith('/api/v1/tasks')) as unknown as {
    data: any
    header: Record<string, string>
  }[]

/** Uploads answer at once with f1, f2 …; `broken` names those that fail. */
export const answerUploads = (broken: number[] = []) => {
  let count = 0
  Taro.uploadFile.mockImplementation(() => {
    const id = ++count
    const result = broken.includes(id)
      ? Promise.resolve({ statusCode: 415, data: JSON.stringify({ code: 415, message: '只支持图片', data: null }) })
      : Promise.resolve({
          statusCode: 200,
          data: JSON.stringify({ code: 200, message: '', data: { file_id: `f${id}`, url: `/f${id}`, name: 'a' } }),
        })
    return Object.assign(result, { progress: jest.fn(), abort: jest.fn() })
  })
}
export const pickPhotos = async (count: number) => {
  Taro.chooseMedia.mockResolvedValueOnce({
    tempFiles: Array.from({ length: count }, (_, at) => ({ tempFilePath: `/tmp/${at}.jpg`, size: 10 })),
  })
  await act(async () => void fireEvent.click(screen.getByLabelText('添加现场照片')))
}

/** A phone that has not yet seen the form. */
export const submitPhone = () => {
  freshPhone()
  Taro.requestSubscribeMessage.mockResolvedValue({ 'template-1': 'accept', 'template-2': 'reject' })
}
