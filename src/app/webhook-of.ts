/** The webhook for notices, as the settings describe it. */
import type { Clock } from '../clock.ts';
import type { ServerConfig } from '../config/config.ts';
import { createWebhook, type Webhook } from '../notices/webhook.ts';

type NotifySettings = Pick<ServerConfig, 'notifyUrl' | 'notifySecret' | 'notifyAllowPrivate'>;

/** @returns undefined when no webhook is configured */
export function webhookOf(server: NotifySettings | undefined, clock: Clock): (() => Webhook) | undefined {
  const { notifyUrl: url, notifySecret: secret, notifyAllowPrivate: allowPrivate = false } = server ?? {};
  if (url === undefined || secret === undefined) return undefined;
  return () => createWebhook({ url, secret, allowPrivate, clock });
}
