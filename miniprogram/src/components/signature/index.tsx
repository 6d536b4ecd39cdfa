import { forwardRef, useEffect, useImperativeHandle, useRef, useState } from 'react'
import { Canvas, Text, View, type CanvasTouchEvent } from '@tarojs/components'
import Taro, { useReady } from '@tarojs/taro'
import { FieldFrame, type FieldFrameProps } from '@/components/field/frame'
import { Icon } from '@/components/icon'
import { SIGNATURE_TEXTS as T } from '@/components/texts'
import { a11y } from '@/shared/a11y'
import { findSurface, touchPoint, type Surface } from './canvas-surface'
import { drawSegment, isBlank, redraw, type Stroke } from './strokes'
import './index.scss'

export interface SignatureHandle {
  /** The signature as a PNG data URL; null while there is too little ink to count. */
  read: () => string | null
  clear: () => void
}

interface SignatureProps extends FieldFrameProps {
  /** Told after every stroke, undo and clear. */
  onChange?: (blank: boolean) => void
}

const CANVAS_ID = 'signature-pad'
const LAID_OUT_MS = 120

/** A pad to sign on with a finger: undo the last stroke, clear all. One per page. */
export const Signature = forwardRef<SignatureHandle, SignatureProps>(function Signature({ onChange, ...frame }, ref) {
  const pad = usePad(onChange)
  useImperativeHandle(ref, () => ({ read: pad.read, clear: pad.clear }))
  return (
    <FieldFrame {...frame}>
      <View className="signature">
        <Canvas
          type="2d"
          id={CANVAS_ID}
          canvasId={CANVAS_ID}
          className="signature__canvas"
          disableScroll
          onTouchStart={pad.start}
          onTouchMove={pad.move}
          onTouchEnd={pad.end}
        />
        {pad.count === 0 ? <Text className="signature__hint">{T.hint}</Text> : null}
      </View>
      <View className="signature__tools">
        <Tool icon="undo" label={T.undo} onClick={pad.undo} />
        <Tool icon="trash" label={T.clear} onClick={pad.clear} />
      </View>
    </FieldFrame>
  )
})

function Tool({ icon, label, onClick }: { icon: 'undo' | 'trash'; label: string; onClick: () => void }) {
  return (
    <View className="signature__tool" hoverClass="pressed" onClick={onClick} {...a11y(label, 'button')}>
      <Icon name={icon} size={20} />
      <Text>{label}</Text>
    </View>
  )
}

function usePad(onChange?: (blank: boolean) => void) {
  const surface = useRef<Surface | null>(null)
  const strokes = useRef<Stroke[]>([])
  const drawing = useRef(false)
  const [count, setCount] = useState(0)

  const attach = async () => {
    if (surface.current) return
    const found = await findSurface(CANVAS_ID)
    // Finding it twice would wipe what is drawn meanwhile.
    if (!found || surface.current) return
    surface.current = found
    redraw(found.pen, found, [])
  }
  const attachLater = useRef(attach)
  useReady(() => Taro.nextTick(() => void attach()))
  // A pad that is shown when the page has long been ready is found once it is laid out.
  useEffect(() => {
    const timer = setTimeout(() => void attachLater.current(), LAID_OUT_MS)
    return () => clearTimeout(timer)
  }, [])

  const changed = () => {
    setCount(strokes.current.length)
    onChange?.(isBlank(strokes.current))
  }
  const keep = (left: Stroke[]) => {
    strokes.current = left
    if (surface.current) redraw(surface.current.pen, surface.current, left)
    changed()
  }
  const begin = (on: Surface, touch: unknown) => {
    drawing.current = true
    strokes.current = [...strokes.current, [touchPoint(on, touch as never)]]
    setCount(strokes.current.length)
  }
  const start = async (event: CanvasTouchEvent) => {
    const [touch] = event.touches
    // Not found yet: then the first touch finds it, and its stroke counts.
    if (!surface.current) await attach()
    if (surface.current) begin(surface.current, touch)
  }
  const move = (event: CanvasTouchEvent) => {
    if (!surface.current || !drawing.current) return
    const stroke = strokes.current[strokes.current.length - 1] ?? []
    const last = stroke[stroke.length - 1]
    const point = touchPoint(surface.current, event.touches[0] as never)
    if (last) drawSegment(surface.current.pen, last, point)
    stroke.push(point)
  }
  const end = () => {
    drawing.current = false
    changed()
  }
  const read = () => (isBlank(strokes.current) || !surface.current ? null : surface.current.node.toDataURL('image/png'))
  return { count, start, move, end, read, undo: () => keep(strokes.current.slice(0, -1)), clear: () => keep([]) }
}
