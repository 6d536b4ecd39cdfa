import * as React from 'react'
import { act } from '@testing-library/react'

/* Stand-ins for @tarojs/components: plain elements with Taro's `event.detail`. */
type Props = Record<string, any>

const DROPPED = [
  'type',
  'mode',
  'disableScroll',
  'canvasId',
  'start',
  'end',
  'hoverClass',
  'ariaDisabled',
  'ariaLabel',
  'ariaRole',
  'nativeProps',
  'lazyLoad',
  'openType',
  'placeholderClass',
  'userSelect',
  'selectable',
  'confirmType',
  'aria-role',
]

function clean(props: Props): Props {
  const { ariaLabel, ariaDisabled, nativeProps } = props
  const kept = Object.fromEntries(Object.entries(props).filter(([name]) => !DROPPED.includes(name)))
  if (ariaLabel) kept['aria-label'] = ariaLabel
  if (ariaDisabled) kept['aria-disabled'] = true
  return { ...kept, ...nativeProps }
}

const element = (tag: string) =>
  function StandIn({ children, ...props }: Props) {
    return React.createElement(tag, clean(props), children)
  }

const detail = (value: unknown) => ({ detail: { value } })

export const View = element('div')
export const Text = element('span')
export const Form = element('div')
export const Label = element('label')

export const Canvas = element('canvas')

export function Image(props: Props) {
  return React.createElement('img', { alt: '', ...clean(props) })
}

/** WeChat's own buttons answer with events a browser does not have: see `answerButton`. */
export function Button({ children, onChooseAvatar, onGetPhoneNumber, onAgreePrivacyAuthorization, ...props }: Props) {
  const listen = (node: HTMLElement | null) => {
    if (!node) return
    const on = (name: string, handler?: (event: any) => void) => {
      if (handler) (node as any)[`wx:${name}`] = handler
    }
    on('chooseavatar', onChooseAvatar)
    on('getphonenumber', onGetPhoneNumber)
    on('agreeprivacyauthorization', onAgreePrivacyAuthorization)
  }
  return React.createElement('button', { ...clean(props), type: 'button', ref: listen }, children)
}

/** Calls what WeChat would call after one of its own buttons was used. */
export function answerButton(button: HTMLElement, name: string, eventDetail: unknown = {}): void {
  act(() => {
    ;(button as any)[`wx:${name}`]?.({ detail: eventDetail })
  })
}

const input = (tag: 'input' | 'textarea') =>
  function InputStandIn({ onInput, password, maxlength, value = '', onBlur, ...props }: Props) {
    return React.createElement(tag, {
      ...clean(props),
      value,
      ...(tag === 'input' ? { type: password ? 'password' : 'text' } : {}),
      maxLength: maxlength,
      onBlur: onBlur ? (event: any) => onBlur(detail(event.target.value)) : undefined,
      onChange: (event: any) => onInput?.(detail(event.target.value)),
    })
  }

export const Input = input('input')
export const Textarea = input('textarea')

export function Picker({ mode, range = [], value, onChange, children, disabled, ...props }: Props) {
  const change = (event: any) => onChange?.(detail(event.target.value))
  const control =
    mode === 'selector'
      ? React.createElement(
          'select',
          { 'data-testid': 'picker', value, onChange: change, disabled },
          range.map((label: string, index: number) =>
            React.createElement('option', { key: index, value: index }, label),
          ),
        )
      : React.createElement('input', { 'data-testid': `picker-${mode}`, value, onChange: change, disabled })
  return React.createElement('div', clean(props), children, control)
}
