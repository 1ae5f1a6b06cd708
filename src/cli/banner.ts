/** What `serve` prints when it listens: addresses, tokens, and lines to paste. */
import type { WorkspaceSpec } from '../app/open-workspace.ts';
import type { App } from '../app/start-app.ts';
import type { Config } from '../config/config.ts';

export interface BannerOptions {
  readonly app: Pick<App, 'publicUrl' | 'adminUrl' | 'tokens'>;
  readonly config: Config;
  readonly workspaces: readonly WorkspaceSpec[];
  /** undefined: this is the real Mode. */
  readonly sandboxUrl: string | undefined;
}

type Tokens = App['tokens'][number];
type Token = Tokens['feed'];
type Kind = 'scim' | 'feed' | 'admin';

const WIDTH = 15;

export function banner({ app, config, workspaces, sandboxUrl }: BannerOptions): readonly string[] {
  const local = reachable(app.publicUrl);
  const base = config.server.publicUrl ?? local;
  const isNamed = config.file !== undefined || workspaces.length > 1;
  const tokensOf = (kind: Kind) =>
    app.tokens.flatMap((tokens) => tokenLines(tokens, kind, { isNamed, file: config.file }));
  return [
    ...(sandboxUrl === undefined
      ? workspaces.map(
          ({ slug, mode }) => `The bridge works on the Mode workspace "${slug}" at ${mode.baseUrl}.`,
        )
      : [
          'NO MODE IS CONFIGURED: a simulated Mode runs next to the bridge, and forgets everything when it ends.',
          'Set MODE_WORKSPACE, MODE_API_KEY and MODE_API_SECRET to talk to Mode itself.',
          ...(workspaces.length > 1
            ? [line('Workspaces', workspaces.map(({ slug }) => slug).join(', '))]
            : []),
          line('Sandbox URL', sandboxUrl),
        ]),
    '',
    line('SCIM Base URL', `${base}/scim/v2`),
    ...tokensOf('scim'),
    line('Feed URL', `${base}/feed/v1`),
    ...tokensOf('feed'),
    line('Admin URL', reachable(app.adminUrl)),
    ...tokensOf('admin'),
    '',
    'Try it:',
    ...tryLines(app.tokens[0], config.file, local),
    '',
  ];
}

/** @param options `isNamed`: each line says which workspace and connection the token belongs to */
function tokenLines(
  { slug, connections, ...whole }: Tokens,
  kind: Kind,
  { isNamed, file }: { readonly isNamed: boolean; readonly file: string | undefined },
): readonly string[] {
  const label = { scim: 'SCIM token', feed: 'Feed token', admin: 'Admin token' }[kind];
  const tokens =
    kind === 'scim'
      ? connections.map(({ name, scim }) => [`${slug}, ${name}: `, scim] as const)
      : [[`${slug}: `, whole[kind]] as const];
  return tokens.map(([owner, token]) => line(label, `${isNamed ? owner : ''}${shown(token, kind, file)}`));
}

function tryLines(tokens: Tokens | undefined, file: string | undefined, local: string): readonly string[] {
  const [connection] = tokens?.connections ?? [];
  if (tokens === undefined || connection === undefined) return [];
  const scim = `-H "Authorization: Bearer ${inCurl(connection.scim, 'scim', file)}"`;
  const feed = `-H "Authorization: Bearer ${inCurl(tokens.feed, 'feed', file)}"`;
  const user = `{"userName":"jane.doe@example.com","name":{"givenName":"Jane","familyName":"Doe"},"emails":[{"value":"jane.doe@example.com","type":"work","primary":true}],"active":true}`;
  return [
    `curl ${scim} '${local}/scim/v2/Users?filter=userName%20eq%20%22jane.doe@example.com%22'`,
    `curl ${scim} -H 'Content-Type: application/scim+json' -d '${user}' '${local}/scim/v2/Users'`,
    `curl ${feed} '${local}/feed/v1/snapshot'`,
  ];
}

function line(label: string, value: string): string {
  return `${label.padEnd(WIDTH)}  ${value}`;
}

function shown(token: Token, kind: Kind, file: string | undefined): string {
  if (token.origin === 'generated') return `${token.token}  (shown only now)`;
  return token.origin === 'setting'
    ? `(as ${file ?? settingOf(kind)} says)`
    : '(made at the first start; "tokens create" makes another)';
}

function inCurl(token: Token, kind: Kind, file: string | undefined): string {
  if (token.origin === 'generated') return token.token;
  // A token of an earlier start, or from a reference in a file, is known only to its owner.
  return token.origin === 'setting' && file === undefined
    ? `$${settingOf(kind)}`
    : `YOUR_${kind.toUpperCase()}_TOKEN`;
}

function settingOf(kind: Kind): string {
  return `BRIDGE_${kind.toUpperCase()}_TOKEN`;
}

/** An address that means all interfaces is shown as this machine's. */
function reachable(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//127.0.0.1:');
}
