/**
 * Detects which IdP sent a request (facts: idp-behaviour.md sections 1 to 3). The result does not change how requests are
 * parsed. It is shown to operators, and selects the response variant where clients need different ones.
 */
import { isObject, type Json } from '../../directory/attributes.ts';
import type { IdpProfile } from '../../directory/access/idp-profile.ts';

export interface ObservedRequest {
  readonly method: string;
  /** Path and query, without the base URL. */
  readonly url: string;
  readonly userAgent: string | undefined;
  readonly body: Json | undefined;
}

export interface Hint {
  readonly profile: IdpProfile;
  /** From 3 (other IdPs do this too) to 20 (only this IdP does). */
  readonly weight: number;
  /** What was observed. */
  readonly evidence: string;
  /** Hints with the same name count only once. */
  readonly once?: string;
}

const AGENTS: readonly (readonly [RegExp, IdpProfile])[] = [
  [/jumpcloud/i, 'jumpcloud'],
  [/cyberark|idaptive|centrify/i, 'cyberark'],
  [/rippling/i, 'rippling'],
  [/pingfederate|pingone|ping ?identity/i, 'ping'],
  [/keycloak|scim-sdk/i, 'keycloak'],
  [/authentik/i, 'authentik'],
  [/onelogin/i, 'onelogin'],
];

export function hintsOf(traffic: ObservedRequest): readonly Hint[] {
  const hints = [...agentHints(traffic), ...urlHints(traffic)];
  const { body } = traffic;
  if (!isObject(body)) return hints;
  return [...hints, ...(traffic.method === 'PATCH' ? patchHints(body) : resourceHints(body))];
}

function agentHints({ userAgent, method, url, body }: ObservedRequest): Hint[] {
  if (userAgent === undefined) return [];
  const evidence = `User-Agent ${userAgent.slice(0, 60)}`;
  if (/okta/i.test(userAgent)) {
    if (method === 'PATCH') return [{ profile: 'okta-patch', weight: 20, evidence: `${evidence}, PATCH` }];
    const deactivates = method === 'PUT' && isObject(body) && body['active'] === false;
    if (deactivates || (method === 'PUT' && url.startsWith('/Groups/'))) {
      return [{ profile: 'okta-put', weight: 20, evidence: `${evidence}, PUT` }];
    }
    return [{ profile: 'okta-patch', weight: 6, evidence, once: 'agent' }];
  }
  const known = AGENTS.find(([pattern]) => pattern.test(userAgent));
  return known === undefined ? [] : [{ profile: known[1], weight: 20, evidence }];
}

function urlHints({ method, url, userAgent }: ObservedRequest): Hint[] {
  const hints: Hint[] = [];
  const add = (profile: IdpProfile, weight: number, evidence: string) =>
    hints.push({ profile, weight, evidence });
  // Other IdPs send these requests too. Only all of them together point to CyberArk.
  const common = (evidence: string) =>
    hints.push({ profile: 'cyberark', weight: 3, evidence, once: evidence });
  if (/aadoptscim062020/i.test(url)) add('entra-flag', 20, 'aadOptscim062020 in the URL');
  if (/[?&]$/.test(url) && userAgent === undefined) add('onelogin', 8, 'a URL that ends in ? or &');
  if (method !== 'GET') return hints;
  const part = /^\/(ResourceTypes|Schemas)\/./i.exec(url)?.[1];
  if (part !== undefined) common(`one of /${part} read by its URL`);
  if (/^\/Users\?count=1$/i.test(url)) common('a request for one user, as a connection test');
  if (/filter=[^&]*(\+|%20| )(Eq|Co)(\+|%20| )/.test(url)) add('ping', 6, 'an operator written Eq or Co');
  return hints;
}

function resourceHints(body: Readonly<Record<string, Json>>): Hint[] {
  const schemas = Array.isArray(body['schemas']) ? body['schemas'].map(String) : [];
  if (schemas.some((urn) => urn.startsWith('urn:scim:schemas:'))) {
    return [{ profile: 'onelogin', weight: 8, evidence: 'schemas of SCIM 1' }];
  }
  if (schemas.some((urn) => urn.startsWith('http://schemas.microsoft.com/'))) {
    return [{ profile: 'entra', weight: 10, evidence: 'the Microsoft schema for groups' }];
  }
  const members = Array.isArray(body['members']) ? body['members'] : [];
  const relative = members.some(
    (member: Json) => isObject(member) && textOf(member['$ref']).startsWith('Users/'),
  );
  return relative ? [{ profile: 'keycloak', weight: 8, evidence: 'a relative $ref' }] : [];
}

function patchHints(body: Readonly<Record<string, Json>>): Hint[] {
  const operations = Array.isArray(body['Operations']) ? (body['Operations'] as readonly Json[]) : [];
  return operations.filter(isObject).flatMap(({ op, path, value }): Hint[] => {
    if (typeof op !== 'string') return [];
    if (/^(Add|Replace|Remove)$/.test(op)) return [{ profile: 'entra', weight: 10, evidence: `op "${op}"` }];
    if (path === undefined && isObject(value)) {
      if ('schemas' in value)
        return [{ profile: 'authentik', weight: 8, evidence: 'a whole group in a PATCH' }];
      const folded = Object.keys(value).some(
        (key) => /^(urn:.*:|\w+\.)\w+$/.test(key) && !/^urn:[^.]*$/.test(key),
      );
      if (folded)
        return [{ profile: 'entra-flag', weight: 10, evidence: 'dotted keys in a PATCH without a path' }];
    }
    if (path === 'active' && (value === 'true' || value === 'false')) {
      return [{ profile: 'keycloak', weight: 4, evidence: '"active" as lower-case text' }];
    }
    if (op === 'remove' && path === 'members' && Array.isArray(value)) {
      return [{ profile: 'jumpcloud', weight: 3, evidence: 'members removed with a list' }];
    }
    return [];
  });
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
