import { expect, test } from 'vitest';
import { sqlInLines, sqlTokens } from './sql.ts';

test('the pieces of a statement are the statement, whatever is in it', () => {
  const sql = `SELECT "a""b", 'it''s', $1, 1.5 -- note\nFROM t /* x */ WHERE $tag$ not ' a text $tag$ = ? AND ünï <> '`;
  const tokens = sqlTokens(sql);
  expect(tokens.map(({ text }) => text).join('')).toBe(sql);
  const kinds = (kind: string): string[] => tokens.filter((token) => token.kind === kind).map(({ text }) => text);
  expect(kinds('keyword')).toEqual(['SELECT', 'FROM', 'WHERE', 'AND']);
  expect(kinds('text')).toEqual([`'it''s'`, `$tag$ not ' a text $tag$`, `'`]);
  expect(kinds('parameter')).toEqual(['$1', '?']);
  expect(kinds('comment')).toEqual(['-- note', '/* x */']);
});

test('clauses get lines of their own, but not in parentheses or texts', () => {
  const sql = `select id, (select max(x) from y where y.id = o.id) from orders o left join users u on u.id = o.user_id where o.state = 'from here' and o.total > $1 order by o.id limit 10`;
  expect(sqlInLines(sql).split('\n')).toEqual([
    'select id, (select max(x) from y where y.id = o.id)',
    'from orders o',
    '  left join users u',
    '    on u.id = o.user_id',
    `where o.state = 'from here'`,
    '  and o.total > $1',
    'order by o.id',
    'limit 10',
  ]);
  expect(sqlInLines('select 1 from a')).toBe('select 1 from a');
});
