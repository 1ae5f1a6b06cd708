/**
 * Files that take long start first, or at the end one process works alone. Vitest knows how long each took from the last run;
 * where there was none, as in a clean clone, it would go by the size of the files.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that wait: for leases, for pauses between calls, for what runs every few seconds. Then those that compute. */
const LONGEST = [
  /acceptance\/(durability|leavers)/,
  /stories\/|operators\/undo/,
  /idp\/|breaker\/holds/,
  /acceptance\//,
  /operators\/plans|isolation\/|breaker\/|worker\//,
  /store\/(postgres|sqlite)|feed\//,
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const known = sorted.some((file) => this.ctx.cache.getTestSpecificationResult(file) !== undefined);
    if (known) return sorted;
    const rank = ({ moduleId }: TestSpecification) => {
      const place = LONGEST.findIndex((pattern) => pattern.test(moduleId));
      return place === -1 ? LONGEST.length : place;
    };
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
