import type { AdminTaskDetail } from '@shared/api/admin'
import { Alert } from 'antd'
import { positionText } from '../places/coordinates'
import { type Mark, ScaleDrawing } from '../places/scale-drawing'
import { Panel } from '../shell/page'
import { metersText } from '../show/format'

/** The service site of a task, if it has one. */
export const siteOf = ({
  service_latitude: latitude,
  service_longitude: longitude,
}: Pick<AdminTaskDetail, 'service_latitude' | 'service_longitude'>) =>
  latitude === null || longitude === null ? null : { latitude, longitude }

const SCOPES: Record<AdminTaskDetail['radius']['radiusScope'], string> = {
  WORK_ORDER: '本工单的规则',
  ORG: '组织规则',
  TEAM: '团队规则',
  GLOBAL: '全局规则',
  DEFAULT: '默认',
}

/** Where the service takes place, how near one must be, and where people checked in. */
export function Site({ task }: { task: AdminTaskDetail }) {
  const site = siteOf(task)
  const { radiusMeters, radiusScope } = task.radius
  if (!site)
    return (
      <Panel title="服务地点">
        <Alert type="warning" showIcon title="还没有服务地点，到场时不能签到" />
      </Panel>
    )
  const marks: Mark[] = [
    { ...site, label: '服务地点', kind: 'site', radiusMeters },
    ...task.visits.map(({ latitude, longitude, visit_no, accuracy_meters }): Mark => ({
      latitude,
      longitude,
      label: `第 ${visit_no} 次签到`,
      kind: 'fix',
      radiusMeters: accuracy_meters,
    })),
  ]
  return (
    <Panel title="服务地点">
      <ScaleDrawing marks={marks} label={`服务地点与签到位置，签到半径 ${metersText(radiusMeters)}`} />
      <p className="site__text">
        {positionText(site)}
        <br />
        <span className="soft">
          签到半径 {metersText(radiusMeters)}（{SCOPES[radiusScope]}）
        </span>
      </p>
    </Panel>
  )
}
