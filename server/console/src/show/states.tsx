import { Button, Result, Spin } from 'antd'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { ApiError } from '../api/client'

/** What the server refused, in its own words, and the way to ask again. */
export function Refusal({ error, onRetry }: { error: ApiError; onRetry: () => void }) {
  const isMissing = error.status === 404
  return (
    <Result
      status={isMissing ? '404' : 'warning'}
      title={error.message}
      subTitle={error.traceId && !isMissing ? `追踪编号 ${error.traceId}` : undefined}
      extra={
        <Button type="primary" onClick={onRetry}>
          重试
        </Button>
      }
    />
  )
}

export function Waiting({ label = '正在加载' }: { label?: string }) {
  return (
    <div className="waiting" role="status" aria-label={label}>
      <Spin size="large" />
    </div>
  )
}

/** One of: waiting, refused with a retry, the data. Data on the screen outlives a failed refresh. */
export function Answered<T>({
  answer,
  children,
}: {
  answer: UseQueryResult<T, ApiError>
  children: (data: T) => ReactNode
}) {
  const { data, error, refetch } = answer
  if (data !== undefined) return children(data)
  if (error) return <Refusal error={error} onRetry={() => void refetch()} />
  return <Waiting />
}
