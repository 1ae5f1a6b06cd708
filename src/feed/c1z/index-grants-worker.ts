/** The thread of index-grants.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { openUnsafely } from './c1z-database.ts';
import { CREATE_GRANT_INDEXES } from './c1z-tables.ts';

const connection = openUnsafely(workerData as string);
try {
  for (const statement of CREATE_GRANT_INDEXES) connection.exec(statement);
} finally {
  connection.close();
}
parentPort?.postMessage('done');
