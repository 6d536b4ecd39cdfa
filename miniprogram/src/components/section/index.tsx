import type { ReactNode } from 'react'
import { Text, View } from '@tarojs/components'
import './index.scss'

/** A heading on the page's ground, with a link at its right, and what belongs under it. */
export function Section(props: { title: string; link?: { label: string; onClick: () => void }; children: ReactNode }) {
  return (
    <View className="section">
      <View className="section__head">
        <Text className="section__title">{props.title}</Text>
        {props.link ? (
          <View className="section__link" hoverClass="pressed" onClick={props.link.onClick}>
            {props.link.label}
          </View>
        ) : null}
      </View>
      {props.children}
    </View>
  )
}
