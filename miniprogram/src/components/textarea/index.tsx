import { Text, Textarea as TaroTextarea, View } from '@tarojs/components'
import { FieldFrame, type FieldFrameProps } from '@/components/field/frame'
import { IS_BROWSER } from '@/shared/platform'
import './index.scss'

interface TextareaProps extends FieldFrameProps {
  value: string
  onChange: (value: string) => void
  placeholder?: string
  maxLength?: number
  id?: string
}

/** Several lines of text with a count. */
export function Textarea(props: TextareaProps) {
  const { label, required, error, hint, value, maxLength = 500 } = props
  return (
    <FieldFrame label={label} required={required} error={error} hint={hint}>
      <View className="field__box field__area">
        <TaroTextarea
          id={props.id}
          className="textarea"
          value={value}
          maxlength={maxLength}
          placeholder={props.placeholder}
          placeholderClass="field__placeholder"
          onInput={(event) => props.onChange(event.detail.value)}
          {...(IS_BROWSER
            ? { nativeProps: { 'aria-label': label, 'aria-invalid': Boolean(error) } }
            : { ariaLabel: label })}
        />
        <Text className="textarea__count numeric">{`${value.length}/${maxLength}`}</Text>
      </View>
    </FieldFrame>
  )
}
