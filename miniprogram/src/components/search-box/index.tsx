import { useEffect, useState } from 'react'
import { Input, View } from '@tarojs/components'
import { Icon } from '@/components/icon'
import { COMPONENT_TEXTS } from '@/components/texts'
import { a11y } from '@/shared/a11y'
import { IS_BROWSER } from '@/shared/platform'
import './index.scss'

interface SearchBoxProps {
  placeholder: string
  /** Name for those who do not see the placeholder; the placeholder itself by default. */
  label?: string
  /** Told a little after the last key, so that not every letter is a call. */
  onSearch: (text: string) => void
}

const PAUSE_MS = 350

/** A line to search a list with. */
export function SearchBox({ placeholder, label = placeholder, onSearch }: SearchBoxProps) {
  const [text, setText] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => onSearch(text.trim()), text === '' ? 0 : PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text, onSearch])
  return (
    <View className="search-box">
      <Icon name="search" size={20} className="search-box__icon" />
      <Input
        className="search-box__input"
        value={text}
        placeholder={placeholder}
        placeholderClass="field__placeholder"
        maxlength={100}
        confirmType="search"
        onInput={(event) => setText(event.detail.value)}
        {...(IS_BROWSER ? { nativeProps: { 'aria-label': label } } : { ariaLabel: label })}
      />
      {text === '' ? null : (
        <View
          className="search-box__clear"
          onClick={() => setText('')}
          {...a11y(COMPONENT_TEXTS.clearSearch, 'button')}
        >
          <Icon name="close" size={16} />
        </View>
      )}
    </View>
  )
}
