/** The names of the export formats, for the help of commands. */
import { FEED_FORMATS } from '../feed/formats.ts';

export const EXPORT_FORMATS: readonly string[] = FEED_FORMATS.map(({ name }) => name);
