// What a service in Node does: ClickHouse's own client, each call one line of JSON on standard output.
//
// Arguments: the URL, the database, a workspace, one of its contacts, and the views to read.
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { readFileSync } from 'node:fs'

const [url, database, workspace, contact, ...views] = process.argv.slice(2)
// JSON's numbers are doubles here, too short for `event_order`: with this setting it comes as text.
const clickhouse_settings = { output_format_json_quote_64bit_integers: 1 }
const compression = { request: true, response: true }
const client = createClient({ url, database, compression, clickhouse_settings, log: { level: ClickHouseLogLevel.OFF } })

async function say(call, work) {
  try {
    console.log(JSON.stringify({ call, answer: await work() }))
  } catch (error) {
    console.log(JSON.stringify({ call, error: String(error.message), code: Number(error.code) || undefined }))
  }
}

async function rows(query, options = {}) {
  const result = await client.query({ query, format: 'JSON', ...options })
  const { meta, data } = await result.json()
  return { types: meta.map(({ name, type }) => `${name} ${type}`), rows: data.map((row) => meta.map(({ name }) => row[name])) }
}

await say('driver', () => JSON.parse(readFileSync(new URL('node_modules/@clickhouse/client/package.json', import.meta.url))).version)
await say('ping', async () => (await client.ping()).success)
await say('select', async () => (await client.ping({ select: true })).success)
for (const view of views) {
  await say(`view ${view}`, () => rows(`SELECT * FROM ${view} ORDER BY ALL LIMIT 20`))
}
await say('bound lookup', () =>
  rows(
    'SELECT title, actor, occurred_at, event_order FROM contact_journey(workspace_id = {workspace: String}, contact_id = {contact: String}) ORDER BY event_order LIMIT 5',
    { query_params: { workspace, contact } },
  ),
)
await say('stream', async () => {
  const result = await client.query({ query: 'SELECT number, toString(number) AS text FROM numbers(300000)', format: 'JSONEachRow' })
  let count = 0
  for await (const part of result.stream()) {
    for (const row of part) count += Number(row.json().number) + row.json().text.length
  }
  return count
})
await say('progress', async () => {
  const result = await client.query({ query: 'SELECT number FROM numbers(3)', format: 'JSONEachRowWithProgress' })
  let [seen, numbers] = [0, []]
  for await (const part of result.stream()) {
    for (const row of part) {
      const value = row.json()
      if ('progress' in value) seen += 1
      if ('row' in value) numbers.push(Number(value.row.number))
    }
  }
  return { progress: seen > 0, numbers }
})
await say('Parquet', async () => {
  const { stream } = await client.exec({ query: 'SELECT number FROM numbers(1000) FORMAT Parquet' })
  const pieces = []
  for await (const piece of stream) pieces.push(piece)
  const whole = Buffer.concat(pieces)
  return [whole.subarray(0, 4).toString(), whole.subarray(-4).toString()]
})
await say('insert', async () => {
  await client.command({ query: 'CREATE OR REPLACE TABLE from_js (id UInt64, name String) ENGINE = MergeTree ORDER BY id' })
  const values = Array.from({ length: 1000 }, (_, id) => ({ id, name: `it's ${id % 7}` }))
  const { executed, summary } = await client.insert({ table: 'from_js', values, format: 'JSONEachRow' })
  const stored = await rows('SELECT count() AS n, uniqExact(name) AS names FROM from_js')
  await client.command({ query: 'DROP TABLE from_js' })
  return { executed, written: summary.written_rows, stored: stored.rows.map((row) => row.map(Number)) }
})
await say('session', async () => {
  const own = createClient({ url, database, session_id: `js-${process.pid}` })
  await own.command({ query: 'CREATE TEMPORARY TABLE mine (n UInt8)' })
  await own.insert({ table: 'mine', values: [{ n: 5 }], format: 'JSONEachRow' })
  const found = await (await own.query({ query: 'SELECT n FROM mine', format: 'JSONEachRow' })).json()
  await own.close()
  return found
})
await say('error', () => rows('SELECT * FROM nothing_of_the_kind'))
await say('role', () => rows('SELECT 1', { role: 'nobody' }))
await say('cancel', async () => {
  const abort = new AbortController()
  const endless = client
    .query({
      query: 'SELECT sum(sipHash64(number)) FROM numbers(1000000000000)',
      query_id: 'js-endless',
      abort_signal: abort.signal,
      clickhouse_settings: { cancel_http_readonly_queries_on_client_close: 1 },
    })
    .then(() => 'it finished', (error) => error.message)
  const running = async () =>
    (await rows("SELECT toUInt8(count()) AS n FROM system.processes WHERE query_id = 'js-endless'")).rows[0][0]
  const seen = await until(running, 1)
  abort.abort()
  return { seen, how: await endless, left: await until(running, 0) }
})
await client.close()

// What `look` sees, as soon as it is `wanted`, or after 20 seconds.
async function until(look, wanted) {
  for (let turn = 0; turn < 1000; turn++) {
    if ((await look()) === wanted) return wanted
    await new Promise((done) => setTimeout(done, 20))
  }
  return look()
}
