/** The attributes and operators of a filter, without the values. */
import type { FilterClause } from '../../directory/requests/logged-request.ts';
import type { Filter } from '../filter/parse-filter.ts';
import type { AttributeNames } from './attribute-names.ts';

export function filterShape(names: AttributeNames, filter: Filter): readonly FilterClause[] {
  const clauses: FilterClause[] = [];
  const visit = (part: Filter, list: string): void => {
    switch (part.op) {
      case 'and':
      case 'or':
        for (const inner of part.filters) visit(inner, list);
        return;
      case 'not':
        visit(part.filter, list);
        return;
      case '[]':
        visit(part.filter, `${part.path}.`);
        return;
      default:
        clauses.push({ attribute: names(list + part.path) ?? null, operator: part.op });
    }
  };
  visit(filter, '');
  return clauses;
}
