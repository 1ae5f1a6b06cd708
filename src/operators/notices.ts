/** Notices, as operators read and try them. */
import type { Clock } from '../clock.ts';
import { BridgeError } from '../errors.ts';
import type { Notice } from '../notices/notice.ts';
import type { NoticeStore } from '../notices/notice-store.ts';
import type { Delivered, Webhook } from '../notices/webhook.ts';
import type { Random } from '../random.ts';

export const MAX_NOTICES = 1_000;

export interface Notices {
  /** Newest first. */
  list(workspace: string, limit: number): Promise<readonly Notice[]>;
  /** Sends a notice to the webhook, once. @throws BridgeError conflict when there is no webhook */
  test(workspace: string): Promise<Delivered>;
}

/** @param openWebhook undefined: no webhook is configured */
export function createNotices(
  store: NoticeStore,
  clock: Clock,
  random: Random,
  openWebhook: (() => Webhook) | undefined,
): Notices {
  return {
    list: (workspace, limit) => store.list(workspace, limit),
    test: async (workspace) => {
      if (openWebhook === undefined)
        throw new BridgeError(
          'conflict',
          'There is no webhook. Set BRIDGE_NOTIFY_URL and BRIDGE_NOTIFY_SECRET.',
        );
      const webhook = openWebhook();
      const text = `A test from the Mode SCIM bridge (${workspace})`;
      const notice = { id: random.id(), kind: 'test', text, data: {}, workspace } as const;
      try {
        return await webhook.send({ ...notice, createdAt: clock.now() });
      } finally {
        await webhook.close();
      }
    },
  };
}
