/** A Mode that is kind, on SQLite. */
import { playAll } from './play-all.ts';

playAll('sqlite', 'kind');
