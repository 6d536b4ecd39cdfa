import type { ApiRequest } from '../../support/api-client'
import { buildFile, buildForm, buildPdf, buildPng } from '../../support/builders'
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
  headers: Record<string, string>
  body: unknown
  /** Sent as a form with these files; null where it is JSON. */
  files: FilePart[] | null
}

export interface FilePart {
  field: string
  name: string
  type: string
  content: Buffer
}

export const nameOf = ({ method, path }: Operation) => `${method} ${path}`

export async function operationsOf(app: TestApp): Promise<Operation[]> {
  picture = await buildPng()
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

const named = (path: string) => Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name!)

/** How a route may be asked: most take JSON or a form, one takes both. */
export const encodingsOf = ({ json, form }: Operation): ('json' | 'form')[] =>
  form ? (json ? ['json', 'form'] : ['form']) : ['json']

/** A request the schemas take. `known.body` is a body as a whole. */
export function sampleRequest(operation: Operation, known: Known, encoding = encodingsOf(operation)[0]!): Sample {
  const { path, parameters, json, form } = operation
  const at = (place: string) =>
    Object.fromEntries(
      parameters.filter((one) => one.in === place).map(({ name, schema }) => [name, sampleOf(schema, known, name)]),
    )
  const schema = encoding === 'form' ? form : json
  const { files, fields } = partsOf(schema)
  return {
    params: { ...Object.fromEntries(named(path).map((name) => [name, sampleOf({}, known, name)])), ...at('path') },
    query: at('query'),
    headers: {},
    body: known.body ?? (schema ? sampleOf(fields, known) : undefined),
    files: encoding === 'form' ? files : null,
  }
}

let picture: Buffer
const isFile = ({ format, items }: Schema) => format === 'binary' || items?.format === 'binary'

function partsOf(schema: Schema | null): { files: FilePart[]; fields: Schema } {
  if (schema?.type !== 'object') return { files: [], fields: schema ?? {} }
  const all = Object.entries((schema.properties ?? {}) as Record<string, Schema>)
  const files = all
    .filter(([, one]) => isFile(one))
    .map(([field]) =>
      field === 'files'
        ? { field, name: 'a.pdf', type: 'application/pdf', content: buildPdf() }
        : { field, name: 'a.png', type: 'image/png', content: picture },
    )
  return { files, fields: { ...schema, properties: Object.fromEntries(all.filter(([, one]) => !isFile(one))) } }
}

/** Sends a request as it says: JSON, or a form with its files. */
export async function sendSample(
  app: TestApp,
  { method, path }: Operation,
  { params, query, headers, body, files }: Sample,
  request: ApiRequest = {},
) {
  const target = path.replace(/\{(\w+)\}/g, (_all, name: string) =>
    encodeURIComponent(String(params[name] ?? 'x').toWellFormed()),
  )
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) => (value == null ? [] : [[name, String(value)]])),
  )
  const url = `${target}?${search.toString()}`
  const all = { ...request, headers: { ...request.headers, ...headers } }
  if (!files) return app.api.send(method, url, { ...all, json: body })
  const parts = files.map(({ field, name, type, content }): [string, File] => [field, buildFile(content, name, type)])
  return app.api.send(method, url, { ...all, form: buildForm(Object.fromEntries(formFields(body)), parts) })
}

/** `customer.name`, `file_ids` …: objects by their dotted names, lists as JSON. */
function formFields(value: unknown, prefix = ''): [string, string][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return Object.entries(value).flatMap(([name, item]) => formFields(item, prefix ? `${prefix}.${name}` : name))
  return prefix ? [[prefix, typeof value === 'string' ? value : (JSON.stringify(value) ?? '')]] : []
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
