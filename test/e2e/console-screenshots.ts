import { hasBrowser, launchBrowser } from './browser'
import { CONSOLE_SCENES, openScene } from './console-scenes'
import { startConsoleStage } from './console-stage'
import { type DeskOptions, openDesk } from './desk'

const LOOKS: DeskOptions[] = [{ width: 1280 }, { width: 1024 }, { width: 768 }, { width: 1280, dark: true }]

/** `npm run screenshots:console [-- part of a name]`: every page of the console at three widths, and dark. */
async function main(wanted = ''): Promise<void> {
  if (!hasBrowser) throw new Error('there is no browser on this machine')
  const stage = await startConsoleStage()
  const browser = await launchBrowser()
  const failed: string[] = []
  try {
    for (const look of LOOKS) {
      const desk = await openDesk(browser, stage.app.url, look)
      await desk.page.goto(`${stage.app.url}/console/login`)
      await desk.page.getByLabel('邮箱').waitFor()
      if ('login'.includes(wanted)) await desk.shot('login')
      await desk.logIn('admin@example.com')
      await desk.page.getByRole('heading', { level: 1, name: '总览' }).waitFor()
      for (const scene of CONSOLE_SCENES.filter(({ name }) => name.includes(wanted))) {
        try {
          await openScene(desk, stage, scene)
          await desk.shot(scene.name)
        } catch (error) {
          failed.push(`${scene.name} at ${look.width}: ${(error as Error).message}`)
        }
      }
      failed.push(...desk.faults)
      await desk.context.close()
    }
  } finally {
    await browser.close()
    await stage.close()
  }
  for (const line of failed) process.stderr.write(`${line}\n`)
  process.exit(failed.length > 0 ? 1 : 0)
}

void main(process.argv[2])
