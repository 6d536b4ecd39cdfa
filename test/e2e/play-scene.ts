import type { Browser } from 'playwright-core'
import { openPhone, type Phone, type PhoneOptions } from './browser'
import { createPerson, type Person } from './person'
import type { Scene } from './scenes'
import { becomes, type Stage } from './stage'

/** Runs in the browser: whether every picture on the screen is there. */
const picturesStand = () =>
  [...document.images].every((image) => image.complete || image.getBoundingClientRect().top > window.innerHeight)

/** Opens a scene on a phone of its own and hands it over once it stands still. */
export async function playScene(
  browser: Browser,
  { stage, scene, options }: { stage: Stage; scene: Scene; options: PhoneOptions },
  look: (phone: Phone, person: Person) => Promise<void>,
): Promise<void> {
  const phone = await openPhone(browser, stage.app.url, {
    ...options,
    serviceWorkers: scene.losesNetwork ? 'allow' : 'block',
    position: { latitude: 0, longitude: 0 },
  })
  const person = createPerson(phone, stage.app.url)
  try {
    await becomes(phone, scene.role, stage)
    await person.stand(scene.role === 'chen' ? stage.otherSite : stage.site)
    await person.open(scene.route)
    await person.see(scene.sees)
    await scene.act?.(person)
    await phone.page.waitForFunction(picturesStand)
    await phone.page.waitForTimeout(400)
    await look(phone, person)
  } finally {
    await phone.context.close()
  }
}
