import type { ReactNode } from 'react'
import { View } from '@tarojs/components'
import { ConsentSheet } from '@/components/consent-sheet'
import { EmptyState, type EmptyStateProps } from '@/components/empty-state'
import { NoticeBar } from '@/components/notice-bar'
import { errorText } from '@/shared/error-text'
import { ErrorState } from './error-state'
import { Skeleton, type SkeletonKind } from './skeleton'
import { useLargeText } from './use-large-text'
import type { Resource } from './use-resource'
import './index.scss'

interface PageProps<T> {
  /** What the page shows; without one the children are shown at once. */
  resource?: Resource<T>
  skeleton?: SkeletonKind
  isEmpty?: (data: T) => boolean
  empty?: EmptyStateProps
  /** Shown above the states, whatever they are (a hero, tabs, a search box). */
  header?: ReactNode
  /** Buttons that stay at the bottom of the screen. */
  footer?: ReactNode
  /** Ways to neighbouring pages at the bottom of the screen, whatever the state. */
  nav?: ReactNode
  /** Leaves the privacy question out: the page that shows the guide itself must stay readable. */
  withoutConsent?: boolean
  children?: ReactNode | ((data: T) => ReactNode)
}

/** Frame of every page: loading, empty, error with retry and data, the bottom bar, and the privacy question. */
export function Page<T = unknown>(props: PageProps<T>) {
  const large = useLargeText()
  const ready = !props.resource || props.resource.status === 'ready'
  return (
    <View className={`page ${large ? 'text-large' : ''} ${props.footer || props.nav ? 'page--footer' : ''}`}>
      {props.header}
      <View className="page__body">
        <Body {...props} />
      </View>
      {props.footer && ready ? <View className="page__footer">{props.footer}</View> : null}
      {props.nav}
      {props.withoutConsent ? null : <ConsentSheet />}
    </View>
  )
}

function Body<T>({ resource, skeleton = 'list', isEmpty, empty, children }: PageProps<T>) {
  if (!resource) return <>{children as ReactNode}</>
  if (resource.status === 'loading') return <Skeleton kind={skeleton} />
  if (resource.status === 'error') return <ErrorState error={resource.error} onRetry={() => void resource.reload()} />
  const data = resource.data as T
  if (isEmpty?.(data)) return <EmptyState {...(empty ?? {})} />
  return (
    <>
      {resource.error ? (
        <NoticeBar tone="warn" text={errorText(resource.error)} onClick={() => void resource.reload()} />
      ) : null}
      {typeof children === 'function' ? children(data) : children}
    </>
  )
}
