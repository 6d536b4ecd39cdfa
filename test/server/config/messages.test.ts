import { ConfigError, parseConfig } from '../../../server/config/config'
import { quietUntil } from '../../../server/features/notifications/quiet-hours'

const faultsOf = (env: Record<string, string>): string[] => {
  try {
    parseConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
  return []
}
const templates = (value: unknown) => ({ WECHAT_TEMPLATES: JSON.stringify(value) })
const GOOD = {
  template_id: 'T1',
  page: 'pages/task/index?id={task_id}',
  fields: { thing1: 'device_name', time2: 'time' },
}

describe('WECHAT_TEMPLATES', () => {
  test('names a template and its fields for an event', () => {
    expect(parseConfig(templates({ DONE: GOOD })).wechat?.templates).toEqual({
      DONE: { templateId: 'T1', page: GOOD.page, fields: GOOD.fields },
    })
    const { page: _page, ...pageless } = GOOD
    expect(parseConfig(templates({ DONE: pageless })).wechat?.templates.DONE).toMatchObject({ page: '' })
  })

  test('the sandbox has some of its own, a real WeChat only those that are set', () => {
    expect(Object.keys(parseConfig({}).wechat!.templates)).toContain('PLAN_TO_CONFIRM')
    expect(parseConfig({ WECHAT_API_BASE_URL: 'http://127.0.0.1:9' }).wechat!.templates).toEqual({})
    const live = parseConfig({ NODE_ENV: 'production', WECHAT_APPID: 'wx1', WECHAT_SECRET: 'secret' })
    expect(live.wechat!.templates).toEqual({})
  })

  test.each([
    ['not json', /WECHAT_TEMPLATES: must be JSON/],
    ['[]', /WECHAT_TEMPLATES: must be a JSON object/],
    ['{"NOTHING":{}}', /WECHAT_TEMPLATES.*must be of PLAN_TO_CONFIRM, DONE/],
    ['{"DONE":{"fields":{"thing1":"time"}}}', /WECHAT_TEMPLATES\.DONE\.template_id: must be text/],
    ['{"DONE":{"template_id":"","fields":{"thing1":"time"}}}', /template_id: must not be empty/],
    ['{"DONE":{"template_id":"T","fields":{}}}', /WECHAT_TEMPLATES\.DONE\.fields: must name at least one field/],
    ['{"DONE":{"template_id":"T","fields":{"title":"time"}}}', /WECHAT_TEMPLATES\.DONE\.fields.*WeChat's kinds/],
    ['{"DONE":{"template_id":"T","fields":{"thing1":"password"}}}', /fields\.thing1: must be one of task_id/],
    ['{"DONE":{"template_id":"T","fields":{"time1":"device_name"}}}', /fields\.time1: can show only time/],
    ['{"DONE":{"template_id":"T","fields":{"phrase1":"text"}}}', /fields\.phrase1: can show only type, step, status/],
    ['{"DONE":{"template_id":"T","page":"/pages/x","fields":{"thing1":"time"}}}', /DONE\.page: must look like/],
  ])('refuses %s', (value, fault) => {
    expect(faultsOf({ WECHAT_TEMPLATES: value }).join('\n')).toMatch(fault)
  })

  test('every fault is named at once', () => {
    const faults = faultsOf({
      ...templates({ DONE: { template_id: '', fields: { thing1: 'x', time2: 'text' } }, CLAIMED: 1 }),
      QUIET_HOURS: 'at night',
    })
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'WECHAT_TEMPLATES.DONE.template_id',
      'WECHAT_TEMPLATES.DONE.fields.thing1',
      'WECHAT_TEMPLATES.CLAIMED',
      'QUIET_HOURS',
    ])
  })
})

describe('QUIET_HOURS', () => {
  const until = (hours: string, instant: string) =>
    quietUntil(new Date(instant), parseConfig({ QUIET_HOURS: hours }).quietHours)?.toISOString() ?? null

  test.each([
    // 22:00 in China is 14:00 UTC.
    ['22:00-08:00', '2026-03-02T13:59:59Z', null],
    ['22:00-08:00', '2026-03-02T14:00:00Z', '2026-03-03T00:00:00.000Z'],
    ['22:00-08:00', '2026-03-02T17:30:00Z', '2026-03-03T00:00:00.000Z'],
    ['22:00-08:00', '2026-03-02T23:59:59Z', '2026-03-03T00:00:00.000Z'],
    ['22:00-08:00', '2026-03-03T00:00:00Z', null],
    ['12:00-13:30', '2026-03-02T05:29:00Z', '2026-03-02T05:30:00.000Z'],
    ['12:00-13:30', '2026-03-02T05:30:00Z', null],
    ['08:00-08:00', '2026-03-02T00:00:00Z', null],
  ])('%s at %s end at %s', (hours, instant, end) => expect(until(hours, instant)).toBe(end))

  test.each(['24:00-08:00', '22-8', '22:60-08:00', 'nachts'])('%s are none', (value) => {
    expect(faultsOf({ QUIET_HOURS: value })).toEqual([expect.stringContaining('22:00-08:00')])
  })

  test('are none unless they are set', () => expect(parseConfig({}).quietHours).toBeNull())
})
