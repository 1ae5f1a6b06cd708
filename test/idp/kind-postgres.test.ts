/** A Mode that is kind, on PostgreSQL. */
import { playAll } from './play-all.ts';

playAll('postgres', 'kind');
