import type { Context } from '../context'
import { createScheduler, type Job, type Scheduler } from './scheduler'

/** Everything that happens by the clock. */
export async function startJobs(context: Context): Promise<Scheduler> {
  const scheduler = await createScheduler(jobsOf(context), {
    runs: context.jobs,
    log: context.log,
    queue: context.jobQueue,
  })
  context.outboxWorker.listen()
  context.wxworkMonitor.listen()
  return {
    ...scheduler,
    async stop() {
      await Promise.all([context.outboxWorker.stop(), context.wxworkMonitor.stop(), scheduler.stop()])
    },
  }
}

export const jobsOf = (context: Context): Job[] => [...partnerJobs(context), ...upkeepJobs(context)]

/** What is owed to partners and kept alive at them: every process looks, and takes what is due. */
const partnerJobs = ({ outboxWorker, externalSessions, externalWorkOrders, wxworkListings }: Context): Job[] => [
  {
    name: 'keep-external-sessions',
    title: '检查并续期外部系统登录',
    pattern: '*/5 * * * * *',
    everywhere: true,
    run: () => externalSessions.keep(),
  },
  {
    name: 'pull-external-work-orders',
    title: '拉取外部工单，接续中断的拉取',
    pattern: '*/5 * * * * *',
    everywhere: true,
    run: () => externalWorkOrders.resume(),
  },
  {
    name: 'send-outbox',
    title: '发送欠合作系统的写入',
    pattern: '* * * * * *',
    everywhere: true,
    run: () => outboxWorker.run(),
  },
  {
    name: 'resume-contact-listings',
    title: '接续中断的企业微信通讯录读取',
    pattern: '*/15 * * * * *',
    everywhere: true,
    run: () => wxworkListings.resume(),
  },
]

const upkeepJobs = ({
  files,
  idempotency,
  chainHeads,
  externalLog,
  wxworkCallbacks,
  cloud,
  cloudMessages,
}: Context): Job[] => [
  { name: 'sweep-files', title: '清理未使用的文件', pattern: '0 17 * * * *', run: () => files.sweep() },
  { name: 'write-chain-heads', title: '保存事件链头', pattern: '0 57 * * * *', run: () => chainHeads.write() },
  {
    name: 'prune-wxwork-notices',
    title: '清理企业微信回调',
    pattern: '0 47 * * * *',
    run: () => wxworkCallbacks.prune(),
  },
  { name: 'prune-idempotency-keys', title: '清理幂等键', pattern: '0 37 * * * *', run: () => idempotency.prune() },
  { name: 'prune-external-log', title: '清理外部调用记录', pattern: '0 27 * * * *', run: () => externalLog.prune() },
  {
    name: 'prune-cloud-nonces',
    title: '清理云函数的一次性编号',
    pattern: '0 7 * * * *',
    run: () => cloud.pruneNonces(),
  },
  {
    name: 'prune-cloud-messages',
    title: '清理云函数发送的消息',
    pattern: '30 7 3 * * *',
    run: () => cloudMessages.prune(),
  },
]
