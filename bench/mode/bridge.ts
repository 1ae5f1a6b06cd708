/** The bridge as it is run, in front of the simulated Mode. */
import { setTimeout as delay } from 'node:timers/promises';
import manifest from '../../package.json' with { type: 'json' };
import { TOKEN } from '../scale.ts';
import { startProgram } from '../servers/program.ts';
import type { SlowMode } from './slow-mode.ts';

const ADMIN_TOKEN = 'an-admin-token-for-the-benchmark';
const LOOK_MS = 100;

export interface Bridge {
  readonly url: string;
  readonly processId: number;
  readonly status: () => Promise<Status>;
  /** Resolves when the first full read is done. */
  readonly synced: () => Promise<void>;
  /** Reads all of Mode, and resolves when that is done. */
  readonly syncNow: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

interface Status {
  readonly jobs: { readonly waiting: number; readonly verifying: number; readonly parked: number };
  readonly deliveries: { readonly verified: number };
}

interface Sync {
  readonly running: object | null;
  readonly last: { readonly started_at: string; readonly failure: string | null } | null;
}

export async function bridgeAt(mode: SlowMode, database: string, perSecond: number): Promise<Bridge> {
  let said = '';
  const program = await startProgram(
    manifest.scripts.start.split(' ').slice(1),
    {
      BRIDGE_DATABASE_URL: `sqlite:${database}`,
      BRIDGE_HOST: '127.0.0.1',
      BRIDGE_PORT: '0',
      BRIDGE_ADMIN_PORT: '0',
      BRIDGE_SCIM_TOKEN: TOKEN,
      BRIDGE_ADMIN_TOKEN: ADMIN_TOKEN,
      MODE_BASE_URL: mode.url,
      MODE_WORKSPACE: 'acme',
      MODE_API_KEY: 'sandbox',
      MODE_API_SECRET: 'sandbox',
      MODE_INVITER_KEY: 'inviter',
      MODE_INVITER_SECRET: 'inviter',
      MODE_REQUESTS_PER_SECOND: String(perSecond),
    },
    /SCIM Base URL\s+(\S+)[\s\S]*Admin URL\s+\S+/,
    (output) => {
      said = output;
    },
  );
  const adminUrl = /Admin URL\s+(\S+)/.exec(said)?.[1] ?? '';
  const admin = async (method: string, path: string): Promise<unknown> => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const response = await fetch(`${adminUrl}/admin/api/${path}`, { method, headers });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const sync = async (method: string) => (await admin(method, 'workspaces/acme/sync')) as Sync;
  const after = async (before: string | undefined): Promise<void> => {
    for (;;) {
      const { running, last } = await sync('GET');
      if (running === null && last !== null && last.started_at !== before) {
        if (last.failure !== null) throw new Error(`Mode could not be read: ${last.failure}`);
        return;
      }
      await delay(LOOK_MS);
    }
  };
  return {
    url: program.url,
    processId: program.processId,
    status: async () => (await admin('GET', 'status')) as Status,
    synced: () => after(undefined),
    syncNow: async () => after((await sync('POST')).last?.started_at),
    stop: program.stop,
  };
}
