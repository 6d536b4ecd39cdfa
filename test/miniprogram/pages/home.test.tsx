import { fireEvent, render, screen } from '@testing-library/react'
import HomePage from '@/pages/home/index'
import { useConsent } from '@/stores/consent'
import Taro from '../mocks/taro'
import { answerButton } from '../mocks/taro-components'
import { freshPhone, offline, ok, serve } from '../support/server'

const TASK = {
  task_id: 'T202611200003',
  task_type: 'repair',
  device_name: '高效液相色谱仪',
  description: '基线漂移',
  engineer_name: '李工',
  engineer_phone: '13900139000',
  current_step: 4,
  status: 'open',
  create_time: '2026-11-20 10:00:00',
  update_time: '2026-11-20 14:30:00',
}
const page = (list: unknown[]) => ok({ total: list.length, pages: 1, current: 1, size: 5, list })

beforeEach(freshPhone)

test('shows the eight services while the tasks load', async () => {
  serve({ 'GET /api/v1/tasks': () => new Promise<never>(() => undefined) })
  render(<HomePage />)
  expect(screen.getByLabelText('正在加载')).toBeTruthy()
  for (const label of ['维修', '保养', '回收', '租赁', '培训', '验证', '选型', '安装'])
    expect(screen.getByText(label)).toBeTruthy()
})

test('lists open tasks and says where the customer has to act', async () => {
  const sent = serve({
    'GET /api/v1/tasks': () => page([TASK, { ...TASK, task_id: 'T2', current_step: 5, engineer_name: '' }]),
  })
  render(<HomePage />)
  expect(await screen.findAllByText('高效液相色谱仪')).toHaveLength(2)
  expect(screen.getByText('请确认服务方案')).toBeTruthy()
  expect(screen.getByText('待安排工程师')).toBeTruthy()
  expect(sent[1]?.url).toBe('https://api.test/api/v1/tasks?status=open&size=5')
})

test('opens a task and a form', async () => {
  serve({ 'GET /api/v1/tasks': () => page([TASK]) })
  render(<HomePage />)
  fireEvent.click(await screen.findByText('高效液相色谱仪'))
  expect(Taro.navigateTo).toHaveBeenCalledWith({ url: '/pages/task/index?id=T202611200003' })
  fireEvent.click(screen.getByText('验证'))
  expect(Taro.navigateTo).toHaveBeenCalledWith({ url: '/pages/submit/index?type=verification' })
})

test('says what to do when there are no tasks', async () => {
  serve({ 'GET /api/v1/tasks': () => page([]) })
  render(<HomePage />)
  expect(await screen.findByText('没有进行中的任务')).toBeTruthy()
})

test('shows a failure in words and loads again on retry', async () => {
  let broken = true
  serve({ 'GET /api/v1/tasks': () => (broken ? offline() : page([TASK])) })
  render(<HomePage />)
  await screen.findByText('网络连接失败，请检查网络后重试')
  broken = false
  fireEvent.click(screen.getByText('重新加载'))
  expect(await screen.findByText('高效液相色谱仪')).toBeTruthy()
})

test('asks for consent first and loads after it', async () => {
  useConsent.setState({ agreed: false, sheetOpen: true })
  const sent = serve({ 'GET /api/v1/tasks': () => page([TASK]) })
  render(<HomePage />)
  await screen.findByText('同意隐私保护指引后即可查看和提交')
  expect(sent).toHaveLength(0)
  expect(Taro.login).not.toHaveBeenCalled()
  answerButton(screen.getByText('同意并继续').closest('button') as HTMLElement, 'agreeprivacyauthorization')
  expect(await screen.findByText('高效液相色谱仪')).toBeTruthy()
  expect(screen.queryByText('同意并继续')).toBeNull()
})
