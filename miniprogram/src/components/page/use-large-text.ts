import { useState } from 'react'
import Taro from '@tarojs/taro'
import { IS_BROWSER } from '@/shared/platform'

const LARGE_FROM = 18

/** Whether the person set a larger text in WeChat; browsers enlarge text by themselves. */
export function useLargeText(): boolean {
  const [large] = useState(() => {
    if (IS_BROWSER) return false
    const info = Taro.getAppBaseInfo() as { fontSizeSetting?: number }
    return (info.fontSizeSetting ?? 0) >= LARGE_FROM
  })
  return large
}
