/** The technology of the pairs that a server of HTTP/2 pushed, and nobody has asked for (RFC 9113 8.4). */
export const SERVER_PUSH = 'Server push';

/** Whether a pair is one of them, as SQL over its row: its technologies stand between line breaks. */
export const pushedSql = `instr(technologies, char(10) || '${SERVER_PUSH}' || char(10)) > 0`;
