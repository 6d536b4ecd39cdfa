import { Tooltip } from 'antd'
import { useRef, useState } from 'react'

/** One line of text; what does not fit is cut, and told to those who point at it. */
export function Cut({ children, empty = '—' }: { children: string | null | undefined; empty?: string }) {
  const line = useRef<HTMLSpanElement>(null)
  const [isOpen, setIsOpen] = useState(false)
  const open = (wanted: boolean) => {
    const { scrollWidth = 0, clientWidth = 0 } = line.current ?? {}
    setIsOpen(wanted && scrollWidth > clientWidth)
  }
  return (
    <Tooltip title={children} open={isOpen} onOpenChange={open}>
      <span className="cut" ref={line}>
        {children || empty}
      </span>
    </Tooltip>
  )
}
