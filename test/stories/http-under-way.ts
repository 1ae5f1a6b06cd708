/** How many requests this process has sent and not yet seen answered: time stands still in a story meanwhile. */
import { subscribe } from 'node:diagnostics_channel';

const open = new Set<object>();

subscribe('undici:request:create', (message) => {
  open.add((message as { request: object }).request);
});
for (const end of ['undici:request:trailers', 'undici:request:error']) {
  subscribe(end, (message) => {
    open.delete((message as { request: object }).request);
  });
}

export function httpUnderWay(): number {
  return open.size;
}
