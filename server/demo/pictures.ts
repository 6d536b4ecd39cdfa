import sharp from 'sharp'

/**
 * Photos a customer or an engineer might have taken, drawn: instruments on a bench, with the fault to be seen.
 * No text in them, so that no font is needed; readings are drawn as seven segments.
 */
export type PictureName = 'liquid-chromatograph' | 'running' | 'leak' | 'chromatogram' | 'balance' | 'board' | 'oven'

export const WIDTH = 1200
export const HEIGHT = 900

const DRAWINGS: Record<PictureName, () => string> = {
  'liquid-chromatograph': () => liquidChromatograph({ lamp: 'red', reading: 'E02' }),
  running: () => liquidChromatograph({ lamp: 'green', reading: '8.42' }),
  leak: pumpHead,
  chromatogram: chromatogramOnScreen,
  balance,
  board: powerBoard,
  oven: gasChromatograph,
}

/** Draws each picture once, as a JPEG of 1200 × 900 with a photo's grain. */
export function createPictures() {
  const drawn = new Map<PictureName, Promise<Buffer>>()
  const grain = drawGrain()

  async function draw(name: PictureName): Promise<Buffer> {
    return sharp(Buffer.from(scene(DRAWINGS[name]())))
      .composite([{ input: await grain, raw: { width: WIDTH, height: HEIGHT, channels: 1 }, blend: 'soft-light' }])
      .jpeg({ quality: 78 })
      .toBuffer()
  }

  return (name: PictureName): Promise<Buffer> => {
    const picture = drawn.get(name) ?? draw(name)
    drawn.set(name, picture)
    return picture
  }
}

/** A person's signature, as the phone's canvas gives it. */
export async function drawSignature(): Promise<string> {
  const stroke =
    'M12 60C40 10 52 20 44 56S70 30 84 40 76 84 104 52 130 28 140 50 128 84 164 44 196 36 214 52 236 60 252 40'
  const png = await sharp(
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="264" height="100">${line(stroke, '#111827', 4)}</svg>`),
  )
    .png({ palette: true })
    .toBuffer()
  return `data:image/png;base64,${png.toString('base64')}`
}

export type Pictures = ReturnType<typeof createPictures>

function drawGrain(): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 14 } as const
  return sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#808080', noise } })
    .greyscale()
    .raw()
    .toBuffer()
}

const scene = (content: string) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}"
  width="${WIDTH}" height="${HEIGHT}"><defs>
  ${gradient('wall', '#dfe6e6', '#aebabb')}${gradient('bench', '#5b6770', '#353e45')}
  ${gradient('case', '#f4f5f3', '#cfd3d2')}${gradient('steel', '#eef2f5', '#7d8a94')}
  ${gradient('glass', '#dbeafe', '#93b4d6')}${gradient('dark', '#3f4a54', '#1d242b')}
  <radialGradient id="vignette" cx="50%" cy="45%" r="75%"><stop offset=".55" stop-color="#000" stop-opacity="0"/>
  <stop offset="1" stop-color="#000" stop-opacity=".45"/></radialGradient>
  ${fading('shadow', '#10151a')}${fading('red', '#ef4444')}${fading('green', '#22c55e')}${fading('burn', '#1c0f05')}</defs>
  ${content}<rect width="100%" height="100%" fill="url(#vignette)"/></svg>`

const gradient = (id: string, from: string, to: string) =>
  `<linearGradient id="${id}" x1="0" y1="0" x2="0.25" y2="1"><stop stop-color="${from}"/>
  <stop offset="1" stop-color="${to}"/></linearGradient>`

/** Solid in the middle, gone at the rim. */
const fading = (id: string, color: string) =>
  `<radialGradient id="${id}"><stop offset=".35" stop-color="${color}" stop-opacity=".6"/>
  <stop offset="1" stop-color="${color}" stop-opacity="0"/></radialGradient>`

/** A rounded box at x, y, width, height. */
const box = (...[x, y, width, height, more = 'fill="url(#case)"']: [...Box, string?]) =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="10" ${more}/>`
type Box = [x: number, y: number, width: number, height: number]

const dot = (x: number, y: number, r: number, fill: string) => `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}"/>`

const line = (d: string, color: string, width: number) =>
  `<path d="${d}" fill="none" stroke="${color}" stroke-width="${width}" stroke-linecap="round"/>`

const times = (count: number, draw: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => draw(i)).join('')

/** Wall, bench and the shadow of what stands on it. */
const room = (shadowX: number, shadowWidth: number) => `<rect width="${WIDTH}" height="700" fill="url(#wall)"/>
  <rect y="690" width="${WIDTH}" height="210" fill="url(#bench)"/>
  <rect y="690" width="${WIDTH}" height="9" fill="#8b979f"/>
  ${box(120, 0, 420, 170, 'fill="#c5cecf"')}${box(570, 0, 420, 170, 'fill="#c5cecf"')}
  <ellipse cx="${shadowX + shadowWidth / 2}" cy="704" rx="${shadowWidth * 0.62}" ry="40" fill="url(#shadow)"/>`

const SEGMENTS: Record<string, string> = {
  '0': 'abcdef',
  '2': 'abged',
  '4': 'fgbc',
  '8': 'abcdefg',
  E: 'afged',
}
const STROKES: Record<string, string> = {
  a: 'M4 0H16',
  b: 'M20 4V16',
  c: 'M20 24V36',
  d: 'M4 40H16',
  e: 'M0 24V36',
  f: 'M0 4V16',
  g: 'M4 20H16',
}

/** A lit display with a short reading. */
function display(x: number, y: number, reading: string, color = '#7dd3fc'): string {
  let at = x + 18
  let digits = ''
  for (const sign of reading) {
    const strokes = [...(SEGMENTS[sign] ?? '')].map((segment) => line(STROKES[segment]!, color, 4)).join('')
    digits +=
      sign === '.' ? dot(at - 6, y + 56, 3.5, color) : `<g transform="translate(${at} ${y + 16})">${strokes}</g>`
    at += sign === '.' ? 6 : 34
  }
  return box(x, y, at - x + 4, 72, 'fill="#0b1b26"') + digits
}

const LAMPS = { red: '#ef4444', green: '#22c55e' }

function liquidChromatograph({ lamp, reading }: { lamp: keyof typeof LAMPS; reading: string }): string {
  const bottle = (i: number) => {
    const x = 470 + i * 66
    return `${box(x, 128, 48, 78, 'fill="url(#glass)" opacity=".92"')}
      ${box(x + 3, 158, 42, 46, `fill="${i % 2 ? '#e0f2fe' : '#fef3c7'}"`)}
      ${box(x + 12, 108, 24, 24, 'fill="#2563eb"')}${line(`M${x + 24} 110C${x + 24} 40 770 40 790 300`, '#e2e8f0', 4)}`
  }
  const part = (y: number, height: number, inside: string) =>
    `${box(430, y, 350, height)}${box(430, y + height - 10, 350, 10, 'fill="#9aa3a5"')}${inside}`
  return `${room(400, 430)}${times(4, bottle)}
    ${part(206, 110, `${box(452, 226, 170, 66, 'fill="#e7eae9"')}${dot(744, 250, 9, '#22c55e')}`)}
    ${part(
      320,
      132,
      `${display(452, 344, reading, lamp === 'green' ? '#7dd3fc' : '#fca5a5')}
      ${dot(744, 386, 30, LAMPS[lamp])}${dot(744, 386, 64, `url(#${lamp})`)}`,
    )}
    ${part(456, 118, `${box(452, 474, 216, 80, 'fill="url(#dark)"')}${times(6, (i) => dot(478 + i * 34, 514, 11, '#cbd5e1'))}`)}
    ${part(578, 114, `${box(452, 598, 130, 74, 'fill="#dfe3e2"')}${dot(744, 630, 9, '#22c55e')}`)}
    ${line('M700 400C840 420 850 500 700 520', '#b45309', 5)}
    ${box(860, 430, 250, 180, 'fill="url(#dark)"')}${box(874, 444, 222, 152, 'fill="#0f2942"')}
    ${line('M884 580H930C940 580 944 480 952 480S964 580 974 580H1010C1020 580 1024 520 1032 520S1044 580 1054 580H1086', '#34d399', 4)}
    ${box(960, 610, 50, 60, 'fill="#2b333a"')}${box(900, 668, 170, 24, 'fill="#2b333a"')}`
}

function pumpHead(): string {
  const screw = (x: number, y: number) => `${dot(x, y, 26, '#64707a')}${dot(x, y, 18, '#39434b')}`
  const drop = (x: number, y: number, size: number) =>
    `<path d="M${x} ${y - size * 2}C${x + size} ${y - size} ${x + size} ${y + size} ${x} ${y + size}
      S${x - size} ${y - size} ${x} ${y - size * 2}" fill="#bfe3ff" stroke="#6aa5d8" stroke-width="2"/>`
  return `<rect width="${WIDTH}" height="${HEIGHT}" fill="url(#case)"/>${box(0, 700, WIDTH, 200, 'fill="#8d979b"')}
    ${box(230, 170, 720, 500, 'fill="url(#dark)"')}${box(330, 250, 250, 330, 'fill="url(#steel)"')}
    ${box(620, 250, 250, 330, 'fill="url(#steel)"')}
    ${times(2, (i) => `${screw(380 + i * 290, 300)}${screw(530 + i * 290, 300)}${screw(380 + i * 290, 530)}${screw(530 + i * 290, 530)}`)}
    ${times(2, (i) => `${dot(455 + i * 290, 415, 62, '#4b5760')}${dot(455 + i * 290, 415, 44, '#cfd8de')}`)}
    ${line('M455 250C455 120 745 120 745 250', '#d4a373', 16)}${line('M455 580C455 690 340 660 240 720', '#d4a373', 16)}
    ${box(420, 560, 70, 56, 'fill="#b98e3f"')}${box(710, 560, 70, 56, 'fill="#b98e3f"')}
    <ellipse cx="760" cy="788" rx="210" ry="34" fill="#9fd0f5" opacity=".75"/>
    <ellipse cx="720" cy="780" rx="90" ry="10" fill="#fff" opacity=".55"/>
    ${drop(745, 648, 13)}${drop(752, 712, 17)}${drop(716, 628, 8)}`
}

function chromatogramOnScreen(): string {
  const peaks = [
    { at: 180, height: 120 },
    { at: 300, height: 330 },
    { at: 420, height: 210 },
    { at: 610, height: 90 },
  ]
  const points = times(200, (i) => {
    const x = i * 4
    const drift = x * 0.09 + 10 * Math.sin(x / 23)
    const y = peaks.reduce((sum, { at, height }) => sum + height * Math.exp(-(((x - at) / (14 + at / 40)) ** 2)), drift)
    return `${i ? 'L' : 'M'}${210 + x} ${Math.round(640 - y)}`
  })
  return `<rect width="${WIDTH}" height="${HEIGHT}" fill="#20262b"/>${box(110, 70, 980, 690, 'fill="#0d1114"')}
    ${box(140, 100, 920, 620, 'fill="#f8fafc"')}${box(140, 100, 920, 44, 'fill="#1e5a8a"')}
    ${times(3, (i) => dot(980 + i * 28, 122, 8, '#bcd4e8'))}
    ${times(7, (i) => line(`M200 ${200 + i * 73}H1020`, '#dbe3ea', 2))}${times(9, (i) => line(`M${210 + i * 100} 180V650`, '#e7edf2', 2))}
    ${line('M200 180V650H1030', '#475569', 3)}<path d="${points}" fill="none" stroke="#c2410c" stroke-width="4"/>
    <path d="M210 600L1010 520" stroke="#94a3b8" stroke-width="2" stroke-dasharray="10 8"/>
    ${box(420, 760, 360, 30, 'fill="#0d1114"')}<path d="M140 100L700 100L380 720L140 720Z" fill="#fff" opacity=".05"/>`
}

function balance(): string {
  const pane = (x: number, width: number) =>
    `<rect x="${x}" y="180" width="${width}" height="350" fill="url(#glass)" opacity=".45" stroke="#6b7f8f" stroke-width="6"/>`
  return `${room(330, 560)}${pane(430, 340)}${box(420, 160, 360, 30, 'fill="#4b5963"')}
    <ellipse cx="600" cy="500" rx="80" ry="16" fill="url(#steel)"/>${box(592, 500, 16, 40, 'fill="#7d8a94"')}
    ${box(572, 410, 56, 86, 'fill="#fff" opacity=".8"')}${box(575, 450, 50, 44, 'fill="#fde68a"')}
    <path d="M360 560L400 520H800L840 560V680H360Z" fill="url(#case)"/>${display(440, 580, '0.0042', '#86efac')}
    ${times(3, (i) => box(700 + i * 44, 600, 32, 32, 'fill="#64748b"'))}${dot(400, 680, 14, '#1f2937')}${dot(800, 680, 14, '#1f2937')}`
}

function powerBoard(): string {
  const capacitor = (x: number, y: number, bulged: boolean) =>
    `${dot(x, y, 58, '#1e293b')}${dot(x, y, 50, bulged ? '#b08d57' : '#cbd5e1')}
     ${line(`M${x - 32} ${y}H${x + 32}M${x} ${y - 32}V${y + 32}`, '#475569', 5)}
     ${bulged ? `<ellipse cx="${x + 14}" cy="${y + 20}" rx="34" ry="22" fill="#5b3a1a" opacity=".85"/>` : ''}`
  const chip = (x: number, y: number) =>
    `${times(7, (i) => line(`M${x + 12 + i * 20} ${y - 14}V${y + 94}`, '#cbd5e1', 7))}${box(x, y, 146, 80, 'fill="#111827"')}
     ${dot(x + 16, y + 16, 6, '#6b7280')}`
  return `<rect width="${WIDTH}" height="${HEIGHT}" fill="#14532d"/>
    ${times(14, (i) => line(`M0 ${40 + i * 62}H${260 + i * 30}L${340 + i * 30} ${110 + i * 62}H${WIDTH}`, '#1f7a43', 7))}
    ${times(16, (i) => dot(90 + (i % 8) * 140, i < 8 ? 60 : 840, 15, '#caa24a'))}
    ${capacitor(250, 260, false)}${capacitor(420, 260, true)}${capacitor(590, 260, true)}${capacitor(250, 450, false)}
    ${chip(720, 220)}${chip(940, 220)}${chip(720, 420)}${box(380, 420, 250, 190, 'fill="#d97706"')}
    ${times(11, (i) => line(`M${394 + i * 22} 424V606`, '#92400e', 10))}${box(900, 430, 210, 250, 'fill="url(#steel)"')}
    ${times(9, (i) => line(`M${916 + i * 22} 440V670`, '#5b6770', 6))}
    ${times(10, (i) => box(150 + i * 60, 700, 42, 20, `fill="${i % 3 ? '#d6c7a1' : '#60a5fa'}"`))}
    <ellipse cx="505" cy="285" rx="150" ry="90" fill="url(#burn)"/>`
}

function gasChromatograph(): string {
  const cylinder = (x: number, color: string) =>
    `${box(x, 210, 110, 500, `fill="${color}"`)}${box(x + 30, 150, 50, 66, 'fill="#94a3b8"')}${dot(x + 55, 196, 24, '#e2e8f0')}
     ${line(`M${x + 55} 150C${x + 55} 90 420 90 430 250`, '#b45309', 6)}`
  return `${room(60, 900)}${cylinder(90, '#1d6f42')}${cylinder(220, '#7f8c8d')}${box(380, 240, 560, 460)}
    ${box(410, 300, 320, 360, 'fill="url(#dark)"')}${dot(570, 480, 110, '#2a323a')}
    ${times(6, (i) => line(`M${490 + i * 6} ${480 - i * 4}A${80 - i * 10} ${80 - i * 10} 0 1 1 ${650 - i * 6} ${480 + i * 4}`, '#d6a85c', 5))}
    ${display(752, 310, '280')}${times(12, (i) => box(764 + (i % 3) * 52, 420 + Math.floor(i / 3) * 44, 38, 30, 'fill="#9aa8b2"'))}
    ${dot(900, 630, 14, '#f59e0b')}${box(480, 196, 60, 48, 'fill="#475569"')}${box(620, 196, 60, 48, 'fill="#475569"')}
    ${line('M960 380H1080V690', '#cbd5e1', 6)}${box(1000, 560, 120, 130, 'fill="#e5e7eb"')}`
}
