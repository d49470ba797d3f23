/** How a command is answered. */
export type AnswerKind =
  | 'connect'
  | 'change'
  | 'simple'
  | 'query'
  | 'execute'
  | 'fetch'
  | 'prepare'
  | 'fields'
  | 'statistics'
  | 'nothing'
  | 'unread';

export interface CommandFacts {
  /** As the list shows it. */
  name: string;
  answer: AnswerKind;
}

/** First bytes of commands (https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_command_phase.html, https://mariadb.com/kb/en/0-packet/). */
export const command = {
  quit: 0x01,
  initDb: 0x02,
  query: 0x03,
  fieldList: 0x04,
  createDb: 0x05,
  dropDb: 0x06,
  kill: 0x0c,
  changeUser: 0x11,
  prepare: 0x16,
  execute: 0x17,
  longData: 0x18,
  close: 0x19,
  reset: 0x1a,
  fetch: 0x1c,
  resetConnection: 0x1f,
  bulkExecute: 0xfa,
} as const;

const facts = new Map<number, CommandFacts>([
  [command.quit, { name: 'Quit', answer: 'nothing' }],
  [command.initDb, { name: 'InitDb', answer: 'simple' }],
  [command.query, { name: 'Query', answer: 'query' }],
  [command.fieldList, { name: 'FieldList', answer: 'fields' }],
  [command.createDb, { name: 'CreateDb', answer: 'simple' }],
  [command.dropDb, { name: 'DropDb', answer: 'simple' }],
  [0x07, { name: 'Refresh', answer: 'simple' }],
  [0x08, { name: 'Shutdown', answer: 'simple' }],
  [0x09, { name: 'Statistics', answer: 'statistics' }],
  [0x0a, { name: 'ProcessInfo', answer: 'query' }],
  [command.kill, { name: 'ProcessKill', answer: 'simple' }],
  [0x0d, { name: 'Debug', answer: 'simple' }],
  [0x0e, { name: 'Ping', answer: 'simple' }],
  [command.changeUser, { name: 'ChangeUser', answer: 'change' }],
  [0x12, { name: 'BinlogDump', answer: 'unread' }],
  [0x13, { name: 'TableDump', answer: 'unread' }],
  [0x15, { name: 'RegisterReplica', answer: 'simple' }],
  [command.prepare, { name: 'Prepare', answer: 'prepare' }],
  [command.execute, { name: 'Execute', answer: 'execute' }],
  [command.longData, { name: 'SendLongData', answer: 'nothing' }],
  [command.close, { name: 'Close', answer: 'nothing' }],
  [command.reset, { name: 'Reset', answer: 'simple' }],
  [0x1b, { name: 'SetOption', answer: 'simple' }],
  [command.fetch, { name: 'Fetch', answer: 'fetch' }],
  [0x1e, { name: 'BinlogDumpGtid', answer: 'unread' }],
  [command.resetConnection, { name: 'ResetConnection', answer: 'simple' }],
  [0x20, { name: 'Clone', answer: 'unread' }],
  [0x21, { name: 'SubscribeGroupReplication', answer: 'unread' }],
  [command.bulkExecute, { name: 'BulkExecute', answer: 'execute' }],
]);

export function commandFacts(type: number): CommandFacts | undefined {
  return facts.get(type);
}
