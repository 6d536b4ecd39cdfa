import type { Evaluation, TaskSubmission } from '../../types/api/tasks'
import { STEP } from '../../types/task-types'
import type { WorkerKey } from './people'
import type { PictureName } from './pictures'

export type DemoFile =
  | { name: string; picture: PictureName }
  | { name: string; report: { title: string; lines: string[]; picture?: PictureName } }

/** What happens to a task, so many hours after what went before. */
export type Move = { after: number } & (
  | { kind: 'dispatch'; note: string | null }
  | { kind: 'accept' }
  /** `meters` from the site; a position older than two minutes is flagged. */
  | { kind: 'checkin'; meters: number; photo: DemoFile; staleMinutes: number }
  | { kind: 'checkout'; summary: string }
  | { kind: 'step'; to: number; text: string; files?: DemoFile[] }
  | { kind: 'confirm'; text: string }
  | { kind: 'remind'; text: string }
  | { kind: 'cancel'; text: string }
  | { kind: 'evaluate'; scores: Evaluation }
)

export interface Story {
  /** Index into `DEMO_CUSTOMERS`. */
  customer: number
  /** Who is sent, where somebody is. */
  worker: WorkerKey
  hoursAgo: number
  type: TaskSubmission['type']
  device: Omit<TaskSubmission['device'], 'appointment_time'>
  /** Hours after the submission. */
  appointmentIn?: number
  description: string
  files?: DemoFile[]
  moves: Move[]
}

const photo = (name: string, picture: PictureName): DemoFile => ({ name: `${name}.jpg`, picture })
const pdf = (title: string, lines: string[], picture?: PictureName): DemoFile => ({
  name: `${title}.pdf`,
  report: { title, lines, picture },
})

const dispatched = (note: string | null = null): Move[] => [
  { after: 1, kind: 'dispatch', note },
  { after: 1, kind: 'accept' },
]
const checkin = (after: number, meters: number, picture: PictureName, staleMinutes = 0): Move => ({
  after,
  kind: 'checkin',
  meters,
  photo: photo('现场照片', picture),
  staleMinutes,
})
const checkout = (after: number, summary: string): Move => ({ after, kind: 'checkout', summary })
const step = (after: number, to: number, text: string, files?: DemoFile[]): Move => ({
  after,
  kind: 'step',
  to,
  text,
  files,
})

const LIQUID = { name: '高效液相色谱仪', type: '色谱仪', brand: '安捷伦', model: '1260', quantity: 1 }
const GAS = { name: '气相色谱仪', type: '色谱仪', brand: '岛津', model: 'GC-2030', quantity: 1 }
const BALANCE = { name: '分析天平', type: '称量仪器', brand: '梅特勒-托利多', model: 'XPR205', quantity: 2 }
const MASS = { name: '液质联用仪', type: '质谱仪', brand: '赛默飞', model: 'TSQ Altis', quantity: 1 }

/** One or more tasks at every step, and a cancelled one. Li has one to check in to; Chen is on site. */
export const STORIES: Story[] = [
  {
    customer: 0,
    worker: 'li',
    hoursAgo: 2,
    type: 'repair',
    device: { ...LIQUID, fault_description: '开机自检报警 E02，泵压力归零，进样后无信号' },
    description: '今早开机后泵模块红灯常亮，报警 E02，重启两次无效。样品较多，希望尽快安排。',
    files: [
      photo('正面照片', 'liquid-chromatograph'),
      photo('泵头漏液', 'leak'),
      pdf('仪器报警记录', ['09:12  E02 泵压力低于下限', '09:14  重启', '09:16  E02 泵压力低于下限'], 'chromatogram'),
    ],
    moves: [],
  },
  {
    customer: 1,
    worker: 'zhao',
    hoursAgo: 20,
    type: 'selection',
    device: {
      quantity: 1,
      purpose: '药物有关物质与残留溶剂分析',
      requirement_description: '日检测约 60 个样品，需满足药典方法，预算 80 万元以内，实验台长 2.4 米。',
    },
    description: '新建分析室，请推荐液相或液质方案，并说明安装条件。',
    moves: [{ after: 4, kind: 'remind', text: '本周五前需要上会，麻烦先给一版初步方案' }],
  },
  {
    customer: 0,
    worker: 'li',
    hoursAgo: 30,
    type: 'maintenance',
    device: { ...GAS, fault_description: '基线噪声变大，已使用 18 个月未保养' },
    appointmentIn: 72,
    description: '年度保养：更换进样口衬管、隔垫，检查气路与检测器。',
    files: [photo('色谱仪与气瓶', 'oven')],
    moves: dispatched('备件已领，请随车携带'),
  },
  {
    customer: 2,
    worker: 'chen',
    hoursAgo: 52,
    type: 'repair',
    device: { ...BALANCE, fault_description: '读数漂移，无法归零' },
    description: '两台天平放置同一台面，空载读数持续漂移，校准失败。',
    files: [photo('空载读数', 'balance')],
    moves: [
      ...dispatched(),
      checkin(20, 31, 'balance', 11),
      step(1, STEP.diagnosis, '现场检测：传感器正常，台面振动与气流导致漂移，其中一台内部校准砝码机构卡滞。', [
        photo('检测现场', 'balance'),
      ]),
      checkout(1, '已完成检测，待报价'),
    ],
  },
  {
    customer: 1,
    worker: 'zhao',
    hoursAgo: 74,
    type: 'verification',
    device: { ...MASS, verification_type: 'OQ' },
    description: '搬迁后需要重新做 OQ，并出具盖章报告。',
    moves: [
      ...dispatched(),
      step(18, STEP.diagnosis, '已核对环境条件、供气与供电，满足验证要求。'),
      step(20, STEP.quote, '验证方案与报价已出具，含标准品与报告费用，共 18,600 元。', [
        pdf('OQ 验证方案与报价', ['仪器：液质联用仪 TSQ Altis', '项目：质量准确度、灵敏度、重复性', '费用：18,600 元']),
      ]),
    ],
  },
  {
    customer: 0,
    worker: 'li',
    hoursAgo: 98,
    type: 'repair',
    device: { ...LIQUID, fault_description: '检测器基线周期性波动' },
    description: '基线每 30 秒波动一次，峰面积重复性变差。',
    files: [photo('工作站截图', 'chromatogram')],
    moves: [
      ...dispatched(),
      checkin(16, 12, 'liquid-chromatograph'),
      step(1, STEP.diagnosis, '经检测，电源模块两只滤波电容鼓包，输出纹波超标。', [photo('电源模块', 'board')]),
      checkout(1, '故障已定位，回公司出具报价'),
      step(2, STEP.quote, '更换电源模块（原厂件）与人工费共 6,800 元，备件两天内到货。', [
        pdf('维修报价单', ['更换电源模块 1 件：5,600 元', '人工与差旅：1,200 元', '合计：6,800 元'], 'board'),
      ]),
      step(1, STEP.confirmation, '请确认维修方案与报价，确认后安排更换。'),
    ],
  },
  {
    customer: 3,
    worker: 'chen',
    hoursAgo: 124,
    type: 'installation',
    device: { ...GAS, brand: '安捷伦', model: '8890' },
    description: '新到一台气相色谱仪，需开箱验货、安装调试。',
    files: [photo('到货外观', 'oven')],
    moves: [
      ...dispatched(),
      step(24, STEP.diagnosis, '现场条件检查完成，缺一路 16A 插座，已请实验室补装。'),
      step(20, STEP.quote, '安装费用已含在采购合同内，无需另行付费。'),
      step(1, STEP.confirmation, '请确认安装时间：本周内上门。'),
      { after: 3, kind: 'confirm', text: '可以，周四上午实验室有人' },
      checkin(72, 18, 'oven'),
    ],
  },
  {
    customer: 0,
    worker: 'zhao',
    hoursAgo: 150,
    type: 'training',
    device: LIQUID,
    appointmentIn: 100,
    description: '新进三名分析员，需要基础操作与日常维护培训。',
    moves: [
      ...dispatched(),
      step(30, STEP.diagnosis, '已与张女士确认人数、内容与场地。'),
      checkin(59, 9, 'running'),
      step(1, STEP.execution, '培训第一天：仪器结构、开关机与流动相准备。', [photo('培训用机', 'running')]),
      checkout(7, '第一天培训结束'),
      step(17, STEP.done, '两天培训完成，三名学员考核通过，资料已发邮箱。', [
        pdf('培训签到与考核记录', ['学员：3 人', '内容：操作、维护、常见故障', '考核：全部通过']),
      ]),
    ],
  },
  {
    customer: 0,
    worker: 'li',
    hoursAgo: 240,
    type: 'repair',
    device: { ...GAS, fault_description: '进样口漏气报警' },
    description: '进样口压力达不到设定值，报漏气。',
    moves: [
      ...dispatched(),
      checkin(20, 27, 'chromatogram'),
      step(1, STEP.diagnosis, '进样口隔垫老化漏气，衬管有残留。'),
      step(1, STEP.execution, '更换隔垫、衬管与 O 形圈，检漏合格。', [photo('更换后', 'oven')]),
      step(2, STEP.done, '保留时间与峰面积重复性恢复正常。', [photo('运行正常', 'chromatogram')]),
      checkout(1, '更换隔垫、衬管、O 形圈，检漏与重复性合格'),
      {
        after: 20,
        kind: 'evaluate',
        scores: { serviceAttitude: 5, serviceQuality: 5, overallRating: 5, comment: '来得快，讲解清楚，问题一次解决' },
      },
    ],
  },
  {
    customer: 2,
    worker: 'chen',
    hoursAgo: 300,
    type: 'recycle',
    device: { ...LIQUID, model: '1100', accessories: '含柱温箱、两根色谱柱和说明书' },
    description: '旧液相一套，2009 年购入，可开机，想评估回收价格。',
    files: [photo('整机外观', 'running')],
    moves: [
      ...dispatched(),
      step(30, STEP.diagnosis, '现场评估：主机可运行，自动进样器需维修。'),
      step(10, STEP.quote, '评估回收价 9,500 元，含上门拆运。'),
      step(1, STEP.confirmation, '请确认回收价格。'),
      { after: 6, kind: 'confirm', text: '同意' },
      step(40, STEP.done, '设备已拆运，款项三个工作日内到账。'),
      {
        after: 50,
        kind: 'evaluate',
        scores: { serviceAttitude: 5, serviceQuality: 4, overallRating: 4, comment: '流程顺利，到账比预计晚了一天' },
      },
    ],
  },
  {
    customer: 1,
    worker: 'zhao',
    hoursAgo: 170,
    type: 'leasing',
    device: { ...MASS, accessories: '需要配套氮气发生器' },
    description: '项目期三个月，想租一台液质。',
    moves: [{ after: 9, kind: 'cancel', text: '项目延期，暂不需要租赁' }],
  },
]
