import type { Page } from 'playwright-core'

type Colour = [red: number, green: number, blue: number, alpha: number]

/** A text on the page; `grounds` are the backgrounds of its element and of those around it, nearest first. */
interface Words {
  text: string
  place: string
  colour: string
  grounds: { colour: string; image: string; opacity: number }[]
}

const LEAST_CONTRAST = 4.5

/** What somebody who sees little, or nothing, would miss on the page; each as a sentence. */
export async function findBarriers(page: Page): Promise<string[]> {
  const words = await page.evaluate(collectWords)
  const pale = words
    .map((each) => ({ ...each, contrast: contrastOf(each) }))
    .filter(({ contrast }) => contrast < LEAST_CONTRAST)
    .map(({ contrast, text, place }) => `${contrast.toFixed(2)}:1 “${text.slice(0, 20)}” in .${place}`)
  return [...new Set([...pale, ...(await page.evaluate(collectBarriers))])]
}

/** Large text as somebody sets it in WeChat; browsers enlarge text by themselves. */
export const enlarge = (page: Page): Promise<void> =>
  page.evaluate(() => document.querySelectorAll('.page').forEach((element) => element.classList.add('text-large')))

/** Runs in the browser: every text and placeholder. What is behind an open sheet is not there to be read. */
function collectWords(): Words[] {
  const sheet = [...document.querySelectorAll('.sheet')].find((element) => element.getClientRects().length > 0)
  const isShown = (element: Element) => element.getClientRects().length > 0 && (!sheet || sheet.contains(element))
  const groundsOf = (element: Element | null): Words['grounds'] => {
    if (!element) return []
    const { backgroundColor: colour, backgroundImage: image, opacity } = getComputedStyle(element)
    return [{ colour, image, opacity: Number(opacity) }, ...groundsOf(element.parentElement)]
  }
  const words: Words[] = []
  const add = (element: Element, text: string, colour: string) =>
    words.push({ text, place: String(element.className), colour, grounds: groundsOf(element) })

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    const text = node.textContent?.trim()
    if (!element || !text || !isShown(element) || element.closest('.btn--off, [disabled]')) continue
    add(element, text, getComputedStyle(element).color)
  }
  for (const field of document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea'))
    if (isShown(field) && field.placeholder)
      add(field, field.placeholder, getComputedStyle(field, '::placeholder').color)
  return words
}

/** Runs in the browser: what has no name for those who do not see it, and what does not fit. */
function collectBarriers(): string[] {
  const shown = (selector: string) =>
    [...document.querySelectorAll<HTMLElement>(selector)].filter((element) => element.getClientRects().length > 0)
  const isNameless = (element: HTMLElement) => !element.getAttribute('aria-label')
  const fields = shown('input:not([type=file]), textarea').filter(isNameless)
  const controls = shown('[role="button"], taro-button-core').filter(
    (control) => isNameless(control) && !control.textContent?.trim(),
  )
  const wide = document.documentElement.scrollWidth > window.innerWidth
  return [
    ...fields.map((field) => `a field without a name: “${field.getAttribute('placeholder')}”`),
    ...controls.map((control) => `a control without a name: .${control.className}`),
    ...(wide ? ['the page is wider than the screen'] : []),
  ]
}

function parse(text: string): Colour {
  const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number)
  return [red, green, blue, alpha]
}

function over([red, green, blue, alpha]: Colour, below: Colour): Colour {
  const mix = (top: number, under: number) => top * alpha + under * (1 - alpha)
  return [mix(red, below[0]), mix(green, below[1]), mix(blue, below[2]), 1]
}

/** Every ground the text may stand on: a gradient has as many as it has stops. */
function groundColours([nearest, ...around]: Words['grounds']): Colour[] {
  if (!nearest) return [[255, 255, 255, 1]]
  const stops = nearest.image.includes('gradient') ? (nearest.image.match(/rgba?\([^)]+\)/g) ?? []) : []
  const own = (stops.length > 0 ? stops : [nearest.colour]).map(parse).filter(([, , , alpha]) => alpha > 0)
  if (own.length > 0 && own.every(([, , , alpha]) => alpha === 1)) return own
  const below = groundColours(around)
  return own.length === 0 ? below : own.flatMap((top) => below.map((ground) => over(top, ground)))
}

/** Relative luminance (WCAG 2.2). */
function luminance([red, green, blue]: Colour): number {
  const linear = (value: number) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

/** What lets its ground through is as pale as the palest mixture of both. */
function contrastOf({ colour, grounds }: Words): number {
  const opacity = grounds.reduce((share, ground) => share * ground.opacity, 1)
  const [red, green, blue, alpha] = parse(colour)
  const ink: Colour = [red, green, blue, alpha * opacity]
  const ratios = groundColours(grounds).map((ground) => {
    const pair = [luminance(over(ink, ground)), luminance(ground)]
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05)
  })
  return Math.min(...ratios)
}
