import { staff } from '../../http/authenticate'
import type { Family } from '../../http/guard'
import { sessionBoard } from './schema'
import type { SessionBoardService } from './service'

export function mountSessionBoardRoutes(
  { route }: Family,
  { sessionBoard: board }: { sessionBoard: SessionBoardService },
) {
  route(
    'get',
    '/admin/sessions',
    {
      summary: '各合作系统的登录态：状态、下一步、需要人做什么',
      access: staff('ADMIN', 'HOMECARE_DISPATCHER'),
      response: sessionBoard,
      message: '获取成功',
    },
    () => board.list(),
  )
}
