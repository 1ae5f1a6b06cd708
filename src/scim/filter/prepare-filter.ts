/**
 * Rewrites a filter before it is parsed, so that the grammar accepts what clients send: values without quotes or in single
 * quotes, `attr[...].sub eq "x"`, `attr[...] eq "x"`. Values are replaced with numbered placeholders, so that the parser
 * does not see the escapes, quotes and brackets in them.
 */
import { BridgeError } from '../../errors.ts';

const QUOTED = /\s*("(?:[^"\\]|\\.)*")/suy;
/** A single quote ends a value only before a blank, a bracket or the end: 'O'Brien' is one value. */
const SINGLE_QUOTED = /\s*('(?:[^'\\]|\\.|'(?![\s\])]|$))*')/suy;
const SINGLY = /^'.*'$/su;
const BRACKET = /\s*([[\]()])/uy;
const WORD = /\s*([^\s[\]()"]+)/uy;
const COMPARISONS: ReadonlySet<string> = new Set(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']);
const JOINS: ReadonlySet<string> = new Set(['and', 'or', 'not']);
/** Characters that a database cannot store as text. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/** A value to compare with: its text, and whether it was written as a literal of another type than text. */
export interface Literal {
  readonly text: string;
  readonly type: 'text' | 'boolean' | 'null';
}

export interface PreparedFilter {
  readonly text: string;
  /** The values of the placeholders `"#0"`, `"#1"`, … in the text. */
  readonly literals: readonly Literal[];
}

interface Token {
  readonly text: string;
  readonly kind: 'path' | 'operator' | 'value' | 'bracket' | 'join';
}

/** @throws BridgeError invalid_filter */
export function prepareFilter(filter: string): PreparedFilter {
  const tokens = tokenize(filter);
  const literals: Literal[] = [];
  const out: string[] = [];
  let brackets: number[] = [];

  const placeholder = (literal: Literal) => {
    literals.push(literal);
    return `"#${literals.length - 1}"`;
  };

  for (let index = 0; index < tokens.length; index += 1) {
    const { text: token = '', kind } = tokens[index] ?? {};
    const next = tokens[index + 1]?.text ?? '';
    if (token === '[') {
      brackets.push(out.length);
      out.push('[');
    } else if (token === ']') {
      const opened = brackets.at(-1);
      brackets = brackets.slice(0, -1);
      const sub = next.startsWith('.')
        ? next.slice(1)
        : COMPARISONS.has(next.toLowerCase())
          ? 'value'
          : undefined;
      if (sub === undefined || opened === undefined) {
        out.push(']');
        continue;
      }
      // The comparison after the brackets is about the same element, so it moves into the brackets.
      const start = next.startsWith('.') ? index + 2 : index + 1;
      const [operator, operand] = [tokens[start]?.text, tokens[start + 1]?.text];
      if (operator === undefined) throw unreadable(filter);
      out[opened] = '[(';
      if (operator.toLowerCase() === 'pr') {
        out.push(`) and ${sub} pr]`);
        index = start;
        continue;
      }
      if (operand === undefined) throw unreadable(filter);
      out.push(`) and ${sub} ${operator} ${placeholder(literalOf(operand))}]`);
      index = start + 1;
    } else if (kind === 'value') {
      out.push(placeholder(literalOf(token)));
    } else {
      out.push(token);
    }
  }
  return { text: out.join(' ').replaceAll(/ ?\[ ?/g, '['), literals };
}

/** The position of a word decides its kind: `familyName eq Le` compares with the name Le. */
function tokenize(filter: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = end;
    const text = pattern.exec(filter)?.[1];
    if (text !== undefined) end = pattern.lastIndex;
    return text;
  };
  for (;;) {
    const previous = tokens.at(-1);
    const expectsValue = previous?.kind === 'operator';
    const quoted = take(QUOTED) ?? (expectsValue ? take(SINGLE_QUOTED) : undefined);
    if (quoted !== undefined) {
      tokens.push({ text: quoted, kind: 'value' });
      continue;
    }
    const bracket = take(BRACKET);
    if (bracket !== undefined) {
      tokens.push({ text: bracket, kind: 'bracket' });
      continue;
    }
    const word = take(WORD);
    if (word === undefined) break;
    tokens.push({ text: word, kind: expectsValue ? 'value' : kindOf(word, previous) });
  }
  if (filter.slice(end).trim() !== '') throw unreadable(filter);
  return tokens;
}

function kindOf(word: string, previous: Token | undefined): Token['kind'] {
  const name = word.toLowerCase();
  const followsPath = previous?.kind === 'path' || previous?.text === ']';
  if (followsPath && COMPARISONS.has(name)) return 'operator';
  return JOINS.has(name) ? 'join' : 'path';
}

/** Numbers are kept as text, because they are compared with text. */
function literalOf(token: string): Literal {
  const text = token.startsWith('"')
    ? unquoted(token)
    : SINGLY.test(token)
      ? token.slice(1, -1).replaceAll(/\\(.)/gsu, '$1')
      : token;
  if (UNSTORABLE.test(text))
    throw new BridgeError('invalid_filter', 'The filter has a character that is not valid in text.');
  const bare = token.toLowerCase();
  if (bare === 'true' || bare === 'false') return { text: bare, type: 'boolean' };
  return { text, type: bare === 'null' ? 'null' : 'text' };
}

function unquoted(token: string): string {
  try {
    return JSON.parse(token) as string;
  } catch {
    throw new BridgeError(
      'invalid_filter',
      'The filter has a value with an escape sequence that is not valid in JSON.',
    );
  }
}

function unreadable(filter: string): BridgeError {
  return new BridgeError('invalid_filter', `The filter is not valid: ${filter.slice(0, 100)}`);
}
