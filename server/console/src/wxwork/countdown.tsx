import { useEffect, useState } from 'react'

const pad = (value: number) => String(value).padStart(2, '0')

/** Minutes and seconds until an instant; a word once it is over. */
export function Countdown({ until, over }: { until: string; over: string }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.floor((new Date(until).getTime() - now) / 1000)
  if (seconds <= 0) return <span className="soft">{over}</span>
  return (
    <time className="countdown" aria-label={`剩余 ${seconds} 秒`}>
      {pad(Math.floor(seconds / 60))}:{pad(seconds % 60)}
    </time>
  )
}
