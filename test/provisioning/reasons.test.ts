import { describe, expect, it } from 'vitest';
import { ofTarget, reason, sentences, type Reason } from '../../src/provisioning/reason/reason.ts';
import { REASONS, type ReasonCode } from '../../src/provisioning/reason/reasons.ts';

describe('a reason', () => {
  it('becomes a sentence with its parameters and the name of the target', () => {
    const reasons = [reason('same_email', { userName: 'sam' }), reason('last_admin')];
    expect(sentences(ofTarget(reasons, 'Mode'))).toBe(
      'The user sam has the same e-mail, and Mode allows one person for each e-mail. ' +
        'The account is the last admin of the workspace: make another one first.',
    );
  });

  it('is null without reasons', () => {
    expect(sentences([])).toBeNull();
  });

  it('does not replace text that only looks like a parameter', () => {
    expect(sentences([reason('step_refused', { answer: 'use {target} or {answer}' })])).toBe(
      'use {target} or {answer}',
    );
  });

  it('without a parameter reads no property of the object', () => {
    const odd = { code: 'step_refused', params: {} } as Reason;
    expect(sentences([odd])).toBe('');
  });
});

/** One heading for each code, so that a search for a code finds its sentence. */
function page(): string {
  const entries = (Object.keys(REASONS) as ReasonCode[]).map((code) => `## ${code}\n\n${REASONS[code]}`);
  return `# Reasons

Why a user or a group is not as the IdP wants it. The code is in \`reasonCode\` of the SCIM extension and in \`codes\` of the admin
API, and does not change; the sentence may. Words in braces are filled in; \`{target}\` is Mode. This page is generated from
\`src/provisioning/reason/reasons.ts\` by \`vitest run test/provisioning/reasons.test.ts --update\`.

${entries.join('\n\n')}
`;
}

describe('docs/reasons.md', () => {
  it('has every code and its sentence', async () => {
    await expect(page()).toMatchFileSnapshot('../../docs/reasons.md');
  });
});
