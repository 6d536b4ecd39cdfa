import type { HttpCall } from '../../connectors/kit/http'
import { AppError } from '../../errors/app-error'
import { toPage } from '../../http/page'
import { newId } from '../../ids'
import { shanghaiDay, shanghaiTime } from '../../time'
import type { Binaries } from './binaries'
import type { ExternalLogFilter, ExternalLogRepository, ExternalLogRow } from './repository'

const KEPT_DAYS = 30
const DAY_MS = 24 * 3600 * 1000
const MAX_WAITING = 2_000
const MAX_WAITING_BYTES = 16 * 1024 * 1024
const FLUSH_ROWS = 200
const FLUSH_AFTER_MS = 500
export const MAX_ENDPOINT = 255
const MAX_ACCOUNT = 100
const MAX_TRACE = 64

/** What the caller of a partner adds to the kit's record. Must hold no secret. */
export interface CallNotes {
  account?: string | null
  /** What was to be done with the answer, for example decoding a captcha, and what came of it. */
  hook?: unknown
  hookResult?: unknown
}

type Waiting = { row: ExternalLogRow; binary: Buffer | null }

export interface ExternalLogDeps {
  repository: ExternalLogRepository
  binaries: Binaries
  log: { warn(facts: object, message: string): void }
  now: () => Date
}

/**
 * `external_api_log`: every call to a partner, written off the request path in batches. A full buffer or a database
 * that does not answer costs records, never a call.
 */
export function createExternalLog({ repository, binaries, log, now }: ExternalLogDeps) {
  let waiting: Waiting[] = []
  let waitingBytes = 0
  let dropped = 0
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | null = null

  function record(call: HttpCall, notes: CallNotes = {}): void {
    const row = toRow(call, notes, now())
    const bytes = sizeOf(row) + (call.binary?.length ?? 0)
    if (waiting.length >= MAX_WAITING || waitingBytes + bytes > MAX_WAITING_BYTES) {
      dropped += 1
      return
    }
    waiting.push({ row, binary: call.binary })
    waitingBytes += bytes
    if (waiting.length >= FLUSH_ROWS) void flush()
    else timer ??= setTimeout(() => void flush(), FLUSH_AFTER_MS).unref()
  }

  /** Writes what waits; one at a time. */
  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    while (writing) await writing
    if (waiting.length === 0) return
    writing = write().finally(() => {
      writing = null
    })
    await writing
  }

  async function write(): Promise<void> {
    const batch = waiting
    waiting = []
    waitingBytes = 0
    const lost = dropped
    dropped = 0
    try {
      for (const entry of batch) await keepBinary(entry)
      await repository.insert(batch.map(({ row }) => row))
    } catch (error) {
      log.warn({ err: error, rows: batch.length }, 'records of partner calls were lost')
    }
    if (lost > 0) log.warn({ rows: lost }, 'records of partner calls were dropped: too many at once')
  }

  async function keepBinary({ row, binary }: Waiting): Promise<void> {
    if (!binary) return
    const file = await binaries.write(row.id, shanghaiDay(row.create_time), binary)
    row.response_body = JSON.stringify({ file, bytes: binary.length })
  }

  return {
    /** Takes note of a call; returns at once and never throws. */
    record: (call: HttpCall, notes?: CallNotes): void => {
      try {
        record(call, notes)
      } catch (error) {
        log.warn({ err: error }, 'a partner call could not be recorded')
      }
    },

    flush,

    /** Newest first. */
    async list({ page, size, ...filter }: ExternalLogFilter & { page: number; size: number }) {
      await flush()
      const { rows, total } = await repository.list(filter, { page, size })
      return toPage(rows.map(toView), total, { page, size })
    },

    /** @throws AppError NOT_FOUND */
    async get(id: string) {
      await flush()
      const row = await repository.find(id)
      if (!row) throw new AppError('NOT_FOUND', { message: '调用记录不存在' })
      return toView(row)
    },

    /** Removes records and files past their time. @returns how many records */
    async prune(): Promise<number> {
      const before = new Date(now().getTime() - KEPT_DAYS * DAY_MS)
      const removed = await repository.removeBefore(before)
      await binaries.removeBefore(shanghaiDay(before))
      return removed
    },
  }
}

export type ExternalLog = ReturnType<typeof createExternalLog>

function toRow(call: HttpCall, { account, hook, hookResult }: CallNotes, time: Date): ExternalLogRow {
  return {
    id: newId(),
    system_name: call.upstream,
    account: account?.slice(0, MAX_ACCOUNT) ?? null,
    api_endpoint: call.endpoint.slice(0, MAX_ENDPOINT),
    request_method: call.method,
    request_payload: toJson(call.requestBody),
    response_status: call.status,
    response_time_ms: Math.round(call.ms),
    response_body: toJson(call.responseBody),
    hook: toJson(hook),
    hook_result: toJson(hookResult),
    success: call.success,
    error_message: call.error,
    trace_id: call.traceId?.slice(0, MAX_TRACE) ?? null,
    create_time: time,
  }
}

const toJson = (value: unknown): string | null => (value === null || value === undefined ? null : JSON.stringify(value))

const sizeOf = (row: ExternalLogRow): number =>
  Object.values(row).reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0)

function toView({ create_time, request_payload, response_body, hook, hook_result, ...row }: ExternalLogRow) {
  return {
    ...row,
    request_payload: fromJson(request_payload),
    response_body: fromJson(response_body),
    hook: fromJson(hook),
    hook_result: fromJson(hook_result),
    create_time: shanghaiTime(create_time),
  }
}

const fromJson = (text: string | null): unknown => (text === null ? null : (JSON.parse(text) as unknown))
