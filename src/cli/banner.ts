/** What `serve` tells when it listens: addresses, tokens, and lines to paste. */
import type { App } from '../app/start-app.ts';
import type { Config, ModeAccess } from '../config/read-config.ts';

export interface BannerOptions {
  readonly app: Pick<App, 'publicUrl' | 'adminUrl' | 'tokens'>;
  readonly config: Config;
  readonly mode: ModeAccess;
  /** undefined: this is the real Mode. */
  readonly sandboxUrl: string | undefined;
}

const WIDTH = 15;

export function banner({ app, config, mode, sandboxUrl }: BannerOptions): readonly string[] {
  const { tokens } = app;
  const local = reachable(app.publicUrl);
  const base = config.publicUrl ?? local;
  const line = (label: string, value: string) => `${label.padEnd(WIDTH)}  ${value}`;
  const shown = (kind: keyof App['tokens'], setting: string) => {
    const token = tokens[kind];
    if (token.origin === 'generated') return `${token.token}  (shown only now)`;
    return token.origin === 'setting'
      ? `(as ${setting} says)`
      : '(made at the first start; "tokens create" makes another)';
  };
  const inCurl = (kind: 'scim' | 'feed', setting: string) => {
    const token = tokens[kind];
    if (token.origin === 'generated') return token.token;
    // A token of an earlier start is known to its owner only.
    return token.origin === 'setting' ? `$${setting}` : `YOUR_${kind.toUpperCase()}_TOKEN`;
  };
  const scim = `-H "Authorization: Bearer ${inCurl('scim', 'BRIDGE_SCIM_TOKEN')}"`;
  const user = `{"userName":"jane.doe@example.com","name":{"givenName":"Jane","familyName":"Doe"},"emails":[{"value":"jane.doe@example.com","type":"work","primary":true}],"active":true}`;
  return [
    ...(sandboxUrl === undefined
      ? [`The bridge works on the Mode workspace "${mode.workspace}" at ${mode.baseUrl}.`]
      : [
          'NO MODE IS CONFIGURED: a simulated Mode runs beside the bridge, and forgets everything when it ends.',
          'Set MODE_WORKSPACE, MODE_API_KEY and MODE_API_SECRET to talk to Mode itself.',
          line('Sandbox URL', sandboxUrl),
        ]),
    '',
    line('SCIM Base URL', `${base}/scim/v2`),
    line('SCIM token', shown('scim', 'BRIDGE_SCIM_TOKEN')),
    line('Feed URL', `${base}/feed/v1`),
    line('Feed token', shown('feed', 'BRIDGE_FEED_TOKEN')),
    line('Admin URL', reachable(app.adminUrl)),
    line('Admin token', shown('admin', 'BRIDGE_ADMIN_TOKEN')),
    '',
    'Try it:',
    `curl ${scim} '${local}/scim/v2/Users?filter=userName%20eq%20%22jane.doe@example.com%22'`,
    `curl ${scim} -H 'Content-Type: application/scim+json' -d '${user}' '${local}/scim/v2/Users'`,
    `curl -H "Authorization: Bearer ${inCurl('feed', 'BRIDGE_FEED_TOKEN')}" '${local}/feed/v1/snapshot'`,
    '',
  ];
}

/** An address that listens everywhere is reached as this machine. */
function reachable(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//127.0.0.1:');
}
