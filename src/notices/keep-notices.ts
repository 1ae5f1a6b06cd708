/**
 * Checks the conditions of a workspace, makes notices of what is new and what is over, and sends them until the webhook
 * accepts them. The worker never waits for this.
 */
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import { conditionsOf, type NoticeFacts } from './conditions.ts';
import type { NoticeStore, TroubledSubject } from './notice-store.ts';
import { planNotices } from './plan-notices.ts';
import type { Notice } from './notice.ts';
import type { Webhook } from './webhook.ts';

const LOOK_MS = 2_000;
const MAX_ITEMS = 1_000;
/** Reading all deliveries costs more than the rest, and tokens expire in days. */
const RARE_LOOK_MS = 60_000;
const TROUBLE_MS = 60 * 60_000;
const AT_ONCE = 10;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60 * 60_000;
/** After this time a notice is given up. */
const MAX_AGE_MS = 24 * 60 * 60_000;

/** The source of the facts. */
export interface NoticeSources {
  holds(limit: number): Promise<NoticeFacts['holds']>;
  tasks(limit: number): Promise<NoticeFacts['tasks']>;
  outage(): Promise<NoticeFacts['outage']>;
  /** People who still have access for longer than the objective. */
  leavers(limit: number): Promise<NoticeFacts['leavers']>;
  /** Tokens that expire, and that nobody has revoked. */
  tokens(): Promise<NoticeFacts['tokens']>;
}

export interface NoticeParts {
  readonly workspace: string;
  /** The name of the target, for sentences. */
  readonly target: string;
  readonly store: NoticeStore;
  readonly sources: NoticeSources;
  /** undefined: notices are only logged. */
  readonly webhook: Webhook | undefined;
  readonly outageMs: number;
  /** Whether this bridge works for the workspace. */
  readonly isHolder: () => boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: { warn(fields: object, message: string): void };
}

/** @returns when the signal is aborted. Never rejects. */
export async function keepNotices(parts: NoticeParts, signal: AbortSignal): Promise<void> {
  const { isHolder, clock, log } = parts;
  const look = createLook(parts);
  while (!signal.aborted) {
    try {
      if (isHolder()) {
        await look();
        await sendDue(parts, signal);
      }
    } catch (error) {
      log.warn({ err: error }, 'could not make or send notices: trying again');
    }
    await clock.sleep(LOOK_MS, signal);
  }
}

function createLook({ workspace, target, store, sources, webhook, outageMs, clock, log }: NoticeParts) {
  let trouble: readonly TroubledSubject[] = [];
  let tokens: NoticeFacts['tokens'] = [];
  let rareLookAt = -Infinity;
  return async (): Promise<void> => {
    const now = clock.now();
    if (clock.monotonic() - rareLookAt >= RARE_LOOK_MS) {
      trouble = await store.inTrouble(workspace, now - TROUBLE_MS, MAX_ITEMS);
      tokens = await sources.tokens();
      rareLookAt = clock.monotonic();
    }
    const conditions = conditionsOf({
      now,
      target,
      outageMs,
      trouble,
      tokens,
      holds: await sources.holds(MAX_ITEMS),
      tasks: await sources.tasks(MAX_ITEMS),
      outage: await sources.outage(),
      leavers: await sources.leavers(MAX_ITEMS),
    });
    for (const announcement of planNotices(
      { workspace, target },
      await store.topics(workspace),
      conditions,
    )) {
      const notice = await store.announce(workspace, announcement, {
        at: now,
        isSent: webhook !== undefined,
      });
      if (notice !== undefined) log.warn({ notice: notice.kind, id: notice.id }, notice.text);
    }
  };
}

async function sendDue(parts: NoticeParts, signal: AbortSignal): Promise<void> {
  const { workspace, store, webhook, isHolder, clock } = parts;
  if (webhook === undefined) return;
  const isStopped = () => signal.aborted;
  for (const notice of await store.due(workspace, clock.now(), AT_ONCE)) {
    if (isStopped() || !isHolder()) return;
    const { isDelivered, answer } = await webhook.send(notice, signal);
    // The stop interrupted the try: the next bridge sends the notice at once.
    if (!isDelivered && isStopped()) return;
    const retryAt = isDelivered ? null : retryAtOf(notice, parts);
    const state = isDelivered ? 'delivered' : retryAt === null ? 'given_up' : 'waiting';
    await store.settle(notice.id, { state, answer, retryAt });
    if (!isDelivered) parts.log.warn({ id: notice.id, answer, state }, 'the webhook did not accept a notice');
  }
}

/** Doubles from a second to an hour, with jitter. @returns null when the notice is too old */
function retryAtOf({ attempts, createdAt }: Notice, { clock, random }: NoticeParts): number | null {
  if (clock.now() - createdAt >= MAX_AGE_MS) return null;
  const delay = Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempts, 20), MAX_RETRY_MS);
  return clock.now() + Math.round(delay * (0.5 + random.fraction() / 2));
}
