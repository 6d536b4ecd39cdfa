import { findFieldFaults, fitField, messageTime } from '../../../server/connectors/wechat/message-fields'

describe('message fields', () => {
  it.each([
    ['thing1', '字'.repeat(20)],
    ['thing2', 'a1，。👍'],
    ['number1', '123456.78'],
    ['number1', '9'.repeat(32)],
    ['letter1', 'abcXYZ'],
    ['symbol1', '★☆'],
    ['character_string1', 'WO-2026-0001'],
    ['time1', '2026年1月1日 15:01'],
    ['time1', '15:01'],
    ['time1', '2026年1月1日 15:01~2026年1月1日 16:30'],
    ['date1', '2026年1月1日'],
    ['date1', '2026-01-01 08:00'],
    ['amount1', '¥100.5元'],
    ['phone_number1', '+86-0766-66888866'],
    ['car_number1', '粤A8Z888挂'],
    ['name1', '欧阳'.repeat(5)],
    ['name1', 'Alexander Bell Watso'],
    ['phrase1', '配送中'],
    ['unknown1', 'anything'],
  ])('%s takes %s', (field, value) => expect(findFieldFaults({ [field]: value })).toEqual([]))

  it.each([
    ['thing1', '字'.repeat(21)],
    ['thing1', ''],
    ['thing1', 'two\nlines'],
    ['number1', '12a'],
    ['number1', '9'.repeat(33)],
    ['letter1', 'abc1'],
    ['symbol1', '★★★★★★'],
    ['character_string1', '工单1'],
    ['character_string1', 'x'.repeat(33)],
    ['time1', '2026-01-01T15:01:00Z'],
    ['time1', '明天'],
    ['date1', '15:01'],
    ['amount1', '12345678901'],
    ['phone_number1', '1'.repeat(18)],
    ['car_number1', '粤A8Z888挂挂'],
    ['name1', '欧'.repeat(11)],
    ['name1', 'x'.repeat(21)],
    ['phrase1', '正在配送途中'],
    ['phrase1', 'ok'],
  ])('%s refuses %s', (field, value) => expect(findFieldFaults({ [field]: value })).toMatchObject([{ field }]))

  it('names every faulty field', () => {
    expect(findFieldFaults({ thing1: '', phrase2: '好', number3: 'x' }).map(({ field }) => field)).toEqual([
      'thing1',
      'number3',
    ])
  })

  it('shortens what may be shortened and nothing else', () => {
    expect(fitField('thing1', '字'.repeat(30))).toBe(`${'字'.repeat(19)}…`)
    expect(fitField('thing1', ' 一行\n二行 ')).toBe('一行 二行')
    expect(fitField('name1', '欧'.repeat(12))).toBe('欧'.repeat(12))
    expect(fitField('phrase1', '已完成待评价')).toBe('已完成待评价')
    expect(fitField('number1', '1'.repeat(40))).toBe('1'.repeat(40))
  })

  it('writes instants in China’s time', () => {
    expect(messageTime(new Date('2025-12-31T16:01:00Z'))).toBe('2026年1月1日 00:01')
    expect(findFieldFaults({ time1: messageTime(new Date('2026-11-20T07:01:59Z')) })).toEqual([])
  })
})
