/** docs/metrics.md has every metric as the program describes it. */
import Fastify from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { createMetrics } from '../../src/observability/metrics.ts';

it('docs/metrics.md has every metric of the bridge', async () => {
  const server = Fastify();
  onTestFinished(() => server.close());
  const metrics = createMetrics(
    () => Promise.resolve([]),
    () => 0,
  );
  metrics.expose(server);
  const { body } = await server.inject('/metrics');
  const rows = [...body.matchAll(/^# HELP (bridge_\w+) (.+)\n# TYPE \w+ (\w+)$/gm)].map(
    ([, name, help, type]) => `## ${name}\n\n${help}. A ${type}.`,
  );
  expect(rows.length).toBeGreaterThan(5);
  await expect(`# Metrics

\`GET /metrics\` on the admin port, without a token, for Prometheus. The metrics of Node and of the process (\`process_\`, \`nodejs_\`) are there
too. Labels have names of workspaces and connections, patterns of routes, states, methods and statuses, and nothing about people. This
page is generated from \`src/observability/metrics.ts\` by \`vitest run test/observability/metrics-page.test.ts --update\`.

${rows.join('\n\n')}
`).toMatchFileSnapshot('../../docs/metrics.md');
});
