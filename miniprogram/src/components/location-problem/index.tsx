import { useState } from 'react'
import { Text, View } from '@tarojs/components'
import { Button } from '@/components/button'
import { Icon } from '@/components/icon'
import { IS_BROWSER } from '@/shared/platform'
import { openLocationSettings, type LocationProblem as Problem } from '@/services/location'
import './index.scss'

const WORDS: Record<Problem, { title: string; steps: string[] }> = {
  refused: {
    title: '没有位置权限，暂时无法定位',
    steps: IS_BROWSER
      ? ['点按地址栏左侧的图标', '把“位置信息”改为“允许”', '回到这里点按“重新定位”']
      : ['点按下方“打开设置”', '打开“位置信息”，选择“使用小程序时”', '返回后会自动开始定位'],
  },
  unavailable: {
    title: '暂时收不到定位信号',
    steps: ['确认手机的定位服务已打开', '走到窗边或室外', '稍等片刻，或点按“重新定位”'],
  },
}

/** Why there is no position, and step by step what to do about it. */
export function LocationProblem({ problem, onRetry }: { problem: Problem; onRetry: () => void }) {
  const [stillRefused, setStillRefused] = useState(false)
  const { title, steps } = WORDS[problem]
  const settings = problem === 'refused' && !IS_BROWSER
  const openSettings = async () => {
    const allowed = await openLocationSettings().catch(() => false)
    setStillRefused(!allowed)
    if (allowed) onRetry()
  }
  return (
    <View className="location-problem">
      <View className="location-problem__head">
        <Icon name="alert" />
        <Text className="location-problem__title">{title}</Text>
      </View>
      {steps.map((step, index) => (
        <View key={step} className="location-problem__step">
          <Text className="location-problem__number numeric">{String(index + 1)}</Text>
          <Text>{step}</Text>
        </View>
      ))}
      {stillRefused ? <Text className="location-problem__note">位置权限仍未打开</Text> : null}
      <View className="location-problem__actions">
        <Button
          block
          variant={settings ? 'secondary' : 'primary'}
          onClick={() => {
            setStillRefused(false)
            onRetry()
          }}
        >
          重新定位
        </Button>
        {settings ? (
          <Button block onClick={() => void openSettings()}>
            打开设置
          </Button>
        ) : null}
      </View>
    </View>
  )
}
