/** What happened in a story, as a recording that can be put under test/idp/ as it is. */
import type { Fault } from '../../src/sandbox/mode/behaviour/fault.ts';
import type { Sent } from './idp.ts';
import type { ConnectionChange } from './set-connection.ts';

export interface Transcript {
  heard(sent: Sent): void;
  passed(ms: number): void;
  edited(edit: object): void;
  accepted(emails: readonly string[], old: boolean): void;
  /** @param fault undefined: all is well again */
  failing(fault: Fault | undefined): void;
  bridge(what: 'restart' | 'kill' | 'pause'): void;
  jumped(ms: number): void;
  /** An operator changes the connection. */
  connection(change: ConnectionChange): void;
  /** An operator decides about all that is held. */
  decided(verdict: 'approve' | 'reject'): void;
  /** What Mode should hold at the end. */
  ended(state: object): void;
  recording(name: string): object;
}

export function createTranscript(seed: object): Transcript {
  const steps: object[] = [];
  /** Ids that the bridge gave, and the names that stand for them. */
  const names = new Map<string, string>();

  const named = (text: string) =>
    [...names].reduce((all, [id, name]) => all.replaceAll(id, `{{${name}}}`), text);

  function heard({ method, path, body, answer }: Sent): void {
    const id = idOf(answer.text);
    const isNew = id !== undefined && !names.has(id);
    const name = `r${names.size}`;
    steps.push({
      request: {
        method,
        path: named(path),
        ...(body === undefined ? {} : { body: JSON.parse(named(JSON.stringify(body))) as unknown }),
      },
      expect: { status: answer.status },
      ...(isNew ? { capture: { [name]: method === 'GET' ? 'Resources.0.id' : 'id' } } : {}),
    });
    if (isNew) names.set(id, name);
  }

  return {
    heard,
    passed: (ms) => steps.push({ pass: { seconds: ms / 1_000 } }),
    edited: (edit) => steps.push({ edit }),
    accepted: (emails, old) => steps.push({ accept: { emails, old } }),
    failing: (fault) => steps.push({ faults: fault === undefined ? [] : [fault] }),
    bridge: (what) => {
      if (what !== 'pause') steps.push({ bridge: what });
    },
    connection: (change) => steps.push('state' in change ? { connection: change.state } : change),
    decided: (verdict) => steps.push({ holds: verdict }),
    jumped: (ms) => steps.push({ jump: { seconds: ms / 1_000 } }),
    ended: (state) => steps.push({ mode: state }),
    recording: (name) => ({
      client: 'a story',
      name,
      description: 'A random story that ended otherwise than the IdP said.',
      seed,
      sandbox: { auto_accept_seconds: -1 },
      steps,
    }),
  };
}

function idOf(text: string): string | undefined {
  if (text === '') return undefined;
  const answer = JSON.parse(text) as { id?: string; Resources?: { id: string }[] };
  return answer.id ?? answer.Resources?.[0]?.id;
}
