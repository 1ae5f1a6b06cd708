/**
 * Finds environment variables that look like settings but are not. Otherwise a misspelt setting would be ignored
 * silently.
 */
import type { Environment } from './config.ts';
import { nearestName } from './nearest-name.ts';
import type { Setting } from './setting.ts';
import { settings } from './settings.ts';

/** The prefixes of the bridge's names, in any case. */
const OURS = /^(BATON_MODE|BRIDGE|FEED|MODE|SANDBOX)_/i;
/**
 * What Kubernetes puts into every pod for a Service that is called `bridge`, `feed`, `mode` or `mode-...`, such as
 * `MODE_SCIM_BRIDGE_SERVICE_HOST` (https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables).
 */
const SERVICE_LINK_NAME =
  /_(SERVICE_HOST|SERVICE_PORT|SERVICE_PORT_\w+|PORT_\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)$/;
const SERVICE_LINK_VALUE = /^(tcp|udp|sctp):\/\//;

/** Every name under which a setting can be given; a secret can also be given as the name of a file. */
const KNOWN: readonly string[] = Object.values(settings).flatMap((setting: Setting<unknown>) => {
  const names = [setting.name, ...(setting.aliases ?? [])];
  return setting.secret === true ? names.flatMap((name) => [name, `${name}_FILE`]) : names;
});

/** @returns whether Kubernetes wrote this value for a Service */
export function isServiceLink(value: string): boolean {
  return SERVICE_LINK_VALUE.test(value);
}

/**
 * @param used names that the configuration file refers to: those are known
 * @returns one problem for each variable with such a prefix that is not a setting
 */
export function unknownNames(environment: Environment, used: ReadonlySet<string>): readonly string[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    if (value === undefined || !OURS.test(name) || KNOWN.includes(name) || used.has(name)) return [];
    if (SERVICE_LINK_NAME.test(name) || isServiceLink(value)) return [];
    const nearest = nearestName(name.toUpperCase(), KNOWN);
    const advice =
      nearest === undefined ? 'Remove it; "check-config" lists all settings.' : `Did you mean ${nearest}?`;
    return [`${name}: there is no setting of this name. ${advice}`];
  });
}
