export interface Point {
  x: number
  y: number
}
export type Stroke = Point[]

const INK = '#0c2a31'
const LINE_WIDTH = 3
/** A tap or a short slip is not a signature. */
const MIN_LENGTH_PX = 60

/** Length of everything drawn, in px. */
export function inkLength(strokes: Stroke[]): number {
  return strokes.reduce((sum, stroke) => sum + strokeLength(stroke), 0)
}

/** The straight pieces of a stroke, each as from and to. */
function segments(stroke: Stroke): [Point, Point][] {
  return stroke.slice(1).map((point, index) => [stroke[index] ?? point, point])
}

function strokeLength(stroke: Stroke): number {
  return segments(stroke).reduce((sum, [from, to]) => sum + Math.hypot(to.x - from.x, to.y - from.y), 0)
}

/** Whether there is too little ink to count. */
export function isBlank(strokes: Stroke[]): boolean {
  return inkLength(strokes) < MIN_LENGTH_PX
}

/** Draws one more piece of a stroke. */
export function drawSegment(pen: CanvasRenderingContext2D, from: Point, to: Point): void {
  pen.beginPath()
  pen.moveTo(from.x, from.y)
  pen.lineTo(to.x, to.y)
  pen.stroke()
}

/** Wipes the pad and draws what is left; the ground is white in both themes, as on paper. */
export function redraw(
  pen: CanvasRenderingContext2D,
  size: { width: number; height: number },
  strokes: Stroke[],
): void {
  pen.fillStyle = '#ffffff'
  pen.fillRect(0, 0, size.width, size.height)
  pen.strokeStyle = INK
  pen.lineWidth = LINE_WIDTH
  pen.lineCap = 'round'
  pen.lineJoin = 'round'
  for (const [from, to] of strokes.flatMap(segments)) drawSegment(pen, from, to)
}
