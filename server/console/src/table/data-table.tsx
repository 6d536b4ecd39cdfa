import { ReloadOutlined } from '@ant-design/icons'
import type { Page } from '@shared/api/common'
import type { LiveTopic } from '@shared/api/live'
import { Alert, Button, Empty, Pagination, type TableColumnsType } from 'antd'
import type { ReactNode } from 'react'
import { type Params } from '../api/client'
import { useAnswer } from '../api/use-query'
import { countText } from '../show/format'
import { Refusal, Waiting } from '../show/states'
import { type Filter, filterNames, Filters } from './filters'
import { ListTable } from './list-table'
import { PAGE_SIZES, useLastPage, useListState } from './url-state'

interface Props<Row> {
  /** Of the list; it answers `Page<Row>`. */
  path: string
  columns: TableColumnsType<Row>
  rowKey?: keyof Row & string
  filters?: readonly Filter[]
  /** Sent with every question and not to be changed by the person. */
  fixed?: Params
  topics?: LiveTopic[]
  /** Where the filters leave nothing. */
  empty?: string
  /** Where nothing is without any filter, if that means something else. */
  none?: string
  /** Least width in px; a narrower screen scrolls the table, never the page. */
  minWidth?: number
  /** Beside the filters; gets the filters in force, for example for an export. */
  extra?: (filters: Record<string, string>) => ReactNode
  expanded?: (row: Row) => ReactNode
}

const NO_FILTERS: readonly Filter[] = []

/** A list of the server: one page of it at a time, everything that chooses the rows in the address. */
export function DataTable<Row extends object>(props: Props<Row>) {
  const { path, filters = NO_FILTERS, fixed, topics, extra } = props
  const [state, change] = useListState(filterNames(filters))
  const params = { ...state.filters, ...fixed, page: state.page, size: state.size }
  const answer = useAnswer<Page<Row>>({ path, params, topics })
  useLastPage(answer.data, (page) => change({ page }))
  const clear = () => change(Object.fromEntries(Object.keys(state.filters).map((name) => [name, undefined])))
  return (
    <section className="panel panel--list">
      <div className="toolbar" role="search">
        <Filters filters={filters} values={state.filters} onChange={change} />
        {Object.keys(state.filters).length > 0 && (
          <Button type="link" onClick={clear}>
            清除筛选
          </Button>
        )}
        <div className="toolbar__end">
          {extra?.(state.filters)}
          <Button
            icon={<ReloadOutlined aria-hidden spin={answer.isFetching} />}
            aria-label="刷新"
            onClick={() => void answer.refetch()}
          />
        </div>
      </div>
      <Rows
        {...props}
        empty={Object.keys(state.filters).length === 0 ? (props.none ?? props.empty) : props.empty}
        answer={answer}
        onPage={(page, size) => change({ page, size })}
      />
    </section>
  )
}

function Rows<Row extends object>(
  props: Props<Row> & { answer: ReturnType<typeof useAnswer<Page<Row>>>; onPage: (page: number, size: number) => void },
) {
  const { answer, columns, rowKey, empty = '没有符合条件的记录', minWidth = 880, expanded, onPage } = props
  const { data, error, isPlaceholderData, refetch } = answer
  if (!data) return error ? <Refusal error={error} onRetry={() => void refetch()} /> : <Waiting />
  return (
    <>
      {error && <Alert type="warning" showIcon banner title={`${error.message}，显示的是之前的内容`} />}
      <ListTable<Row>
        columns={columns}
        rows={data.list}
        rowKey={rowKey}
        minWidth={minWidth}
        loading={isPlaceholderData ? { delay: 200 } : false}
        expandable={expanded && { expandedRowRender: expanded }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={empty} /> }}
      />
      {data.total > 0 && (
        <Pagination
          className="pages"
          size="small"
          current={data.current}
          pageSize={data.size}
          total={data.total}
          pageSizeOptions={PAGE_SIZES}
          showSizeChanger
          showTotal={(total) => `共 ${countText(total)} 条`}
          onChange={onPage}
        />
      )}
    </>
  )
}
