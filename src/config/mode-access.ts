/** The access to one Mode workspace, from its settings. Reports missing settings and incomplete pairs. */
import type { ModeAccess, SettingKey, Values } from './config.ts';

/** The settings of one workspace, and where each of them is set. */
export interface WorkspaceSource {
  readonly values: Pick<Values, ModeKey>;
  readonly isGiven: (key: ModeKey) => boolean;
  /** The name of the setting, or its place in the file. */
  readonly place: (key: ModeKey) => string;
}

type ModeKey = (typeof MODE_SETTINGS)[number];

export const MODE_SETTINGS = [
  'modeWorkspace',
  'modeApiKey',
  'modeApiSecret',
  'modeInviterKey',
  'modeInviterSecret',
  'modeScimUrl',
  'modeScimToken',
  'modeBaseUrl',
] as const satisfies readonly SettingKey[];

/**
 * @param advice what else can be done when a setting is missing
 * @returns undefined when something is missing; its problem is added
 */
export function readModeAccess(
  { values, isGiven, place }: WorkspaceSource,
  problems: string[],
  advice = '',
): ModeAccess | undefined {
  for (const key of ['modeWorkspace', 'modeApiKey', 'modeApiSecret'] as const) {
    // The problem of a wrong setting is already reported.
    if (!isGiven(key)) problems.push(`${place(key)}: is needed to talk to Mode${advice}`);
  }
  for (const [key, other] of [
    ['modeInviterKey', 'modeInviterSecret'],
    ['modeScimUrl', 'modeScimToken'],
  ] as const) {
    if (isGiven(key) !== isGiven(other))
      problems.push(`${place(key)} and ${place(other)}: set both or neither`);
  }
  const { modeWorkspace, modeApiKey, modeApiSecret, modeInviterKey, modeInviterSecret } = values;
  const { modeBaseUrl, modeScimUrl, modeScimToken } = values;
  if (modeWorkspace === undefined || modeApiKey === undefined || modeApiSecret === undefined)
    return undefined;
  return {
    baseUrl: modeBaseUrl,
    workspace: modeWorkspace,
    key: { token: modeApiKey, secret: modeApiSecret },
    ...(modeInviterKey !== undefined && modeInviterSecret !== undefined
      ? { inviter: { token: modeInviterKey, secret: modeInviterSecret } }
      : {}),
    ...(modeScimUrl !== undefined && modeScimToken !== undefined
      ? { ownScim: { url: modeScimUrl, token: modeScimToken } }
      : {}),
  };
}
