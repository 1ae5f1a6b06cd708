/** Reads an export (json, ndjson or csv) for comparison, with each item under the id that it has in every export. */
import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { CsvError } from 'csv-parse';
import { BridgeError } from '../../errors.ts';
import { systemProblem } from '../../system-error.ts';
import { csvRows } from './csv-rows.ts';

/** A JSON file is read into memory as a whole. NDJSON and CSV files may be of any size. */
const MAX_JSON_BYTES = 256 * 1024 * 1024;
const LISTS = ['accounts', 'groups', 'roles', 'resources', 'entitlements', 'grants'] as const;

/** Keys such as `account 01a…`, and the item in the export. */
export type ExportItems = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** @throws BridgeError invalid_value if the file is not a complete export */
export async function readExport(path: string): Promise<ExportItems> {
  const start = await beginning(path);
  if (start.startsWith('User ID,')) return readCsv(path);
  if (start.startsWith('{"type":"snapshot"')) return readLines(path);
  if (start.startsWith('{"snapshot"')) return readJson(path);
  throw noExport(path);
}

async function beginning(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    const reason = systemProblem(error)?.message ?? (error instanceof Error ? error.message : 'unknown');
    throw new BridgeError('invalid_value', `${path} cannot be read. ${reason}`);
  }
}

async function readLines(path: string): Promise<ExportItems> {
  const items = new Map<string, Record<string, unknown>>();
  let complete = false;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    if (line === '') continue;
    const { type, item } = recordOf(parse(line, path), path);
    complete = type === 'end';
    if (item !== undefined) set(items, String(type), recordOf(item, path));
  }
  if (!complete) throw cutOff(path);
  return items;
}

async function readJson(path: string): Promise<ExportItems> {
  if ((await stat(path)).size > MAX_JSON_BYTES) {
    throw new BridgeError(
      'payload_too_large',
      `${path} is larger than 256 MiB. Export as ndjson to compare.`,
    );
  }
  const text = await readFile(path, 'utf8');
  if (!text.trimEnd().endsWith(']}')) throw cutOff(path);
  const snapshot = recordOf(parse(text, path), path);
  const items = new Map<string, Record<string, unknown>>();
  for (const list of LISTS) {
    const type = list === 'entitlements' ? 'entitlement' : list.slice(0, -1);
    const listed = snapshot[list] ?? [];
    if (!Array.isArray(listed)) throw noExport(path);
    for (const item of listed) set(items, type, recordOf(item, path));
  }
  return items;
}

/** A file that was cut off ends within its JSON. */
function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw cutOff(path);
  }
}

/** @throws BridgeError invalid_value */
function recordOf(value: unknown, path: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw noExport(path);
}

function set(items: Map<string, Record<string, unknown>>, type: string, item: Record<string, unknown>): void {
  items.set(`${type} ${keyOf(item)}`, item);
}

function keyOf(item: Readonly<Record<string, unknown>>): string {
  return 'type' in item ? `${String(item['type'])}:${String(item['id'])}` : String(item['id']);
}

/** A row is a grant, identified by its user and entitlement. A row without a grant is an account. */
async function readCsv(path: string): Promise<ExportItems> {
  const items = new Map<string, Record<string, unknown>>();
  let columns: readonly string[] | undefined;
  try {
    for await (const cells of csvRows(createReadStream(path)) as AsyncIterable<string[]>) {
      if (columns === undefined) {
        columns = cells;
        continue;
      }
      const row = Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? '']));
      const grant = [row['Resource Type'], row['Resource Name'], row['Entitlement']].join(':');
      const user = row['User ID'] ?? '';
      items.set(grant === '::' ? `account ${user}` : `grant ${grant}:${user}`, row);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new BridgeError('invalid_value', `${path} is damaged or was cut off. ${error.message}.`);
  }
  return items;
}

function noExport(path: string): BridgeError {
  return new BridgeError('invalid_value', `${path} is not an export of the feed in json, ndjson or csv.`);
}

function cutOff(path: string): BridgeError {
  return new BridgeError('invalid_value', `${path} is incomplete: it was cut off.`);
}
