import type { ReactNode } from 'react'
import { Input, View, type InputProps } from '@tarojs/components'
import { IS_BROWSER } from '@/shared/platform'
import { FieldFrame, type FieldFrameProps } from './frame'

type FieldType = 'text' | 'integer' | 'phone' | 'email' | 'password' | 'nickname'

interface FieldProps extends FieldFrameProps {
  value: string
  onChange: (value: string) => void
  onBlur?: () => void
  type?: FieldType
  placeholder?: string
  maxLength?: number
  disabled?: boolean
  /** A control at the right end of the box. */
  trailing?: ReactNode
  id?: string
}

const WECHAT_TYPE: Partial<Record<FieldType, InputProps['type']>> = { integer: 'number', nickname: 'nickname' }
const BROWSER_MODE: Partial<Record<FieldType, string>> = { integer: 'numeric', phone: 'tel', email: 'email' }

/** One line of text. */
export function Field(props: FieldProps) {
  const { label, required, error, hint, type = 'text', trailing, maxLength = 140 } = props
  const native = { 'aria-label': label, 'aria-invalid': Boolean(error), inputMode: BROWSER_MODE[type] }
  return (
    <FieldFrame label={label} required={required} error={error} hint={hint}>
      <View className="field__box">
        <Input
          id={props.id}
          className="field__input"
          type={IS_BROWSER ? 'text' : (WECHAT_TYPE[type] ?? 'text')}
          password={type === 'password'}
          value={props.value}
          placeholder={props.placeholder}
          placeholderClass="field__placeholder"
          maxlength={maxLength}
          disabled={props.disabled}
          onInput={(event) => props.onChange(event.detail.value)}
          onBlur={props.onBlur}
          {...(IS_BROWSER ? { nativeProps: native } : { ariaLabel: label })}
        />
        {trailing}
      </View>
    </FieldFrame>
  )
}
