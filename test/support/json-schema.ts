type Schema = Record<string, any>

const typeOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

/**
 * What is wrong with a value by the JSON Schema our OpenAPI document uses; a field the schema does not declare is wrong
 * too. Throws at a keyword it does not know, so that none is passed over.
 */
export function schemaFaults(schema: Schema, value: unknown, at = '$'): string[] {
  const unknown = Object.keys(schema).filter((keyword) => !KNOWN.has(keyword))
  if (unknown.length > 0) throw new Error(`${at}: unknown keywords ${unknown.join(', ')}`)
  if (schema.anyOf) {
    const attempts = (schema.anyOf as Schema[]).map((option) => schemaFaults(option, value, at))
    return attempts.find((faults) => faults.length === 0) ?? attempts[0]!
  }
  return [...scalarFaults(schema, value, at), ...arrayFaults(schema, value, at), ...objectFaults(schema, value, at)]
}

const KNOWN = new Set(
  'type enum const anyOf properties required items additionalProperties minimum maximum minLength maxLength pattern maxItems format description default'.split(
    ' ',
  ),
)

function scalarFaults(schema: Schema, value: unknown, at: string): string[] {
  const type = typeOf(value)
  const types: string[] | null = schema.type === undefined ? null : [schema.type].flat()
  const faults: string[] = []
  if (types && !types.includes(type) && !(type === 'integer' && types.includes('number')))
    faults.push(`${at} is ${type}, not ${types.join(' or ')}`)
  if (schema.enum && !schema.enum.includes(value)) faults.push(`${at} is none of ${JSON.stringify(schema.enum)}`)
  if ('const' in schema && schema.const !== value) faults.push(`${at} is not ${String(schema.const)}`)
  return [...faults, ...boundFaults(schema, value, at)]
}

function boundFaults({ minimum = -Infinity, maximum = Infinity, pattern }: Schema, value: unknown, at: string) {
  if (typeof value === 'number' && (value < minimum || value > maximum)) return [`${at} is out of bounds`]
  if (typeof value === 'string' && pattern && !new RegExp(pattern).test(value))
    return [`${at} does not match ${pattern}`]
  return []
}

function arrayFaults(schema: Schema, value: unknown, at: string): string[] {
  if (!Array.isArray(value) || !schema.items) return []
  return value.flatMap((item, index) => schemaFaults(schema.items, item, `${at}[${index}]`))
}

function objectFaults({ properties, required = [], additionalProperties }: Schema, value: unknown, at: string) {
  if (typeOf(value) !== 'object' || (!properties && !additionalProperties)) return []
  const record = value as Record<string, unknown>
  const faults = (required as string[]).filter((name) => !(name in record)).map((name) => `${at}.${name} is missing`)
  for (const [name, item] of Object.entries(record)) {
    const schema = (properties?.[name] ?? additionalProperties) as Schema | undefined
    if (!schema) faults.push(`${at}.${name} is not declared`)
    else faults.push(...schemaFaults(schema, item, `${at}.${name}`))
  }
  return faults
}
