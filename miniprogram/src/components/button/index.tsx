import type { ReactNode } from 'react'
import { Button as TaroButton, Text, View, type ButtonProps as TaroButtonProps } from '@tarojs/components'
import { Icon, type IconName } from '@/components/icon'
import './index.scss'

interface ButtonProps extends Omit<TaroButtonProps, 'type' | 'size' | 'loading' | 'disabled' | 'onClick'> {
  variant?: 'primary' | 'secondary' | 'quiet' | 'danger'
  size?: 'md' | 'sm'
  /** Takes the whole width (and shares it evenly in a row). */
  block?: boolean
  icon?: IconName
  /** Shows work in progress and ignores further taps. */
  loading?: boolean
  disabled?: boolean
  onClick?: () => void
  children: ReactNode
}

/** The one button. Never `formType='submit'`: browsers ignore mouse clicks on it. */
export function Button(props: ButtonProps) {
  const {
    variant = 'primary',
    size = 'md',
    block,
    icon,
    loading,
    disabled,
    onClick,
    children,
    className = '',
    ...rest
  } = props
  const off = Boolean(disabled || loading)
  const classes = `btn btn--${variant} btn--${size} ${block ? 'btn--block' : ''} ${off ? 'btn--off' : ''} ${className}`
  return (
    <TaroButton
      {...rest}
      className={classes}
      hoverClass={off ? 'none' : 'pressed'}
      // The platform's own disabled look overrides ours, so it is set only where WeChat reacts to the tap itself.
      {...(rest.openType ? { disabled: off } : { ariaDisabled: off })}
      onClick={() => !off && onClick?.()}
    >
      <View className="btn__inner">
        {loading ? <View className="btn__spinner" /> : icon ? <Icon name={icon} size={20} /> : null}
        <Text className="btn__label">{children}</Text>
      </View>
    </TaroButton>
  )
}
