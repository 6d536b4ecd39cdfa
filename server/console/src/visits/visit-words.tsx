import type { VisitView } from '@shared/api/homecare'
import { VISIT_FLAG_WORDS } from '@shared/visit-words'
import { Tooltip } from 'antd'
import { StateTag } from '../show/tag'

/** Flags by their names; each tells its reason to those who point at it. */
export function FlagTags({ flags }: Pick<VisitView, 'flags'>) {
  if (flags.length === 0) return <span className="soft">无</span>
  return flags.map((flag) => (
    <Tooltip key={flag} title={VISIT_FLAG_WORDS[flag].reason}>
      <span className="tag-holder">
        <StateTag tone="amber">{VISIT_FLAG_WORDS[flag].label}</StateTag>
      </span>
    </Tooltip>
  ))
}

/** What came of the review; only flagged visits need one. */
export function ReviewState({ flags, review }: Pick<VisitView, 'flags' | 'review'>) {
  if (review)
    return review.decision === 'confirm' ? (
      <StateTag tone="green">已确认</StateTag>
    ) : (
      <StateTag tone="red">未认可</StateTag>
    )
  return flags.length > 0 ? <StateTag tone="amber">待审核</StateTag> : <StateTag tone="grey">无需审核</StateTag>
}
