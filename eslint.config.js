// One owner each (ARCHITECTURE.md): what a folder may import is checked by dependency-cruiser; what a file may
// touch of the runtime (environment, time, randomness, console) is checked here.
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

const TIME = 'Time has one owner: take a Clock as an argument (src/clock.ts).';
const ownsEnvironment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Only src/config reads the environment.',
};
const ownsTime = [
  { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: TIME },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: TIME },
  { selector: 'CallExpression[callee.name=/^(setTimeout|setInterval)$/]', message: TIME },
  { selector: "CallExpression[callee.object.name='performance'][callee.property.name='now']", message: TIME },
  {
    selector: "CallExpression[callee.object.name='AbortSignal'][callee.property.name='timeout']",
    message: TIME,
  },
  {
    selector:
      'ImportDeclaration[source.value=/^(node:)?timers/] > ImportSpecifier[imported.name=/^set(Timeout|Interval)$/]',
    message: TIME,
  },
];

const RANDOM = 'Randomness has one owner: take a Random as an argument (src/random.ts).';
const ownsRandomness = [
  { selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']", message: RANDOM },
  {
    selector: 'ImportDeclaration[source.value=/^(node:)?crypto$/] > ImportSpecifier[imported.name=/^random/]',
    message: RANDOM,
  },
];

export default defineConfig(
  { ignores: ['node_modules', 'data', 'coverage', 'dist'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      // Index signatures are read with brackets (noPropertyAccessFromIndexSignature).
      '@typescript-eslint/dot-notation': 'off',
      // Takes Kysely's result types, which queries only carry along, for instances.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Ports are closures: their functions may be taken off them.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.cjs'],
    languageOptions: { globals: { module: 'writable', process: 'readonly' } },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { regexp },
    rules: {
      // Strangers choose the text that most patterns read: the time that a pattern takes must grow with the text, no faster.
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential', ignorePartial: false }],
      'no-console': 'error',
      'no-restricted-syntax': ['error', ownsEnvironment, ...ownsTime, ...ownsRandomness],
    },
  },
  { files: ['src/cli/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['src/config/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...ownsTime, ...ownsRandomness] },
  },
  {
    files: ['src/clock.ts'],
    rules: { 'no-restricted-syntax': ['error', ownsEnvironment, ...ownsRandomness] },
  },
  {
    files: ['src/random.ts', 'src/sandbox/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ownsEnvironment, ...ownsTime] },
  },
);
