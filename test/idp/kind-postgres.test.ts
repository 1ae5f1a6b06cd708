/** A Mode that is kind, on PostgreSQL. The engines differ below the store's ports: some recordings are enough. */
import { playAll } from './play-all.ts';

playAll('postgres', 'kind', 4);
