import type { CheckinDecision } from '@shared/api/homecare'
import { gcj02FromWgs84 } from '@/shared/gcj02'
import { distanceMeters } from '@shared/geo'
import { adviceFor, measureHere, rulesOf, standingNow, standingRefusal } from '@/worker/checkin/advice'
import { actionsOf } from '@/worker/order/actions'
import { choicesAt } from '@/worker/steps/moves'
import { DETAIL, ME, north, SITE } from '../support/staff'

const at = (meters: number, accuracy = 0) => ({ ...north(meters), accuracy })
const decision = (changes: Partial<CheckinDecision>): CheckinDecision => ({
  distanceMeters: 1000,
  allowedRadiusMeters: 50,
  canCheckin: false,
  reasonCode: 'OUT_OF_RADIUS',
  workerLocationAccepted: true,
  serviceLocationReady: true,
  decision: 'OUTSIDE',
  accuracyMeters: 8,
  radiusScope: 'GLOBAL',
  flags: [],
  ...changes,
})

test.each([
  [0, 'OK'],
  [49.9, 'OK'],
  [50.1, 'OUT_OF_RADIUS'],
  [1000, 'OUT_OF_RADIUS'],
])('at %s m the phone itself says %s', (meters, reason) => {
  expect(measureHere(DETAIL, at(meters), false).reasonCode).toBe(reason)
})

test('a strict rule asks for a better position where it cannot be told', () => {
  const strict = { ...DETAIL, radius: { ...DETAIL.radius, accuracyMode: 'strict' as const } }
  expect(measureHere(strict, at(40, 20), false).reasonCode).toBe('LOW_ACCURACY')
  expect(measureHere(strict, at(20, 20), false).reasonCode).toBe('OK')
  expect(measureHere(strict, at(200, 20), false).reasonCode).toBe('OUT_OF_RADIUS')
})

test('without network the ticket rules, with it what is in force now', () => {
  const order = { ...DETAIL, radius: { ...DETAIL.radius, radiusMeters: 100 } }
  expect(rulesOf(order, false).radiusMeters).toBe(50)
  expect(rulesOf(order, true).radiusMeters).toBe(100)
})

test('the word of the server gives way to a new position, unless it does not depend on the position', () => {
  const here = measureHere(DETAIL, at(10), true)
  expect(standingNow(here, { decision: decision({}), movedMeters: 0 }).reasonCode).toBe('OUT_OF_RADIUS')
  expect(standingNow(here, { decision: decision({}), movedMeters: 900 }).reasonCode).toBe('OK')
  const taken = decision({ reasonCode: 'WORKER_NOT_MATCHED' })
  expect(standingNow(here, { decision: taken, movedMeters: 900 }).reasonCode).toBe('WORKER_NOT_MATCHED')
})

test('says how far and in which direction', () => {
  const advice = adviceFor(measureHere(DETAIL, at(1000), true), at(1000), SITE)
  expect(advice).toEqual({
    tone: 'warn',
    title: '还没到签到范围',
    text: expect.stringMatching(/请再往南方向靠近约 950 米/),
  })
})

test('knows what stands against a check-in wherever one is', () => {
  expect(standingRefusal({ status: 'cancelled', assignment_status: 'ACCEPTED' })).toBe('WORK_ORDER_CANCELLED')
  expect(standingRefusal({ status: 'open', assignment_status: 'ASSIGNED' })).toBe('WORK_ORDER_NOT_ASSIGNABLE')
  expect(standingRefusal({ status: 'open', assignment_status: 'ACCEPTED' })).toBeNull()
})

test.each([
  [39.9, 116.4, 39.901403529849404, 116.40624278491117],
  [31.2, 121.6, 31.197783114179323, 121.60419846650665],
  [45, 126, 45.00205975282143, 126.00631151105635],
])('%s, %s as GCJ02', (latitude, longitude, expectedLatitude, expectedLongitude) => {
  const expected = { latitude: expectedLatitude, longitude: expectedLongitude }
  expect(distanceMeters(gcj02FromWgs84({ latitude, longitude }), expected)).toBeLessThan(0.01)
})

test('outside China both systems are the same', () => {
  expect(gcj02FromWgs84({ latitude: 48.85, longitude: 2.35 })).toEqual({ latitude: 48.85, longitude: 2.35 })
})

const worker = { id: ME, role: 'HOMECARE_WORKER' as const }
const dispatcher = { id: 'd', role: 'HOMECARE_DISPATCHER' as const }

test.each([
  ['in the pool', { worker_id: null, assignment_status: null, current_step: 0 }, 'NONE', ['claim']],
  ['just dispatched', { assignment_status: 'ASSIGNED' }, 'NONE', ['reject', 'accept']],
  ['accepted', {}, 'NONE', ['giveBack', 'steps', 'checkin']],
  ['on site', {}, 'CHECKED_IN', ['steps', 'checkout']],
  ['left', { current_step: 5 }, 'CHECKED_OUT', ['steps', 'checkin']],
  ['done but still on site', { current_step: 6, assignment_status: 'COMPLETED' }, 'CHECKED_IN', ['checkout']],
  ['done', { current_step: 6, assignment_status: 'COMPLETED' }, 'CHECKED_OUT', []],
  ["somebody else's", { worker_id: 'other' }, 'NONE', []],
  ['cancelled', { status: 'cancelled' }, 'NONE', []],
] as const)('a worker and an order that is %s', (_case, changes, visit, expected) => {
  const order = { ...DETAIL, ...changes } as typeof DETAIL
  expect(actionsOf(order, { step: order.current_step, visit }, worker)).toEqual(expected)
})

test.each([
  [{ worker_id: null, current_step: 0 }, ['cancel', 'assign']],
  [{ current_step: 3 }, ['cancel', 'steps', 'reassign']],
  [{ current_step: 6 }, ['cancel']],
  [{ status: 'closed', current_step: 7 }, []],
] as const)('a dispatcher and an order with %j', (changes, expected) => {
  const order = { ...DETAIL, ...changes } as typeof DETAIL
  expect(actionsOf(order, { step: order.current_step, visit: 'NONE' }, dispatcher)).toEqual(expected)
})

test.each([
  [0, []],
  [1, ['note', '2']],
  [2, ['note', '3', '5']],
  [3, ['note', '4']],
  [4, ['note']],
  [5, ['note', '6']],
  [6, []],
  [7, []],
])('at step %s staff may %j', (step, expected) => {
  expect(choicesAt(step).map(({ value }) => value)).toEqual(expected)
})
