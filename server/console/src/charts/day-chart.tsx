import { useEffect, useRef, useState } from 'react'
import { useIsDark } from '../show/theme'
import type { init } from './library'

type Chart = ReturnType<typeof init>

export interface Series {
  name: string
  kind: 'bar' | 'line'
  values: (number | null)[]
  color: string
  /** Bars of the same stack stand on each other. */
  stack?: string
}

interface Props {
  /** What the chart tells, for those who do not see it. */
  label: string
  days: string[]
  series: Series[]
  min?: number
  max?: number
}

function optionOf({ days, series, min, max }: Props, isDark: boolean) {
  const ink = isDark ? '#c9d1d3' : '#414b50'
  const line = isDark ? '#2b3337' : '#e4e8ea'
  return {
    animation: false,
    textStyle: { color: ink },
    grid: { left: 8, right: 12, top: 34, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 8, textStyle: { color: ink } },
    // Drawn, not built of elements: those would come with style attributes.
    tooltip: { trigger: 'axis' as const, renderMode: 'richText' as const, confine: true },
    xAxis: {
      type: 'category' as const,
      data: days.map((day) => day.slice(5)),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: line } },
      axisLabel: { color: ink },
    },
    yAxis: {
      type: 'value' as const,
      min,
      max,
      minInterval: 1,
      axisLabel: { color: ink },
      splitLine: { lineStyle: { color: line } },
    },
    series: series.map(({ name, kind, values, color, stack }) => ({
      name,
      type: kind,
      data: values,
      stack,
      itemStyle: { color },
      symbolSize: 5,
      connectNulls: true,
      barMaxWidth: 14,
    })),
  }
}

/** Numbers of one month, a day each. The library comes when the first chart is on the screen. */
export function DayChart(props: Props) {
  const box = useRef<HTMLDivElement>(null)
  const [chart, setChart] = useState<Chart | null>(null)
  const isDark = useIsDark()

  useEffect(() => {
    const element = box.current!
    let made: Chart | null = null
    let isGone = false
    const sizes = new ResizeObserver(() => made?.resize())
    void import('./library').then((library) => {
      if (isGone) return
      made = library.init(element)
      setChart(made)
      sizes.observe(element)
    })
    return () => {
      isGone = true
      sizes.disconnect()
      made?.dispose()
    }
  }, [])
  useEffect(() => {
    chart?.setOption(optionOf(props, isDark), { notMerge: true })
  })
  return <div className="chart" ref={box} role="img" aria-label={props.label} />
}
