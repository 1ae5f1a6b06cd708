/** Writes a recording step by step. The file is complete after each step: a bridge that is killed leaves one that plays. */
import { open, type FileHandle } from 'node:fs/promises';
import type { Recording } from './recording.ts';

/** A larger recording is of no use. */
const MAX_BYTES = 256 * 1024 * 1024;
const END = '\n  ]\n}\n';
/** Only its owner may read it. */
const MODE = 0o600;

export interface RecordingFile {
  /** @throws Error of the file system, or when the file is full */
  append(step: Recording['steps'][number]): Promise<void>;
  close(): Promise<void>;
}

/** @throws Error of the file system, also when there is such a file */
export async function createRecordingFile(
  path: string,
  head: Omit<Recording, 'steps'>,
): Promise<RecordingFile> {
  const file = await open(path, 'wx', MODE);
  const beginning = `${JSON.stringify(head, undefined, 2).slice(0, -2)},\n  "steps": [`;
  let end = await written(file, beginning, 0);
  let separator = '';
  return {
    append: async (step) => {
      const text = `${separator}\n    ${JSON.stringify(step)}`;
      if (end + text.length > MAX_BYTES) throw new Error('the recording is too large');
      const next = await written(file, text + END, end);
      end = next - END.length;
      separator = ',';
    },
    close: () => file.close(),
  };
}

/** @returns where the text ends in the file. Bytes */
async function written(file: FileHandle, text: string, position: number): Promise<number> {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
  return position + bytes.length;
}
