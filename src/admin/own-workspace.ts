/** A token belongs to one workspace. Routes that name a workspace accept only its own tokens. */
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { TokenHolder } from '../directory/access/token-holder.ts';
import { BridgeError } from '../errors.ts';

export type HolderOf = (request: FastifyRequest) => TokenHolder;

export const ByWorkspace = Type.Object({
  slug: Type.String({ description: "The workspace, as in Mode's URL" }),
});

/** Names the user of the token in the change log. */
export function userOf({ tokenId }: TokenHolder): string {
  return `token ${tokenId}`;
}

/**
 * @returns the slug, when the token of the request belongs to that workspace
 * @throws BridgeError not_found for any other slug, whether there is such a workspace or not
 */
export function ownWorkspace({ workspace }: TokenHolder, slug: string): string {
  if (workspace === slug) return slug;
  throw new BridgeError('not_found', `There is no workspace "${slug}" for this token.`);
}
