import { type ExternalSiteApp, startExternalSite } from '../../support/external-site'
import { until } from '../../support/until'

jest.setTimeout(120_000)

let external: ExternalSiteApp
const start = async (options: Parameters<typeof startExternalSite>[0] = {}) => {
  external = await startExternalSite(options)
  return external
}
afterEach(() => external.close())

describe.each([{ kind: 'classic-cookie' }, { kind: 'ruoyi' }] as const)('$kind', (site) => {
  test('logs in once and hands the stored login out again', async () => {
    await start({ site })
    const first = await external.session()
    expect(first.status).toBe(200)
    expect(first.body.data).toMatchObject({ system_name: 'city', account: 'op1', status: 'active' })
    const { cookies, token } = first.body.data.cookie
    if (site.kind === 'ruoyi') expect(token).toMatch(/^[0-9a-f]{64}$/)
    else expect(cookies.JSESSIONID).toMatch(/^[0-9a-f]{64}$/)
    expect((await external.session()).body.data).toEqual(first.body.data)
    expect(external.site.counts()).toMatchObject({ logins: 1, loggedIn: 1 })
  })

  test('100 callers of an expired account make one login', async () => {
    await start({ site })
    const before = (await external.session()).body.data
    external.site.control({ expireSessions: true })
    await external.check()
    external.app.clock.advance(24 * 3600 * 1000)
    await external.app.context.database.db
      .updateTable('external_auth_session')
      .set({ state: 'EXPIRED', status: 'expired', expire_at: external.app.clock.now() })
      .execute()
    const logins = external.site.counts().logins
    const admin = { system: 'city', account: 'op1' }
    const all = await Promise.all(
      Array.from({ length: 100 }, () => external.app.context.externalSessions.ensureSession(admin)),
    )
    expect(external.site.counts().logins).toBe(logins + 1)
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(1)
    expect(all[0]!.cookie).not.toEqual(before.cookie)
  })

  test('captcha always wrong: five tries, its own state, no lock', async () => {
    await start({ site })
    external.site.control({ captchaAlwaysWrong: true })
    const { status, body } = await external.session()
    expect([status, body.data.reasonCode]).toEqual([502, 'CAPTCHA_EXHAUSTED'])
    expect(external.site.counts()).toMatchObject({ captchas: 5, logins: 5 })
    expect((await external.sessions())[0]).toMatchObject({ state: 'CAPTCHA_EXHAUSTED', password_failures: 0 })
    external.site.control({ captchaAlwaysWrong: false })
    expect((await external.session()).status).toBe(502)
    expect((await external.check()).status).toBe(200)
  })

  test('a wrong password stops at once and stays stopped until it changes', async () => {
    await start({ site })
    external.site.control({ passwords: { op1: 'another-one' } })
    const { status, body } = await external.session()
    expect([status, body.data.reasonCode]).toEqual([502, 'PASSWORD_WRONG'])
    expect((await external.check()).body.data.reasonCode).toBe('PASSWORD_WRONG')
    await external.session()
    expect(external.site.counts().logins).toBe(1)
    await external.change({ accounts: [{ account: 'op1', password: 'another-one' }] })
    expect((await external.session()).status).toBe(200)
  })

  test('the last two attempts are a person’s: a challenge, and its answer logs in', async () => {
    await start({ site })
    external.site.control({ passwords: { op1: 'good-password' } })
    for (const password of ['wrong-1', 'wrong-2', 'wrong-3']) {
      await external.change({ accounts: [{ account: 'op1', password }] })
      expect((await external.session()).body.data.reasonCode).toBe('PASSWORD_WRONG')
    }
    expect(external.site.counts().logins).toBe(3)
    await external.change({ accounts: [{ account: 'op1', password: 'good-password' }] })
    const refused = await external.session()
    expect([refused.status, refused.body.data.reasonCode]).toEqual([409, 'CHALLENGE_OPEN'])
    const id = refused.body.data.challenge_id
    expect(external.site.counts().logins).toBe(3)
    const waiters = Array.from({ length: 5 }, () =>
      external.app.context.externalSessions.hold({ system: 'city', account: 'op1' }, { patienceMs: 10_000 }),
    )
    const [challenge] = await external.challenges()
    expect(challenge).toMatchObject({ id, system_name: 'city', account: 'op1' })
    expect(challenge.image).toMatch(/^data:image\/png;base64,/)
    const answered = await external.answer(id, external.site.lastAnswer())
    expect([answered.status, answered.body.data.status]).toEqual([200, 'active'])
    const logins = (await Promise.all(waiters)).map((one) => one.sealed)
    const row = await external.app.context.database.db
      .selectFrom('external_auth_session')
      .selectAll()
      .executeTakeFirstOrThrow()
    expect(row.fencing_token).toBe(answered.body.data.fencing_token)
    expect(new Set(logins)).toEqual(new Set([row.cookie]))
    expect(external.site.counts()).toMatchObject({ logins: 4, loggedIn: 1 })
    expect(await external.challenges()).toEqual([])
    expect((await external.answer(id, 'again')).status).toBe(409)
  })

  test('a locked account is waited out', async () => {
    await start({ site })
    external.site.control({ passwords: { op1: 'good-password' } })
    for (let i = 0; i < 5; i++) await badLogin(external, site.kind)
    const before = external.site.counts().logins
    const { status, body, headers } = await external.session()
    expect([status, body.data.reasonCode]).toEqual([503, 'ACCOUNT_LOCKED'])
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(590)
    expect((await external.session()).body.data.reasonCode).toBe('ACCOUNT_LOCKED')
    expect(external.site.counts().logins).toBe(before + 1)
    external.site.control({ unlock: true })
    await external.change({ accounts: [{ account: 'op1', password: 'good-password' }] })
    expect((await external.session()).status).toBe(200)
  })

  test('a site that is down is backed off from; a check by an admin tries at once', async () => {
    await start({ site })
    expect((await external.session()).status).toBe(200)
    external.site.control({ status: 503 })
    expect((await external.check()).body.data.reasonCode).toBe('SITE_DOWN')
    expect((await external.session()).body.data.reasonCode).toBe('SITE_DOWN')
    expect((await external.check()).status).toBe(503)
    external.site.control({ status: 0 })
    expect((await external.check()).status).toBe(200)
    expect((await external.session()).status).toBe(200)
    expect(external.site.counts().logins).toBe(1)
  })

  test('a changed page stops; a changed system tries again', async () => {
    await start({ site })
    external.site.control({ changedPages: [site.kind === 'ruoyi' ? '/captchaImage' : '/captcha'] })
    const { status, body } = await external.session()
    expect([status, body.data.reasonCode]).toEqual([502, 'SITE_CHANGED'])
    external.app.clock.advance(3600_000)
    expect((await external.session()).body.data.reasonCode).toBe('SITE_CHANGED')
    expect(external.site.counts().logins).toBe(0)
    external.site.control({ changedPages: [] })
    expect((await external.change({ overrides: { lockout: { minutes: 20 } } })).status).toBe(200)
    expect((await external.session()).status).toBe(200)
  })
})

async function badLogin({ site }: ExternalSiteApp, kind: string) {
  const isRuoyi = kind === 'ruoyi'
  const captcha = await fetch(`${site.url}${isRuoyi ? '/captchaImage' : '/captcha'}`)
  const cookie = captcha.headers.get('set-cookie')?.split(';')[0] ?? ''
  const uuid = isRuoyi ? ((await captcha.json()) as { uuid: string }).uuid : ''
  const fields = { username: 'op1', password: 'nope', [isRuoyi ? 'code' : 'captcha']: site.lastAnswer(), uuid }
  await fetch(`${site.url}/login`, {
    method: 'POST',
    headers: { cookie, ...(isRuoyi ? { 'content-type': 'application/json' } : {}) },
    body: isRuoyi ? JSON.stringify(fields) : new URLSearchParams(fields),
  })
}

test('a late result of an overtaken login is dropped', async () => {
  let release = () => {}
  const slow = new Promise<void>((resolve) => {
    release = resolve
  })
  let first = true
  const { app, site } = await start({
    decoder: {
      name: 'local',
      close: async () => {},
      read: async () => {
        const answer = site.lastAnswer()
        if (first) {
          first = false
          await slow
        }
        return { answer, text: answer, margin: 9 }
      },
    },
  })
  const at = { system: 'city', account: 'op1' }
  const late = app.context.externalSessions.ensureSession(at)
  await until(() => external.site.counts().captchas > 0, 'the first login')
  // Another process takes over when the lease has run out.
  await app.context.database.db
    .updateTable('external_auth_session')
    .set((eb) => ({ lease_until: null, lease_owner: 'other', fencing_token: eb('fencing_token', '+', 1) }))
    .execute()
  release()
  const session = await late
  expect(site.counts()).toMatchObject({ logins: 1, loggedIn: 1 })
  expect(session.fencing_token).toBe(3)
})

test('the scheduled check learns how long a session lives and renews it before its end', async () => {
  const { app, site } = await start({ system: { check_interval_seconds: 60 } })
  await external.session()
  const { externalSessions } = app.context
  for (let minute = 0; minute < 30; minute++) {
    app.clock.advance(70_000)
    await externalSessions.keep()
  }
  expect(site.counts().logins).toBe(1)
  site.control({ expireSessions: true })
  app.clock.advance(70_000)
  await externalSessions.keep()
  expect(site.counts().logins).toBe(2)
  const [row] = await external.sessions()
  expect(row.learned_lifetime_seconds).toBe(2100)
  expect(row.expire_at).not.toBeNull()
  for (let minute = 0; minute < 30; minute++) {
    app.clock.advance(70_000)
    await externalSessions.keep()
  }
  expect(site.counts().logins).toBe(3)
  expect((await external.sessions())[0]).toMatchObject({ state: 'ACTIVE', next_action: '定时检查' })
})
