/**
 * npm run bench: the bridge beside scimmy-routers and a bare Fastify route, in one run on one machine. What counts
 * are the ratios. `--quick` is a shorter run, `--engine postgres` takes that engine,
 * `--gate` measures only what the gate costs, `--json FILE` writes the rows.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { comparison } from './comparison.ts';
import { gateCost } from './gate-cost.ts';
import { hostile } from './hostile.ts';
import { largeDirectory } from './large-directory.ts';
import { printTable } from './table.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    engine: { type: 'string', default: 'sqlite' },
    /** Only what the gate costs. */
    gate: { type: 'boolean', default: false },
  },
});
if (values.engine !== 'sqlite' && values.engine !== 'postgres') {
  throw new Error('--engine is sqlite or postgres');
}
const options = { engine: values.engine, quick: values.quick } as const;
const rows = values.gate
  ? await gateCost(options)
  : [
      ...(await comparison(options)),
      ...(await gateCost(options)),
      ...(await largeDirectory(options)),
      ...(await hostile(options)),
    ];
printTable(rows);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ rows }, undefined, 2)}\n`);
if (rows.some((row) => row.met === false)) process.exitCode = 1;
