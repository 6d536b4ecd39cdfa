import { Text, View } from '@tarojs/components'
import { Icon } from '@/components/icon'
import { RATING_TEXTS as T } from '@/components/texts'
import { a11y } from '@/shared/a11y'
import './index.scss'

const SCORES = [1, 2, 3, 4, 5] as const

interface RatingProps {
  label: string
  /** 1–5, 0 while nothing is chosen. */
  value: number
  /** Without it the stars only show. */
  onChange?: (value: number) => void
  error?: string
}

/** A score in stars, with its meaning in words. */
export function Rating({ label, value, onChange, error }: RatingProps) {
  return (
    <View className="rating">
      <View className="rating__head">
        <Text className="rating__label">{label}</Text>
        <Text className={error && !value ? 'rating__error' : 'rating__word'}>{T.words[value] || error || ''}</Text>
      </View>
      <View className="rating__row">
        {SCORES.map((score) => (
          <View
            key={score}
            className={`rating__star ${score <= value ? 'rating__star--on' : ''}`}
            onClick={() => onChange?.(score)}
            {...a11y(T.score(label, score), 'button')}
          >
            <Icon name={score <= value ? 'star-full' : 'star'} size={28} />
          </View>
        ))}
      </View>
    </View>
  )
}
