/**
 * Protobuf's wire format in a canonical form: fields in order of number, no bytes for empty values, and map keys in order of
 * their bytes. Readers compare two syncs by bytes, so equal values must have equal bytes.
 */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Profile } from './c1z-source.ts';

export { BinaryWriter };

export function text(to: BinaryWriter, field: number, value: string | null): void {
  if (value !== null && value !== '') to.tag(field, WireType.LengthDelimited).string(value);
}

export function flag(to: BinaryWriter, field: number, value: boolean): void {
  if (value) to.tag(field, WireType.Varint).bool(true);
}

export function enumeration(to: BinaryWriter, field: number, value: number): void {
  if (value !== 0) to.tag(field, WireType.Varint).int32(value);
}

/** Writes an encoded message. */
export function encoded(to: BinaryWriter, field: number, value: Uint8Array): void {
  to.tag(field, WireType.LengthDelimited).bytes(value);
}

export function message(to: BinaryWriter, field: number, fields: (to: BinaryWriter) => void): void {
  to.tag(field, WireType.LengthDelimited).fork();
  fields(to);
  to.join();
}

/** google.protobuf.Any */
export function any(to: BinaryWriter, field: number, name: string, fields: (to: BinaryWriter) => void): void {
  message(to, field, (packed) => {
    text(packed, 1, `type.googleapis.com/${name}`);
    // Left out if it is empty, like every scalar.
    const value = new BinaryWriter();
    fields(value);
    const bytes = value.finish();
    if (bytes.length > 0) encoded(packed, 2, bytes);
  });
}

/** google.protobuf.Timestamp @param at milliseconds since the epoch */
export function timestamp(to: BinaryWriter, field: number, at: number | null): void {
  if (at === null) return;
  message(to, field, (fields) => {
    const seconds = Math.floor(at / 1_000);
    if (seconds !== 0) fields.tag(1, WireType.Varint).int64(seconds);
    enumeration(fields, 2, (at - seconds * 1_000) * 1_000_000);
  });
}

/** google.protobuf.Struct. Null values and an empty struct are left out. */
export function struct(to: BinaryWriter, field: number, values: Profile): void {
  const known = Object.entries(values).filter(([, value]) => value !== null);
  if (known.length === 0) return;
  message(to, field, (fields) => {
    for (const [key, value] of known.sort(([a], [b]) => byBytes(a, b))) {
      entry(fields, 1, key, (held) => {
        // A field of a oneof is written even if it is empty, because it selects the type.
        if (typeof value === 'number') held.tag(2, WireType.Bit64).double(value);
        else if (typeof value === 'string') held.tag(3, WireType.LengthDelimited).string(value);
        else held.tag(4, WireType.Varint).bool(value === true);
      });
    }
  });
}

/** One entry of a map from text to messages. Key and value are written even if they are empty. */
export function entry(
  to: BinaryWriter,
  field: number,
  key: string,
  fields: (to: BinaryWriter) => void,
): void {
  message(to, field, (pair) => {
    pair.tag(1, WireType.LengthDelimited).string(key);
    message(pair, 2, fields);
  });
}

export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
