import type { ReactNode } from 'react'
import { Text, View } from '@tarojs/components'
import './index.scss'

export interface FieldFrameProps {
  label: string
  required?: boolean
  /** What is wrong; shown below and marks the field. */
  error?: string
  /** Help that stands below while nothing is wrong. */
  hint?: string
}

/** Label above, control in the middle, error or hint below: the same for every kind of input. */
export function FieldFrame({ label, required, error, hint, children }: FieldFrameProps & { children: ReactNode }) {
  return (
    <View className={`field ${error ? 'field--wrong' : ''}`}>
      <View className="field__label">
        <Text>{label}</Text>
        {required ? <Text className="field__mark">*</Text> : null}
      </View>
      {children}
      {error ? (
        <View className="field__error">{error}</View>
      ) : hint ? (
        <View className="field__hint">{hint}</View>
      ) : null}
    </View>
  )
}
