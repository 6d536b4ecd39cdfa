import { hasBrowser, launchBrowser, type PhoneOptions } from './browser'
import { enlarge } from './look'
import { playScene } from './play-scene'
import { scenesOf } from './scenes'
import { startStage } from './stage'

const LOOKS: PhoneOptions[] = [375, 414].flatMap((width) => [false, true].map((dark) => ({ width, dark })))

/** `npm run screenshots [-- part of a name]`: every page at two widths, light and dark, and once in large text. */
async function main(wanted = ''): Promise<void> {
  if (!hasBrowser) throw new Error('there is no browser on this machine')
  const stage = await startStage()
  const browser = await launchBrowser()
  const failed: string[] = []
  try {
    for (const scene of scenesOf(stage).filter(({ name }) => name.includes(wanted)))
      await Promise.all(
        LOOKS.map(async (options) => {
          const label = `${scene.name} at ${options.width}${options.dark ? ', dark' : ''}`
          await playScene(browser, { stage, scene, options }, async (phone) => {
            await phone.shot(scene.name)
            if (options === LOOKS[0]) {
              await enlarge(phone.page)
              await phone.shot(`${scene.name}-large`)
            }
            if (phone.faults.length > 0) failed.push(`${label}: ${phone.faults.join('; ')}`)
          }).catch((error: Error) => failed.push(`${label}: ${error.message}`))
        }),
      )
  } finally {
    await browser.close()
    await stage.app.close()
  }
  for (const line of failed) process.stderr.write(`${line}\n`)
  process.exit(failed.length > 0 ? 1 : 0)
}

void main(process.argv[2])
