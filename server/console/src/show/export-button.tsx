import { DownloadOutlined } from '@ant-design/icons'
import { Button, Tooltip } from 'antd'
import { addressOf } from '../api/client'

/** A list as a file for Excel: the rows that the present filters choose, written by the server as it reads them. */
export function ExportButton({
  of,
  filters,
}: {
  of: 'tasks' | 'visits' | 'evaluations'
  filters: Record<string, string>
}) {
  return (
    <Tooltip title="按当前筛选导出全部记录，可用 Excel 打开">
      <Button
        icon={<DownloadOutlined aria-hidden />}
        href={addressOf(`/api/v1/admin/export/${of}.csv`, filters)}
        download
      >
        导出
      </Button>
    </Tooltip>
  )
}
