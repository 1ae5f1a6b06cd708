/** What deploy/ has fits the program: its settings, ports, paths and times, and the schemas of Kubernetes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { Secret, type ISecret } from 'kubernetes-models/v1/Secret';
import { Service } from 'kubernetes-models/v1/Service';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { readConfig } from '../../src/config/read-config.ts';
import { settings } from '../../src/config/settings.ts';

const FOLDER = 'deploy/kubernetes';
const MODELS = { Deployment, NetworkPolicy, PodDisruptionBudget, Secret, Service };

interface Resource {
  readonly kind: keyof typeof MODELS;
  readonly metadata: { readonly name: string };
  readonly spec?: Readonly<Record<string, { readonly matchLabels?: unknown }>>;
}

const resources = readdirSync(FOLDER).flatMap((file) =>
  parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8'), { strict: true, uniqueKeys: true }).map(
    (document) => document.toJS() as Resource,
  ),
);
const find = (kind: Resource['kind']): unknown => resources.find((resource) => resource.kind === kind);
const pod = (find('Deployment') as IDeployment).spec?.template;

describe('deploy/kubernetes', () => {
  it.each(resources.map((resource) => [resource.kind, resource.metadata.name, resource] as const))(
    'the %s %s is valid',
    (kind, _name, resource) => {
      const model = new MODELS[kind](resource as never);
      expect(() => {
        model.validate();
      }).not.toThrow();
    },
  );

  it('everything selects the pods of the deployment', () => {
    const labels = pod?.metadata?.labels;
    expect(labels).toEqual({ 'app.kubernetes.io/name': 'mode-scim-bridge' });
    const selectors = resources.flatMap((resource) => {
      const { selector, podSelector } = resource.spec ?? {};
      const found = selector ?? podSelector;
      return found === undefined ? [] : [found.matchLabels ?? found];
    });
    expect(selectors).toHaveLength(5);
    for (const selector of selectors) expect(selector).toEqual(labels);
  });

  it('the settings are valid, the secrets are there, and every Mode setting is asked for', () => {
    const secrets = (find('Secret') as ISecret).stringData ?? {};
    const [container] = pod?.spec?.containers ?? [];
    const environment: Record<string, string> = {};
    for (const { name, value, valueFrom } of container?.env ?? []) {
      const key = valueFrom?.secretKeyRef?.key;
      environment[name] = value ?? secrets[key ?? ''] ?? '';
    }
    const used = Object.keys(environment).length;
    expect(used).toBeGreaterThan(Object.keys(secrets).length);
    const { server, workspaces } = readConfig({ ...environment, MODE_WORKSPACE: 'acme' });
    expect(workspaces[0]?.mode).toBeDefined();
    const ports = container?.ports?.map(({ containerPort }) => containerPort);
    expect(ports).toEqual([server.port, server.adminPort]);
  });

  it('nothing may be written but /tmp, nobody is root, and a stop has time enough', () => {
    const [container] = pod?.spec?.containers ?? [];
    expect(pod?.spec?.securityContext).toMatchObject({ runAsNonRoot: true });
    expect(container?.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container?.volumeMounts?.map(({ mountPath }) => mountPath)).toEqual(['/tmp']);
    expect(pod?.spec?.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(30);
  });
});

it('the systemd unit runs Node itself, with settings that exist', () => {
  const unit = readFileSync('deploy/systemd/mode-scim-bridge.service', 'utf8');
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
  const [, ...args] = scripts.start.split(' ');
  const command = args.map((arg) => (arg === 'src/main.ts' ? `/opt/mode-scim-bridge/${arg}` : arg));
  expect(unit).toContain(`ExecStart=/usr/bin/node ${command.join(' ')}\n`);
  const names = [...unit.matchAll(/^Environment=(\w+)=/gm)].map(([, name]) => name ?? '');
  const known = new Set<string>(Object.values(settings).map(({ name }) => name));
  expect(names).toHaveLength(2);
  expect(names.filter((name) => !known.has(name))).toEqual([]);
});
