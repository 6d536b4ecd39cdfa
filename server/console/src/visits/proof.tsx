import { withoutDefaultAddress } from '@shared/api/files'
import type { EvidenceView, VisitView } from '@shared/api/homecare'
import { VISIT_DECISION_WORDS, VISIT_FLAG_WORDS } from '@shared/visit-words'
import { Alert, Descriptions, Image, Typography } from 'antd'
import { positionText } from '../places/coordinates'
import { ScaleDrawing } from '../places/scale-drawing'
import { metersText, timeText } from '../show/format'

/** Why the visit was flagged, in sentences. */
export function Flags({ flags }: Pick<VisitView, 'flags'>) {
  return flags.map((flag) => (
    <Alert
      key={flag}
      type="warning"
      showIcon
      className="form-alert"
      title={VISIT_FLAG_WORDS[flag].label}
      description={VISIT_FLAG_WORDS[flag].reason}
    />
  ))
}

/** Site, allowed radius, fix and its accuracy to scale, beside the figures. */
export function Where({ visit }: { visit: VisitView }) {
  const site = { latitude: visit.service_latitude, longitude: visit.service_longitude }
  const fix = { latitude: visit.latitude, longitude: visit.longitude }
  const distance = metersText(visit.distance_meters)
  const label = `签到位置距服务地点 ${distance}，允许 ${metersText(visit.radius_meters)}`
  return (
    <div className="where">
      <ScaleDrawing
        label={label}
        marks={[
          { ...site, label: '服务地点', kind: 'site', radiusMeters: visit.radius_meters },
          { ...fix, label: visit.worker_name, kind: 'fix', radiusMeters: visit.accuracy_meters },
        ]}
      />
      <Descriptions
        column={1}
        size="small"
        items={[
          { label: '距离', children: distance },
          {
            label: '允许范围',
            children: `${metersText(visit.radius_meters)}（${SCOPES[visit.radius_scope] ?? '默认'}）`,
          },
          { label: '定位误差', children: visit.accuracy_meters === null ? '未知' : metersText(visit.accuracy_meters) },
          { label: '判断', children: visit.decision ? VISIT_DECISION_WORDS[visit.decision] : '未知' },
          { label: '签到坐标', children: positionText(fix) },
          { label: '服务地点', children: positionText(site) },
        ]}
      />
    </div>
  )
}

const SCOPES: Record<string, string> = {
  WORK_ORDER: '本工单规则',
  ORG: '组织规则',
  TEAM: '团队规则',
  GLOBAL: '全局规则',
  DEFAULT: '默认',
}

export function Times({ visit }: { visit: VisitView }) {
  return (
    <Descriptions
      column={2}
      size="small"
      items={[
        { label: '签到', children: timeText(visit.checkin_at) },
        { label: '离场', children: timeText(visit.checkout_at) },
        { label: '手机记录', children: timeText(visit.captured_at) },
        { label: '服务器收到', children: timeText(visit.received_at) },
        { label: '离场小结', span: 2, children: visit.summary || '—' },
      ]}
    />
  )
}

/** The stamped copy is what is looked at; original and digest are what counts in a dispute. */
export function Evidence({ files }: { files: EvidenceView[] }) {
  if (files.length === 0) return <p className="soft">没有照片</p>
  return (
    <Image.PreviewGroup>
      <ul className="evidence">
        {files.map((file, index) => (
          <li key={file.file_id} className="evidence__item">
            <Image
              src={withoutDefaultAddress(file.thumbnail_url)}
              preview={{ src: withoutDefaultAddress(file.stamped_url) }}
              alt={`现场照片 ${index + 1}`}
              width={132}
              height={132}
              className="evidence__picture"
            />
            <div className="evidence__facts">
              <span>{timeText(file.captured_at)}</span>
              <a href={withoutDefaultAddress(file.url)} target="_blank" rel="noreferrer">
                查看原图
              </a>
              <Typography.Text
                className="digest"
                copyable={{ text: file.sha256, tooltips: ['复制 SHA-256', '已复制'] }}
              >
                {file.sha256.slice(0, 16)}…
              </Typography.Text>
            </div>
          </li>
        ))}
      </ul>
    </Image.PreviewGroup>
  )
}

/** A drawn signature is a picture in the text; a typed one is the text. */
export function Signature({ text }: { text: string }) {
  if (text.startsWith('data:image/')) return <img className="signature" src={text} alt="客户签名" />
  return <p className="signature signature--typed">{text}</p>
}
