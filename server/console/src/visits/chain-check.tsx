import { SafetyCertificateOutlined } from '@ant-design/icons'
import type { ChainVerdict } from '@shared/api/sessions'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { useAct } from '../api/use-act'

/** Recalculates the event chain of one work order and tells whether every record is as it was written. */
export function ChainCheck({ workOrderId }: { workOrderId: string }) {
  const [verdict, setVerdict] = useState<ChainVerdict | null>(null)
  const { act, running } = useAct<ChainVerdict>({ onDone: setVerdict })
  return (
    <div className="chain">
      <Button
        icon={<SafetyCertificateOutlined aria-hidden />}
        loading={running}
        onClick={() => act({ path: `/api/v1/admin/tasks/${workOrderId}/verify` })}
      >
        核验事件链
      </Button>
      {verdict && (
        <Alert
          type={verdict.ok ? 'success' : 'error'}
          showIcon
          title={verdict.ok ? `${verdict.events} 条记录完整，没有被改动、删除或插入` : verdict.first_fault}
        />
      )}
    </div>
  )
}
