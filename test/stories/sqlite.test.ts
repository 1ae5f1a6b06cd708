/** A few stories in every world on SQLite. */
import { tellFixedStories } from './tell-fixed-stories.ts';

tellFixedStories('sqlite');
