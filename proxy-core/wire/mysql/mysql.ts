import type { WireProtocol } from '../protocol.ts';
import { createMysqlDecoder } from './decoder.ts';
import { detectMysql } from './detect.ts';
import { readMysql } from './read.ts';

/** MySQL, MariaDB and what speaks like them (Percona, TiDB, Vitess, ProxySQL): version 10 of the protocol. */
export const mysql: WireProtocol = {
  name: 'mysql',
  ports: [3306, 4000, 6033],
  detect: detectMysql,
  createDecoder: createMysqlDecoder,
  read: readMysql,
};
