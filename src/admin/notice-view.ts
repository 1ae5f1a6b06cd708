/** A notice as JSON: what the admin API and `notices --json` return. */
import { Type, type Static } from 'typebox';
import type { Notice } from '../notices/notice.ts';
import { At, Count, instant, Text } from './instant.ts';

export const NoticeView = Type.Object({
  id: Type.String({ description: 'The webhook-id' }),
  at: At,
  type: Type.String({ description: 'Such as holds.opened' }),
  text: Type.String(),
  data: Type.Record(Type.String(), Type.Unknown()),
  state: Type.Enum(['waiting', 'delivered', 'logged', 'given_up'], {
    description: 'logged: there is no webhook; given_up: the webhook refused it for a day',
  }),
  attempts: Count,
  answer: Type.Union(Text.anyOf, { description: 'What the webhook answered last' }),
});

export function viewNotice(notice: Notice): Static<typeof NoticeView> {
  const { id, createdAt, kind, text, data, state, attempts, answer } = notice;
  return { id, at: instant(createdAt), type: kind, text, data: { ...data }, state, attempts, answer };
}
