/**
 * An independent decoder of protobuf, with a schema, and stricter than real readers. It throws for an unknown field, for
 * fields out of order, for an empty value that should be left out, and for map keys out of order. So two equal messages
 * that pass have equal bytes.
 */
import { SCHEMA } from './connector-schema.ts';

export type Decoded = Record<string, unknown>;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @returns the fields by name; an Any is its message, with the name of the type under `@type` */
export function decodeMessage(name: string, bytes: Uint8Array): Decoded {
  const schema = SCHEMA[name];
  if (schema === undefined) throw new Error(`No message ${name}`);
  const found: Decoded = {};
  let last = 0;
  for (let at = 0; at < bytes.length;) {
    const tag = varint(bytes, at);
    at = tag.next;
    const number = Number(tag.value >> 3n);
    const field = schema[number];
    if (field === undefined) throw new Error(`${name} has no field ${number}`);
    const [fieldName, type] = field;
    const repeats = type.endsWith('*') || type.endsWith('{}');
    if (number < last || (number === last && !repeats)) throw new Error(`${name}: ${number} after ${last}`);
    last = number;
    const wire = readWire(bytes, at, Number(tag.value & 7n));
    at = wire.next;
    const where = `${name}.${fieldName}`;
    if (type.endsWith('{}')) {
      addEntry((found[fieldName] ??= {}) as Decoded, type.slice(0, -2), expectBytes(wire.value, where));
    } else if (type === 'enum*') {
      found[fieldName] = [...expectBytes(wire.value, where)];
    } else if (type.endsWith('*')) {
      ((found[fieldName] ??= []) as unknown[]).push(valueOf(type.slice(0, -1), wire.value, where));
    } else {
      const value = valueOf(type.replace('?', ''), wire.value, where);
      const isEmpty = value === '' || value === 0 || value === false;
      if (isEmpty && !type.endsWith('?')) throw new Error(`${where} is empty and written`);
      found[fieldName] = value;
    }
  }
  return name === 'google.protobuf.Any' ? unpack(found) : found;
}

function unpack({ type_url: url, value }: Decoded): Decoded {
  const prefix = 'type.googleapis.com/';
  if (typeof url !== 'string' || !url.startsWith(prefix)) throw new Error(`Not a type: ${String(url)}`);
  const name = url.slice(prefix.length);
  return { '@type': name, ...decodeMessage(name, (value as Uint8Array | undefined) ?? new Uint8Array()) };
}

function addEntry(map: Decoded, type: string, bytes: Uint8Array): void {
  const key = varint(bytes, 1);
  const keyEnd = key.next + Number(key.value);
  const value = varint(bytes, keyEnd + 1);
  const valueEnd = value.next + Number(value.value);
  if (bytes[0] !== 0x0a || bytes[keyEnd] !== 0x12 || valueEnd !== bytes.length)
    throw new Error('Not an entry');
  const name = utf8.decode(bytes.subarray(key.next, keyEnd));
  const before = Object.keys(map).at(-1);
  if (before !== undefined && Buffer.compare(Buffer.from(before), Buffer.from(name)) >= 0) {
    throw new Error(`Key ${name} after ${before}`);
  }
  map[name] = decodeMessage(type, bytes.subarray(value.next, valueEnd));
}

type Wire = bigint | Uint8Array;

function valueOf(type: string, wire: Wire, where: string): unknown {
  switch (type) {
    case 'bool':
      return expectNumber(wire, where) === 1n;
    case 'enum':
    case 'int32':
    case 'int64':
      return Number(BigInt.asIntN(64, expectNumber(wire, where)));
    case 'double':
      return Buffer.from(expectBytes(wire, where)).readDoubleLE();
    case 'string':
      return utf8.decode(expectBytes(wire, where));
    case 'bytes':
      return expectBytes(wire, where);
    default:
      return decodeMessage(type, expectBytes(wire, where));
  }
}

function readWire(bytes: Uint8Array, at: number, wireType: number): { value: Wire; next: number } {
  if (wireType === 0) return varint(bytes, at);
  const length = wireType === 2 ? varint(bytes, at) : { value: 8n, next: at };
  if (wireType !== 1 && wireType !== 2) throw new Error(`Wire type ${wireType}`);
  const next = length.next + Number(length.value);
  if (next > bytes.length) throw new Error('Cut short');
  return { value: bytes.subarray(length.next, next), next };
}

function varint(bytes: Uint8Array, at: number): { value: bigint; next: number } {
  let value = 0n;
  for (let shift = 0n; ; shift += 7n) {
    const byte = bytes[at++];
    if (byte === undefined || shift > 63n) throw new Error('Cut short');
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return { value, next: at };
  }
}

function expectBytes(wire: Wire, where: string): Uint8Array {
  if (typeof wire === 'bigint') throw new Error(`${where} is a number`);
  return wire;
}

function expectNumber(wire: Wire, where: string): bigint {
  if (typeof wire !== 'bigint') throw new Error(`${where} is not a number`);
  return wire;
}
