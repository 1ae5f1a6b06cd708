// The architecture, as rules: what each folder may import (ARCHITECTURE.md tells it in prose). Everything that is
// not named here is forbidden.

const ALWAYS = [
  '^src/errors\\.ts$',
  '^src/clock\\.ts$',
  '^src/random\\.ts$',
  '^src/system-error\\.ts$',
  '^src/whole-file\\.ts$',
  '^src/manifest\\.ts$',
  '^src/thread-file\\.ts$',
  '^node:',
];

/** A folder, what it may import besides itself, errors, clock and Node's own modules, and why. */
const FOLDERS = {
  directory: { may: [], why: 'What the IdP said is the middle: it knows no protocol, no vendor, no SQL.' },
  provisioning: {
    may: ['^src/directory/', 'node_modules/p-map/'],
    why: 'What must happen is decided from domain values alone.',
  },
  audit: {
    may: ['node_modules/(canonicalize|typebox)/'],
    why: 'A chain of hashes over entries: it does not know what they say, and is verified without a database.',
  },
  notices: {
    may: ['^src/provisioning/', 'node_modules/undici/'],
    why: 'What people must know, from what is stored: it changes nothing, and the worker does not know it.',
  },
  operators: {
    may: ['^src/directory/', '^src/provisioning/', '^src/audit/', '^src/notices/'],
    why: 'The use cases of people, by ports: no HTTP, no SQL, no vendor.',
  },
  scim: {
    may: [
      '^src/directory/',
      '^src/http/',
      '^src/recording/',
      'node_modules/(fastify|scimmy|scim2-parse-filter)/',
    ],
    why: 'SCIM comes in and becomes directory words; it never sees Mode, the worker or the store.',
  },
  recording: {
    may: ['node_modules/typebox/'],
    why: 'What a recording says and how it is played: no protocol words beyond requests and answers.',
  },
  feed: {
    may: [
      '^src/directory/(change|attributes|subject|access/connection|access/token-holder)\\.ts$',
      '^src/provisioning/(model/observed|reason/reasons?)\\.ts$',
      '^src/http/',
      'node_modules/(fastify|typebox|@fastify/type-provider-typebox|@bufbuild/protobuf|csv-parse|jose)/',
    ],
    why: 'The feed cannot write, but for how far a receiver of events has come: it sees nothing else that can.',
  },
  admin: {
    may: [
      '^src/operators/',
      '^src/directory/access/(connection|idp-profile|token-holder)\\.ts$',
      '^src/directory/requests/logged-request\\.ts$',
      '^src/notices/notice\\.ts$',
      '^src/provisioning/',
      '^src/http/',
      'node_modules/(fastify|typebox|@fastify/type-provider-typebox|@fastify/swagger|@fastify/swagger-ui)/',
    ],
    why: 'A face of operators/: it formats, and decides nothing.',
  },
  targets: {
    may: ['^src/provisioning/', 'node_modules/(undici|typebox)/'],
    why: 'A target speaks its vendor’s language and provisioning’s, and knows no other.',
  },
  worker: {
    may: ['^src/provisioning/', '^src/directory/', 'node_modules/p-map/'],
    why: 'The worker drives ports; which store and which target stand behind them is none of its business.',
  },
  store: {
    may: [
      '^src/directory/',
      '^src/provisioning/',
      '^src/audit/(audit-store|checkpoint|entry)\\.ts$',
      '^src/notices/notice(-store)?\\.ts$',
      '^src/feed/(feed-change|feed-store|feed-snapshot|model)\\.ts$',
      '^src/feed/events/event-(key-)?store\\.ts$',
      '^src/operators/(status-store|explain/explain-store|state/log-store|undo/(undo-store|restored))\\.ts$',
      'node_modules/(kysely|p-limit|pg|@types/pg|pg-types)/',
    ],
    why: 'The only SQL. It implements ports and calls nobody.',
  },
  sandbox: {
    may: ['^src/http/', 'node_modules/(fastify|typebox)/'],
    why: 'The simulated Mode is a program of its own and knows nothing of the bridge.',
  },
  http: { may: ['node_modules/(fastify|@fastify/swagger)/'], why: 'Plumbing: no domain words.' },
  config: {
    may: [
      '^src/directory/access/(connection|idp-profile|read-pins|wanted-access)\\.ts$',
      'node_modules/(typebox|yaml)/',
    ],
    why: 'Settings are read in one place and passed in.',
  },
  observability: { may: ['node_modules/(fastify|pino|prom-client)/'], why: 'Watches; decides nothing.' },
  cli: {
    may: [
      '^src/app/',
      '^src/config/',
      '^src/observability/',
      '^src/operators/',
      '^src/admin/(explain|hold|leaver|notice|plan|plan-json|request|state|status|task|undo)-view\\.ts$',
      '^src/feed/encoders/csv-cell\\.ts$',
      'node_modules/commander/',
    ],
    why: 'Commands go through the composition root and the operators’ use cases.',
  },
};

/** One folder owns each library. */
const OWNERS = [
  { library: 'scimmy|scim2-parse-filter', owner: 'scim', comment: 'SCIM is spoken in one folder.' },
  { library: 'undici', owner: '(targets|notices)', comment: 'Only targets and the webhook call out.' },
  { library: 'kysely|pg', owner: 'store', comment: 'SQL stays in the store.' },
  { library: 'pino|prom-client', owner: 'observability', comment: 'Logs and metrics are made in one place.' },
  { library: '@bufbuild/protobuf', owner: 'feed/c1z', comment: 'Protobuf is what a c1z file is made of.' },
  { library: 'csv-parse', owner: 'feed/files', comment: 'Only files to compare are read as CSV.' },
  { library: 'commander', owner: 'cli', comment: 'Arguments are read in one place.' },
  { library: 'yaml', owner: 'config', comment: 'Only the configuration is YAML.' },
  { library: 'canonicalize', owner: 'audit', comment: 'Only the audit log is canonical JSON.' },
  { library: 'jose', owner: 'feed', comment: 'Only events are signed.' },
];

module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Data flows one way.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'only-app-wires',
      comment: 'app/ alone knows every folder; only the command line starts it.',
      severity: 'error',
      from: { pathNot: '^src/(app|cli)/' },
      to: { path: '^src/app/' },
    },
    {
      name: 'targets-do-not-meet',
      comment: 'A vendor’s folder knows no other vendor.',
      severity: 'error',
      from: { path: '^src/targets/([^/]+)/' },
      to: { path: '^src/targets/', pathNot: '^src/targets/$1/' },
    },
    {
      name: 'sqlite-stays-in-the-store',
      comment:
        'SQL stays in the store. A c1z file is the exception: SQLite is its format, as JSON is another’s.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(store|feed/c1z)/' },
      to: { path: '^(node:)?sqlite$' },
    },
    {
      name: 'root-files-stand-alone',
      comment: 'errors and clock import nothing of the bridge.',
      severity: 'error',
      from: { path: '^src/(errors|clock|system-error)\\.ts$' },
      to: { path: '^src/' },
    },
    ...Object.entries(FOLDERS).map(([folder, { may, why }]) => ({
      name: `${folder}-imports`,
      comment: why,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { pathNot: [`^src/${folder}/`, ...ALWAYS, ...may], dependencyTypesNot: ['core'] },
    })),
    ...OWNERS.map(({ library, owner, comment }) => ({
      name: `${library.split('|')[0]}-has-an-owner`,
      comment,
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/${owner}/` },
      to: { path: `node_modules/(${library})/` },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
