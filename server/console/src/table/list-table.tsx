import { Table, type TableProps } from 'antd'
import { useEffect, useRef } from 'react'

interface Props<Row> extends Pick<
  TableProps<Row>,
  'columns' | 'expandable' | 'loading' | 'locale' | 'size' | 'pagination'
> {
  rows: Row[]
  rowKey?: keyof Row & string
  /** In px; a narrower place scrolls the table, never the page. */
  minWidth: number
}

/** Rows that are there already. */
export function ListTable<Row extends object>({
  rows,
  rowKey = 'id' as never,
  minWidth,
  expandable,
  ...rest
}: Props<Row>) {
  const frame = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // What scrolls can be scrolled by the keyboard; antd leaves that to what is inside.
    frame.current?.querySelector('.ant-table-content')?.setAttribute('tabindex', '0')
  })
  return (
    <div ref={frame} className="list">
      <Table<Row>
        size="middle"
        tableLayout="fixed"
        pagination={false}
        dataSource={rows}
        rowKey={rowKey}
        scroll={{ x: minWidth }}
        expandable={
          expandable && {
            ...expandable,
            expandedRowRender: (...row) => <div className="list__open">{expandable.expandedRowRender?.(...row)}</div>,
          }
        }
        {...rest}
      />
    </div>
  )
}
