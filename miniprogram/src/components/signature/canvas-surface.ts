import Taro from '@tarojs/taro'

/** What both platforms' 2d canvas nodes share. */
interface CanvasNode {
  width: number
  height: number
  getContext: (kind: '2d') => CanvasRenderingContext2D
  toDataURL: (mime: string) => string
  /** Browser only. */
  getBoundingClientRect?: () => { left: number; top: number }
}

export interface Surface {
  node: CanvasNode
  pen: CanvasRenderingContext2D
  width: number
  height: number
}

const MAX_PIXEL_RATIO = 2

/** Finds a canvas by id once the page is laid out; null when it is not there. */
export function findSurface(id: string): Promise<Surface | null> {
  return new Promise((resolve) => {
    // Two queries: in browsers one that asks for the node forgets the size.
    const query = Taro.createSelectorQuery()
    query.select(`#${id}`).fields({ node: true })
    query.select(`#${id}`).boundingClientRect()
    query.exec((found: [{ node?: CanvasNode } | null, { width: number; height: number } | null] | undefined) => {
      const node = found?.[0]?.node
      const box = found?.[1]
      resolve(node && box ? prepare(node, box) : null)
    })
  })
}

function prepare(node: CanvasNode, { width, height }: { width: number; height: number }): Surface {
  const ratio = Math.min(Taro.getWindowInfo().pixelRatio || 1, MAX_PIXEL_RATIO)
  node.width = width * ratio
  node.height = height * ratio
  const pen = node.getContext('2d')
  pen.scale(ratio, ratio)
  return { node, pen, width, height }
}

/** Where on the canvas a touch is: WeChat says so itself, browsers only know the window's coordinates. */
export function touchPoint(surface: Surface, touch: { x?: number; y?: number; clientX: number; clientY: number }) {
  if (typeof touch.x === 'number' && typeof touch.y === 'number') return { x: touch.x, y: touch.y }
  const box = surface.node.getBoundingClientRect?.() ?? { left: 0, top: 0 }
  return { x: touch.clientX - box.left, y: touch.clientY - box.top }
}
