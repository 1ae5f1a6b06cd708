/** What Mode's documents promise, and a person who does what no call does. */
import { playAll } from './play-all.ts';

playAll('sqlite', 'documented', 4);
