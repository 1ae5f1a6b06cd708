/** Messages for a text that is not YAML. The library's own messages repeat parts of the text, which may be a secret. */
import type { ErrorCode } from 'yaml';

/** One message for every code of the library. A new code does not compile without one. */
export const YAML_ERRORS: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'is not YAML: an alias (*) cannot have an anchor or a tag',
  BAD_ALIAS: 'is not YAML: an alias (*) has no valid name; write a text that begins with * in quotes',
  BAD_COLLECTION_TYPE: 'is not YAML: a tag (!) does not fit the value behind it',
  BAD_DIRECTIVE:
    'is not YAML: a line that begins with % is not a directive; write a text that begins with % in quotes',
  BAD_DQ_ESCAPE: 'is not YAML: a text in double quotes has an invalid escape; write a backslash as \\\\',
  BAD_INDENT: 'is not YAML: the line is indented too much, or too little',
  BAD_PROP_ORDER: 'is not YAML: an anchor (&) or a tag (!) is in the wrong place',
  BAD_SCALAR_START: 'is not YAML: a text begins with a character that needs quotes',
  BLOCK_AS_IMPLICIT_KEY: 'is not YAML: a line has two keys, or a text with ": " that needs quotes',
  BLOCK_IN_FLOW: 'is not YAML: a list or keys on lines of their own cannot be inside brackets',
  DUPLICATE_KEY: 'is not YAML: the key is given twice',
  IMPOSSIBLE: 'is not YAML: the line cannot be read',
  KEY_OVER_1024_CHARS: 'is not YAML: a key is longer than 1024 characters',
  MISSING_CHAR: 'is not YAML: a quote, a bracket or a colon is missing before this',
  MULTILINE_IMPLICIT_KEY: 'is not YAML: a key goes over several lines, or a colon is missing behind it',
  MULTIPLE_ANCHORS: 'is not YAML: a value has more than one anchor (&)',
  MULTIPLE_DOCS: 'has a second document: one file is one document',
  MULTIPLE_TAGS: 'is not YAML: a value has more than one tag (!)',
  NON_STRING_KEY: 'is not YAML: a key is not text',
  RESOURCE_EXHAUSTION: 'is nested too deeply to be read',
  TAB_AS_INDENT: 'is not YAML: a tab cannot indent, use spaces',
  TAG_RESOLVE_FAILED: 'is not YAML: a tag (!) is not known; write a text that begins with ! in quotes',
  UNEXPECTED_TOKEN:
    'is not YAML: something is left over here: a bracket or a comma too many, or a text that needs quotes',
};
