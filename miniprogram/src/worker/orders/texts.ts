export const ORDERS_TEXTS = {
  tabs: [
    { value: 'mine', label: '进行中' },
    { value: 'pool', label: '可接工单' },
    { value: 'done', label: '已完成' },
  ],
  empty: {
    mine: { title: '没有进行中的工单', hint: '新派的工单会出现在这里，也可以到“可接工单”主动接单' },
    pool: { title: '暂时没有可接的工单', hint: '下拉可以刷新' },
    done: { title: '还没有完成的工单', hint: '完成服务后可以在这里查看记录' },
  },
  copies: '没有网络，以下是最近看过的工单',
  accept: '待接单',
  checkedIn: '服务中',
  comeBack: '待再次到场',
  checkinWaiting: '签到待发送',
  claim: '接单',
  claimed: '接单成功',
} as const
