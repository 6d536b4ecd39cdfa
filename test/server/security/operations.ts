import type { ApiRequest } from '../../support/api-client'
import { buildFile, buildForm, buildPng } from '../../support/builders'
import type { TestApp } from '../../support/test-app'

type Schema = Record<string, any>

/** One route of the OpenAPI document. */
export interface Operation {
  method: string
  path: string
  open: boolean
  parameters: { name: string; in: 'path' | 'query' | 'header'; schema: Schema }[]
  json: Schema | null
  form: Schema | null
}

export interface Sample {
  params: Record<string, unknown>
  query: Record<string, unknown>
  body: unknown
}

export async function operationsOf(app: TestApp): Promise<Operation[]> {
  const { body: document } = await app.api.get('/openapi.json')
  return Object.entries(document.paths as Record<string, Schema>).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Schema>).map(([method, operation]) => {
      const content = operation.requestBody?.content ?? {}
      return {
        method: method.toUpperCase(),
        path,
        open: operation.security.length === 0,
        parameters: operation.parameters ?? [],
        json: content['application/json']?.schema ?? null,
        form: content['multipart/form-data']?.schema ?? null,
      }
    }),
  )
}

/** Values of fields that a schema alone does not tell, by their names. */
export type Known = Record<string, unknown>

const firstOf = (schema: Schema): Schema => schema.anyOf?.find((one: Schema) => one.type !== 'null') ?? schema

const BY_TYPE: Record<string, (schema: Schema, known: Known) => unknown> = {
  integer: ({ minimum = 1 }) => Math.max(minimum, 1),
  number: ({ minimum = 1 }) => Math.max(minimum, 1),
  boolean: () => true,
  array: ({ items = {} }, known) => [sampleOf(items, known)],
  object: (schema, known) => objectOf(schema, known),
  string: ({ minLength = 2, maxLength = 40 }) => '测试'.padEnd(minLength, 'x').slice(0, maxLength),
}

/** A value the schema takes. */
export function sampleOf(schema: Schema, known: Known, name = ''): unknown {
  if (name in known) return known[name]
  const one = firstOf(schema)
  if (one.enum) return one.enum[0]
  if ('const' in one) return one.const
  const type = [one.type].flat().find((candidate) => candidate !== 'null')
  return (BY_TYPE[type] ?? BY_TYPE.string!)(one, known)
}

const objectOf = ({ properties = {} }: Schema, known: Known) =>
  Object.fromEntries(
    Object.entries(properties as Record<string, Schema>).map(([name, schema]) => [name, sampleOf(schema, known, name)]),
  )

export function sampleRequest({ parameters, json, form }: Operation, known: Known): Sample {
  const at = (place: string) =>
    Object.fromEntries(
      parameters.filter((one) => one.in === place).map(({ name, schema }) => [name, sampleOf(schema, known, name)]),
    )
  const schema = json ?? form
  return { params: at('path'), query: at('query'), body: schema ? sampleOf(schema, known) : undefined }
}

const FILE_FIELDS = new Set(['file', 'images', 'files', 'avatar'])

/** Sends a request as the route takes it: JSON, or a form where it takes nothing else. */
export async function sendSample(
  app: TestApp,
  { method, path, json, form }: Operation,
  { params, query, body }: Sample,
  request: ApiRequest = {},
) {
  const target = path.replace(/\{(\w+)\}/g, (_all, name: string) =>
    encodeURIComponent(String(params[name] ?? 'x').toWellFormed()),
  )
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) => (value == null ? [] : [[name, String(value)]])),
  )
  const url = `${target}?${search.toString()}`
  if (json || !form) return app.api.send(method, url, { ...request, json: body })
  return app.api.send(method, url, { ...request, form: await formOf(body) })
}

async function formOf(body: unknown): Promise<FormData> {
  const fields = Object.entries((body ?? {}) as Record<string, unknown>).filter(([name]) => !FILE_FIELDS.has(name))
  const file = buildFile(await buildPng(), 'a.png', 'image/png')
  return buildForm(
    Object.fromEntries(
      fields.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value) || '']),
    ),
    [['file', file]],
  )
}

/** Every place in a value that holds something: its path, and how to put something else there. */
export function placesOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path]
  const inside = Object.entries(value).flatMap(([name, item]) => placesOf(item, [...path, name]))
  return path.length > 0 ? [path, ...inside] : inside
}

export function replaceAt(value: unknown, [name, ...rest]: string[], item: unknown): unknown {
  if (name === undefined) return item
  const copy: any = Array.isArray(value) ? [...value] : { ...(value as object) }
  copy[name] = replaceAt(copy[name], rest, item)
  return copy
}
