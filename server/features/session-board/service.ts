import type { SessionBoard, SessionRow } from '../../../types/api/sessions'
import type { Ngs } from '../../connectors/ngs'
import type { Wechat } from '../../connectors/wechat'
import type { Wxwork } from '../../connectors/wxwork'
import type { ExternalSessionService } from '../external-sessions/service'
import type { OutboxService } from '../outbox/service'
import type { WxworkService } from '../wxwork/service'
import { externalRow, wxworkRow } from './accounts'
import { blankRow, connectionRow, ngsRow, type OwedWrites, wechatRow } from './connections'

const PAGE = 500
const GATEWAY = ['wxwork', 'gateway', '企业微信网关'] as const

export interface SessionBoardDeps {
  wechat: Wechat | null
  ngs: Ngs | null
  gateway: Wxwork | null
  externalSessions: Pick<ExternalSessionService, 'list'>
  wxwork: Pick<WxworkService, 'sessions' | 'state'>
  outbox: Pick<OutboxService, 'depth' | 'list'>
  now: () => Date
}

/** How we stand with every partner, in one list. */
export function createSessionBoard(deps: SessionBoardDeps) {
  const { wechat, ngs, gateway, externalSessions, wxwork, outbox, now } = deps

  async function owed(): Promise<OwedWrites> {
    const depth = (await outbox.depth()).filter(({ system_name }) => system_name === 'ngs')
    const count = (...states: string[]) =>
      depth.filter(({ state }) => states.includes(state)).reduce((sum, one) => sum + Number(one.count), 0)
    const waits = await outbox.list({ state: 'PENDING', topic: 'ngs', waiting: true, page: 1, size: 1 })
    return { pending: count('PENDING', 'SENDING'), stuck: count('UNKNOWN', 'DEAD'), waiting: waits.total }
  }

  async function externalRows(): Promise<SessionRow[]> {
    const rows: SessionRow[] = []
    for (let page = 1, pages = 1; page <= pages; page++) {
      const answer = await externalSessions.list({ page, size: PAGE })
      rows.push(...answer.list.map(externalRow))
      pages = answer.pages
    }
    return rows
  }

  async function wxworkRows(): Promise<SessionRow[]> {
    const blank = blankRow(...GATEWAY)
    if (!gateway) return [blank]
    const { monitor } = await wxwork.state()
    const { sessions } = await wxwork.sessions()
    const rows = sessions.map((session) => wxworkRow(session, { enabled: monitor.enabled, now: now() }))
    return [connectionRow(blank, gateway.facts()), ...rows]
  }

  return {
    /** Those that need a person first, then by how bad they are. */
    async list(): Promise<SessionBoard> {
      const rows = [
        wechatRow(wechat, now()),
        ngsRow(ngs, await owed()),
        ...(await externalRows()),
        ...(await wxworkRows()),
      ]
      return { list: rows.toSorted((a, b) => rank(a) - rank(b)) }
    },
  }
}

export type SessionBoardService = ReturnType<typeof createSessionBoard>

const LEVELS: SessionRow['level'][] = ['down', 'degraded', 'ok', 'disabled']
const rank = ({ human_action, level }: SessionRow) => (human_action ? 0 : LEVELS.length) + LEVELS.indexOf(level)
