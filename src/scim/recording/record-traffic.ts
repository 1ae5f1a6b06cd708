/** Records the requests of each connection and their answers, without personal values, as a file that can be played. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../../clock.ts';
import type { Connection } from '../../directory/access/connection.ts';
import type { TokenHolder } from '../../directory/access/token-holder.ts';
import type { Json } from '../../directory/attributes.ts';
import { createRecordingFile, type RecordingFile } from '../../recording/recording-file.ts';
import type { Recording } from '../../recording/recording.ts';
import { createAnonymizer, type Anonymizer, type Traffic } from './anonymous-traffic.ts';

/** A longer answer is not kept. */
const MAX_ANSWER = 1024 * 1024;
/** The maximum number of steps that wait to be written. With more, the disk is too slow. */
const MAX_WAITING = 1_000;
const KEPT_HEADERS: Readonly<Record<string, RegExp>> = {
  'user-agent': /^[\w .,;:/()+-]{1,200}$/,
  accept: /^[\w .,;:/()+*=-]{1,200}$/,
  'if-match': /^(?:\*|(?:W\/)?"\d+")$/,
  'if-none-match': /^(?:\*|(?:W\/)?"\d+")$/,
};
/** The body was not understood, so its values are unknown. */
const NOT_UNDERSTOOD: ReadonlySet<number> = new Set([400, 413, 415]);

/** The end state of a recording, as the IdP wants it; undefined when it depends on the time. */
export type EndState = (
  connection: Connection,
  anonymizer: Omit<Anonymizer, 'step'>,
) => Promise<Recording['steps'][number] | undefined>;

export interface Recorder {
  add(connection: Connection, traffic: Traffic): void;
  /** Writes what waits, and the end state of each recording. For a bridge that stops. Never rejects. */
  flush(): Promise<void>;
}

interface Parts {
  readonly folder: string;
  readonly endState: EndState;
  readonly clock: Clock;
  readonly log: FastifyBaseLogger;
}

interface Running {
  readonly connection: Connection;
  readonly anonymizer: Anonymizer;
  readonly file: Promise<RecordingFile>;
  /** Resolves when all steps so far are written. */
  writing: Promise<void>;
  waiting: number;
  failed: boolean;
}

export function createRecorder({ folder, endState, clock, log }: Parts): Recorder {
  const recordings = new Map<string, Running>();

  async function begin({ workspace, name }: Connection): Promise<RecordingFile> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const at = new Date(clock.now()).toISOString();
    const path = join(folder, `${workspace}-${name}-${at.replaceAll(/[:.]/g, '-')}.json`);
    log.warn({ path }, 'the requests of this connection are recorded, with fakes in the place of values');
    return createRecordingFile(path, {
      client: 'recorded',
      name: `recorded ${at}`,
      description: 'What an IdP sent to a bridge and what it was answered; values are fakes.',
    });
  }

  function recordingOf(connection: Connection): Running {
    const known = recordings.get(connection.id);
    if (known !== undefined) return known;
    const file = begin(connection);
    const running = {
      ...{ connection, anonymizer: createAnonymizer(), file },
      ...{ writing: Promise.resolve(), waiting: 0, failed: false },
    };
    recordings.set(connection.id, running);
    return running;
  }

  /** Steps are written in order. After a failure, the recording ends, because a recording with a gap would not play. */
  function append(running: Running, step: () => Promise<Recording['steps'][number] | undefined>): void {
    if (running.failed) return;
    running.waiting += 1;
    if (running.waiting > MAX_WAITING) fail(running, new Error('too many steps wait to be written'));
    running.writing = running.writing.then(async () => {
      try {
        const written = running.failed ? undefined : await step();
        if (written !== undefined) await (await running.file).append(written);
      } catch (error) {
        fail(running, error);
      }
      running.waiting -= 1;
    });
  }

  function fail(running: Running, error: unknown): void {
    if (!running.failed) log.error({ err: error }, 'the recording of requests ends here');
    running.failed = true;
  }

  return {
    add: (connection, traffic) => {
      const running = recordingOf(connection);
      if (running.failed) return;
      const step = running.anonymizer.step(traffic);
      append(running, () => Promise.resolve(step));
    },
    flush: async () => {
      for (const running of recordings.values()) {
        append(running, () => endState(running.connection, running.anonymizer));
        await running.writing;
        await running.file.then((file) => file.close()).catch(() => undefined);
      }
    },
  };
}

/** @param holderOf undefined: the token was not accepted */
export function recordTraffic(
  scope: FastifyInstance,
  recorder: Recorder,
  holderOf: (request: FastifyRequest) => TokenHolder | undefined,
): void {
  const answers = new WeakMap<FastifyRequest, string>();
  scope.addHook('onSend', (request, _reply, payload, done) => {
    if (typeof payload === 'string' && payload.length <= MAX_ANSWER) answers.set(request, payload);
    done(null, payload);
  });
  scope.addHook('onResponse', (request, reply, done) => {
    const { method, url, headers, body } = request;
    const connection = holderOf(request)?.connection;
    const status = reply.statusCode;
    const isUnread = body === undefined && NOT_UNDERSTOOD.has(status) && !['GET', 'DELETE'].includes(method);
    if (connection !== undefined && !isUnread) {
      const kept = Object.entries(KEPT_HEADERS).flatMap(([name, form]) => {
        const value = headers[name];
        return typeof value === 'string' && form.test(value) ? [[name, value] as const] : [];
      });
      recorder.add(connection, {
        method,
        path: url.slice(scope.prefix.length),
        headers: Object.fromEntries(kept),
        body: body as Json | undefined,
        status,
        answer: parsed(answers.get(request)),
      });
    }
    done();
  });
}

function parsed(text: string | undefined): Json | undefined {
  return text === undefined || text === '' ? undefined : (JSON.parse(text) as Json);
}
