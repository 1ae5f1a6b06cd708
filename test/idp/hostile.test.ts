/** A Mode that is as hostile as the goal can bear. */
import { playAll } from './play-all.ts';

playAll('sqlite', 'hostile');
