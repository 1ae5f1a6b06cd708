/** A connection as operators see it. */
import { Type, type Static } from 'typebox';
import { CONNECTION_STATES, type Connection } from '../directory/access/connection.ts';

export const ConnectionView = Type.Object({
  id: Type.String(),
  name: Type.String({ description: 'Unique in the workspace' }),
  state: Type.Enum(CONNECTION_STATES, {
    description: 'live: Mode is made to match; shadow: that is only planned; paused: it is held',
  }),
});

export function viewConnection({ id, name, state }: Connection): Static<typeof ConnectionView> {
  return { id, name, state };
}
