import { EntitySchema } from 'typeorm'

export class Customer {
  id!: number
  name!: string
  contact!: string | null
  phone!: string | null
  address!: string | null
  email!: string | null
  wechatOpenid!: string | null
  wechatUnionid!: string | null
  wechatAvatarUrl!: string | null
  wechatMergedInto!: number | null
  wechatDisabledAt!: Date | null
}

export class Staff {
  id!: string
  fullName!: string
  phone!: string | null
  role!: string
  isActive!: boolean
  tokensValidAfter!: Date | null
}

export class Task {
  id!: string
  taskId!: string
  type!: string
  customerId!: number
  customerName!: string
  customerCompany!: string
  customerPhone!: string
  customerAddress!: string
  customerEmail!: string | null
  deviceName!: string | null
  deviceType!: string | null
  deviceBrand!: string | null
  deviceModel!: string | null
  faultDescription!: string | null
  quantity!: number
  purpose!: string | null
  description!: string
  currentStep!: number
  status!: string
  serviceLatitude!: number | null
  serviceLongitude!: number | null
  visitState!: string | null
  orgId!: string
  teamId!: string | null
  origin!: string
  worker!: Staff | null
  eventSeq!: number
  eventHead!: string
  createTime!: Date
  updateTime!: Date
}

export class TaskSequence {
  day!: string
  lastNumber!: number
}

export class StepRecord {
  id!: string
  taskId!: string
  stepIndex!: number
  description!: string
  authorKind!: string
  authorId!: string
  authorName!: string
  createTime!: Date
}

export class WorkOrderEvent {
  id!: string
  workOrderId!: string
  seq!: number
  eventType!: string
  actorKind!: string
  actorId!: string
  actorName!: string
  payload!: string
  createdAt!: Date
  keyId!: string
  prevHash!: string
  hash!: string
}

export class Assignment {
  id!: string
  workOrderId!: string
  workerId!: string
  status!: string
  liveKey!: string | null
}

export class Notice {
  id!: string
  digest!: string
  body!: string
  receivedAt!: Date
  processedAt!: Date | null
}

export class SlaConfig {
  id!: string
  configKey!: string
  configValue!: string
  scopeType!: string
  scopeId!: string
  isActive!: boolean
}

export class WorkerLocation {
  id!: string
  workOrderId!: string
  workerId!: string
  source!: string
  latitude!: number
  longitude!: number
  coordinateType!: string
  gcjLatitude!: number
  gcjLongitude!: number
  latitudeE6!: number
  longitudeE6!: number
  day!: string
  accuracyMeters!: number | null
  reportedAt!: Date | null
  createdAt!: Date
  accepted!: boolean
  distanceMeters!: number | null
  reasonCode!: string
}

export class Visit {
  id!: string
  workOrderId!: string
  visitNo!: number
  workerId!: string
  status!: string
  openKey!: string | null
  checkinAt!: Date
  receivedAt!: Date
  latitude!: number
  longitude!: number
  accuracyMeters!: number | null
  distanceMeters!: number
  radiusMeters!: number
  radiusScope!: string
  decision!: string | null
  serviceLatitude!: number
  serviceLongitude!: number
  signature!: string
  flags!: string
  isFlagged!: boolean
}

export class TaskFile {
  id!: string
  owner!: string
  taskId!: string | null
  visitId!: string | null
  uploader!: string
  originalName!: string
  sha256!: string
  capturedAt!: Date | null
}

export class Notification {
  id!: string
  audience!: string
  event!: string
  title!: string
  content!: string
  taskId!: string | null
  readAt!: Date | null
  createTime!: Date
}

const key = (type: 'varchar' | 'integer' = 'varchar') => ({ type, primary: true }) as const
const text = (name: string) => ({ type: 'varchar', name, nullable: true }) as const
const int = (name: string) => ({ type: 'integer', name, nullable: true }) as const
const float = (name: string) => ({ type: 'double', name, nullable: true }) as const
const flag = (name: string) => ({ type: 'boolean', name, nullable: true }) as const
const time = (name: string) => ({ type: 'datetime', name, nullable: true }) as const

export const ENTITIES = [
  new EntitySchema<Customer>({
    name: 'Customer',
    target: Customer,
    tableName: 'customer',
    columns: {
      id: { type: 'integer', primary: true, generated: true },
      name: text('name'),
      contact: text('contact'),
      phone: text('phone'),
      address: text('address'),
      email: text('email'),
      wechatOpenid: text('wechat_openid'),
      wechatUnionid: text('wechat_unionid'),
      wechatAvatarUrl: text('wechat_avatar_url'),
      wechatMergedInto: int('wechat_merged_into'),
      wechatDisabledAt: time('wechat_disabled_at'),
    },
  }),
  new EntitySchema<Staff>({
    name: 'Staff',
    target: Staff,
    tableName: 'staff',
    columns: {
      id: key(),
      fullName: text('full_name'),
      phone: text('phone'),
      role: text('role'),
      isActive: flag('is_active'),
      tokensValidAfter: time('tokens_valid_after'),
    },
  }),
  new EntitySchema<Task>({
    name: 'Task',
    target: Task,
    tableName: 'task',
    columns: {
      id: key(),
      taskId: text('task_id'),
      type: text('type'),
      customerId: int('customer_id'),
      customerName: text('customer_name'),
      customerCompany: text('customer_company'),
      customerPhone: text('customer_phone'),
      customerAddress: text('customer_address'),
      customerEmail: text('customer_email'),
      deviceName: text('device_name'),
      deviceType: text('device_type'),
      deviceBrand: text('device_brand'),
      deviceModel: text('device_model'),
      faultDescription: text('fault_description'),
      quantity: int('quantity'),
      purpose: text('purpose'),
      description: text('description'),
      currentStep: int('current_step'),
      status: text('status'),
      serviceLatitude: float('service_latitude'),
      serviceLongitude: float('service_longitude'),
      visitState: text('visit_state'),
      orgId: text('org_id'),
      teamId: text('team_id'),
      origin: text('origin'),
      eventSeq: int('event_seq'),
      eventHead: text('event_head'),
      createTime: time('create_time'),
      updateTime: time('update_time'),
    },
    relations: { worker: { type: 'many-to-one', target: 'Staff', joinColumn: { name: 'worker_id' }, nullable: true } },
  }),
  new EntitySchema<TaskSequence>({
    name: 'TaskSequence',
    target: TaskSequence,
    tableName: 'task_sequence',
    columns: { day: key(), lastNumber: int('last_number') },
  }),
  new EntitySchema<StepRecord>({
    name: 'StepRecord',
    target: StepRecord,
    tableName: 'step_record',
    columns: {
      id: key(),
      taskId: text('task_id'),
      stepIndex: int('step_index'),
      description: text('description'),
      authorKind: text('author_kind'),
      authorId: text('author_id'),
      authorName: text('author_name'),
      createTime: time('create_time'),
    },
  }),
  new EntitySchema<WorkOrderEvent>({
    name: 'WorkOrderEvent',
    target: WorkOrderEvent,
    tableName: 'hc_work_order_events',
    columns: {
      id: key(),
      workOrderId: text('work_order_id'),
      seq: int('seq'),
      eventType: text('event_type'),
      actorKind: text('actor_kind'),
      actorId: text('actor_id'),
      actorName: text('actor_name'),
      payload: text('payload'),
      createdAt: time('created_at'),
      keyId: text('key_id'),
      prevHash: text('prev_hash'),
      hash: text('hash'),
    },
  }),
  new EntitySchema<Assignment>({
    name: 'Assignment',
    target: Assignment,
    tableName: 'hc_dispatch_assignments',
    columns: {
      id: key(),
      workOrderId: text('work_order_id'),
      workerId: text('worker_id'),
      status: text('status'),
      liveKey: text('live_key'),
    },
  }),
  new EntitySchema<SlaConfig>({
    name: 'SlaConfig',
    target: SlaConfig,
    tableName: 'sys_sla_config',
    columns: {
      id: key(),
      configKey: text('config_key'),
      configValue: text('config_value'),
      scopeType: text('scope_type'),
      scopeId: text('scope_id'),
      isActive: flag('is_active'),
    },
  }),
  new EntitySchema<WorkerLocation>({
    name: 'WorkerLocation',
    target: WorkerLocation,
    tableName: 'hc_worker_locations',
    columns: {
      id: key(),
      workOrderId: text('work_order_id'),
      workerId: text('worker_id'),
      source: text('source'),
      latitude: float('latitude'),
      longitude: float('longitude'),
      coordinateType: text('coordinate_type'),
      gcjLatitude: float('gcj_latitude'),
      gcjLongitude: float('gcj_longitude'),
      latitudeE6: int('latitude_e6'),
      longitudeE6: int('longitude_e6'),
      day: text('day'),
      accuracyMeters: float('accuracy_meters'),
      reportedAt: time('reported_at'),
      createdAt: time('created_at'),
      accepted: flag('accepted'),
      distanceMeters: float('distance_meters'),
      reasonCode: text('reason_code'),
    },
  }),
  new EntitySchema<Visit>({
    name: 'Visit',
    target: Visit,
    tableName: 'ec_care_tasks',
    columns: {
      id: key(),
      workOrderId: text('work_order_id'),
      visitNo: int('visit_no'),
      workerId: text('worker_id'),
      status: text('status'),
      openKey: text('open_key'),
      checkinAt: time('checkin_at'),
      receivedAt: time('received_at'),
      latitude: float('latitude'),
      longitude: float('longitude'),
      accuracyMeters: float('accuracy_meters'),
      distanceMeters: float('distance_meters'),
      radiusMeters: float('radius_meters'),
      radiusScope: text('radius_scope'),
      decision: text('decision'),
      serviceLatitude: float('service_latitude'),
      serviceLongitude: float('service_longitude'),
      signature: text('signature'),
      flags: text('flags'),
      isFlagged: flag('is_flagged'),
    },
  }),
  new EntitySchema<TaskFile>({
    name: 'TaskFile',
    target: TaskFile,
    tableName: 'task_file',
    columns: {
      id: key(),
      owner: text('owner'),
      taskId: text('task_id'),
      visitId: text('visit_id'),
      uploader: text('uploader'),
      originalName: text('original_name'),
      sha256: text('sha256'),
      capturedAt: time('captured_at'),
    },
  }),
  new EntitySchema<Notification>({
    name: 'Notification',
    target: Notification,
    tableName: 'notification',
    columns: {
      id: key(),
      audience: text('audience'),
      event: text('event'),
      title: text('title'),
      content: text('content'),
      taskId: text('task_id'),
      readAt: time('read_at'),
      createTime: time('create_time'),
    },
  }),
  new EntitySchema<Notice>({
    name: 'Notice',
    target: Notice,
    tableName: 'wxwork_notice',
    columns: {
      id: key(),
      digest: text('digest'),
      body: text('body'),
      receivedAt: time('received_at'),
      processedAt: time('processed_at'),
    },
  }),
]
