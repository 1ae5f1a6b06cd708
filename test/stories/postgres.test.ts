/** A few stories in every world on PostgreSQL. */
import { tellFixedStories } from './tell-fixed-stories.ts';

tellFixedStories('postgres');
