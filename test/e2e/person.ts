import gcoord from 'gcoord'
import type { Locator } from 'playwright-core'
import { buildPng } from '../support/builders'
import type { Phone } from './browser'

export interface ChosenFile {
  name: string
  mimeType: string
  buffer: Buffer
}

type Position = { latitude: number; longitude: number }

/** What a browser reports where a place is in GCJ02: it knows WGS84 only. */
export function browserPosition({ latitude, longitude }: Position): Position {
  const [lng, lat] = gcoord.transform([longitude, latitude], gcoord.GCJ02, gcoord.WGS84)
  return { latitude: lat, longitude: lng }
}

/** What somebody does with the H5 on their phone; everything looks only at what is visible. */
export function createPerson(phone: Phone, origin: string) {
  const { page, context } = phone
  const seen = (locator: Locator) => locator.filter({ visible: true })
  const button = (label: string) =>
    seen(page.locator('taro-button-core').filter({ has: page.getByText(label, { exact: true }) }))
  const words = (text: string | RegExp) => seen(page.getByText(text, { exact: typeof text === 'string' })).first()
  const field = (label: string) =>
    seen(page.locator('.field').filter({ has: page.locator('.field__label').getByText(label, { exact: true }) })).last()

  async function choose(opener: Locator, files: ChosenFile[]): Promise<void> {
    const chooser = page.waitForEvent('filechooser')
    await opener.click()
    await (await chooser).setFiles(files)
  }

  return {
    page,
    button,
    words,
    field,
    open: (route: string) => page.goto(`${origin}/#/${route}`),
    /** Taps a button: one of the open sheet, where there is one. */
    async tap(label: string): Promise<void> {
      const sheet = seen(page.locator('.sheet__panel'))
      await ((await sheet.count()) > 0 ? sheet.last().locator(button(label)) : button(label).last()).click()
    },
    /** Taps something that is no button: a card, a tab, a link. */
    tapOn: (selector: string, text: string) =>
      seen(page.locator(selector).filter({ hasText: text }))
        .first()
        .click(),
    see: (text: string | RegExp) => words(text).waitFor(),
    fill: (label: string, value: string) => field(label).locator('input, textarea').fill(value),
    agree: () => button('同意并继续').click(),
    /** A photo as the camera gives it. */
    picture: async (): Promise<ChosenFile> => ({
      name: '现场.png',
      mimeType: 'image/png',
      buffer: await buildPng(640, 480, '#155e75'),
    }),
    /** Adds one photo to an uploader, whatever becomes of it. */
    choosePhoto: (label: string, photo: ChosenFile) => choose(field(label).locator('.uploader__add'), [photo]),
    /** Adds files to an uploader and waits until they are stored. */
    async attach(label: string, files: ChosenFile[]): Promise<void> {
      await choose(field(label).locator('.uploader__add'), files)
      await field(label)
        .locator('.uploader__tile, .uploader__row')
        .nth(files.length - 1)
        .waitFor()
      await field(label).locator('.uploader__progress').first().waitFor({ state: 'detached' })
    },
    /** Signs with a finger: real touches on the pad. */
    async sign(): Promise<void> {
      const pad = seen(page.locator('.signature__canvas')).first()
      await pad.scrollIntoViewIfNeeded()
      const { x, y, width, height } = (await pad.boundingBox())!
      // Left attached: its end would bring the network back.
      const finger = await context.newCDPSession(page)
      const touch = (type: string, touchPoints: object[]) =>
        finger.send('Input.dispatchTouchEvent', { type, touchPoints } as never)
      for (const [from, to] of [
        [0.2, 0.5],
        [0.45, 0.8],
      ] as const) {
        const at = (share: number) => [{ x: x + width * share, y: y + height * (0.3 + 0.4 * Math.abs(share - from)) }]
        await touch('touchStart', at(from))
        for (let share = from; share <= to; share += 0.03) await touch('touchMove', at(share))
        await touch('touchEnd', [])
      }
    },
    stand: (where: Position, accuracy = 8) => context.setGeolocation({ ...browserPosition(where), accuracy }),
    async logInAsStaff(email: string): Promise<void> {
      await page.goto(`${origin}/#/worker/login/index`)
      await button('同意并继续').click()
      await field('邮箱').locator('input').fill(email)
      await field('密码').locator('input').fill('password123')
      await button('登录').click()
    },
    /** Cuts the network, once the phone keeps the app's own files. */
    async goOffline(): Promise<void> {
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
      await context.setOffline(true)
    },
    goOnline: () => context.setOffline(false),
  }
}

export type Person = ReturnType<typeof createPerson>
