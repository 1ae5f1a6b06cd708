/** A connection as operators see it. */
import { Type, type Static } from 'typebox';
import { CONNECTION_STATES, type Connection } from '../directory/access/connection.ts';

export const ConnectionView = Type.Object({
  id: Type.String(),
  name: Type.String({ description: 'Unique in the workspace' }),
  state: Type.Enum(CONNECTION_STATES, {
    description: 'live: changes are made in Mode; shadow: they are only planned; paused: they are held',
  }),
});

export function viewConnection({ id, name, state }: Connection): Static<typeof ConnectionView> {
  return { id, name, state };
}
