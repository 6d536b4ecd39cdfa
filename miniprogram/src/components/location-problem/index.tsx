import { useState } from 'react'
import { Text, View } from '@tarojs/components'
import { Button } from '@/components/button'
import { Icon } from '@/components/icon'
import { LOCATION_TEXTS as T } from '@/components/texts'
import { IS_BROWSER } from '@/shared/platform'
import { openLocationSettings, type LocationProblem as Problem } from '@/services/location'
import './index.scss'

const WORDS: Record<Problem, { title: string; steps: readonly string[] }> = {
  refused: {
    title: T.refused,
    steps: IS_BROWSER ? T.allowInBrowser : T.allowInWechat,
  },
  unavailable: {
    title: T.unavailable,
    steps: T.findSignal,
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
      {stillRefused ? <Text className="location-problem__note">{T.stillRefused}</Text> : null}
      <View className="location-problem__actions">
        <Button
          block
          variant={settings ? 'secondary' : 'primary'}
          onClick={() => {
            setStillRefused(false)
            onRetry()
          }}
        >
          {T.again}
        </Button>
        {settings ? (
          <Button block onClick={() => void openSettings()}>
            {T.settings}
          </Button>
        ) : null}
      </View>
    </View>
  )
}
