import { expect, test } from 'vitest';
import { noUserRules } from '../rrpair/masking.ts';
import { SecretNames } from './names.ts';
import { maskSql } from './sql.ts';

const names = new SecretNames(noUserRules);

function mask(sql: string): string {
  return maskSql(
    sql,
    (name) => names.rule(name, 'other'),
    () => undefined,
  );
}

test.each([
  [
    "SELECT * FROM users WHERE name = 'ann' AND password = 'hunter2'",
    "SELECT * FROM users WHERE name = 'ann' AND password = '***'",
  ],
  ["UPDATE users SET password='a''b', name='ann' WHERE id = 7", "UPDATE users SET password='***', name='ann' WHERE id = 7"],
  [
    "INSERT INTO users (name, password, age) VALUES ('ann', 'x', 5), ('bob', lower('y'), 6)",
    "INSERT INTO users (name, password, age) VALUES ('ann', '***', 5), ('bob', lower('***'), 6)",
  ],
  ['INSERT INTO `users` (`api_token`,"n") VALUES (\'tok\', 1)', 'INSERT INTO `users` (`api_token`,"n") VALUES (\'***\', 1)'],
  ['SELECT * FROM t WHERE pin IN (1234, 5678) AND n IN (1, 2)', "SELECT * FROM t WHERE pin IN ('***', '***') AND n IN (1, 2)"],
  ["CREATE USER ann IDENTIFIED BY 'pw'", "CREATE USER ann IDENTIFIED BY '***'"],
  ["ALTER USER ann WITH PASSWORD 'pw'", "ALTER USER ann WITH PASSWORD '***'"],
  [
    "SELECT password, name FROM users WHERE id = 7 -- password = 'x'",
    "SELECT password, name FROM users WHERE id = 7 -- password = 'x'",
  ],
  ['SELECT * FROM users WHERE password = $1 AND id = 7', 'SELECT * FROM users WHERE password = $1 AND id = 7'],
  ["WHERE token = 'cut off", "WHERE token = '***'"],
  ["SET app.secret = E'a\\'b'; SELECT 'plain'", "SET app.secret = E'***'; SELECT 'plain'"],
])('%s', (sql, expected) => {
  expect(mask(sql)).toBe(expected);
});

test('a megabyte of any kind is read in one pass', () => {
  for (const piece of ["'", "''", '(', 'into values ', '-- ', '/* ', '"', "password = 'x', "]) {
    const started = performance.now();
    mask(piece.repeat(1_000_000 / piece.length));
    expect(performance.now() - started).toBeLessThan(5_000);
  }
});
