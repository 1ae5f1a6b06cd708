/** Finds the workspace that a call is for: most paths name it, and a few paths are the same for all workspaces. */
import type { FastifyRequest } from 'fastify';
import type { ApiContext } from './api-context.ts';

/** The workspaces of one simulated Mode. */
export interface ServedWorkspaces {
  readonly all: readonly ApiContext[];
  /**
   * The workspace that the path names; for a path without one, the first workspace that the key opens; else the first.
   * Its settings, log and rate limit apply to the call.
   */
  workspaceOf(request: FastifyRequest): ApiContext;
  /** The workspaces in which the key of the request is valid. */
  openedBy(request: FastifyRequest): readonly ApiContext[];
}

export function createServedWorkspaces(all: readonly [ApiContext, ...ApiContext[]]): ServedWorkspaces {
  // Paths ignore case.
  const bySlug = new Map(all.map((context) => [context.simulation.slug.toLowerCase(), context]));
  const openedBy = (request: FastifyRequest) => all.filter(({ credentials }) => credentials.opens(request));
  return {
    all,
    workspaceOf: (request) => bySlug.get(slugIn(request).toLowerCase()) ?? openedBy(request)[0] ?? all[0],
    openedBy,
  };
}

/** @returns the text where a path has the workspace, such as "acme" in /api/acme/groups; empty when there is none */
function slugIn(request: FastifyRequest): string {
  const { name } = request.params as { readonly name?: string };
  if (name !== undefined) return name;
  const path = request.is404 ? request.url.split('?', 1)[0] : request.routeOptions.url;
  const [, slug = '', rest] = (path ?? '').split('/').filter((part) => part !== '');
  return rest === undefined ? '' : slug;
}
