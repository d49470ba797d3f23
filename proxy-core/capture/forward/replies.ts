/** What the front answers to what is no request that it could forward. */
export interface Reply {
  status: number;
  reason: string;
  /** Plain text for a person. */
  text: string;
}

export function encodeReply(reply: Reply, method: string): Buffer {
  const body = Buffer.from(reply.text.endsWith('\n') ? reply.text : `${reply.text}\n`);
  const head = [
    `HTTP/1.1 ${reply.status} ${reply.reason}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${body.length}`,
    'Connection: close',
    '',
    '',
  ].join('\r\n');
  return method === 'HEAD' ? Buffer.from(head) : Buffer.concat([Buffer.from(head), body]);
}

function badRequest(text: string): Reply {
  return { status: 400, reason: 'Bad Request', text };
}

/** Someone opened the proxy port as if it were a website. `proxyUrl` is where they reached us. */
export function proxyPortPage(proxyUrl: string): Reply {
  return badRequest(`This is Sidetap, an HTTP proxy. It is not a website: there is nothing to see at this address.

To see the requests of an application, send them through this port:

    curl -x ${proxyUrl} http://example.com/
    export http_proxy=${proxyUrl} https_proxy=${proxyUrl}
    sidetap start capture -- COMMAND

The window with the recorded requests opens with:

    sidetap inspect`);
}

export function malformedRequest(): Reply {
  return badRequest(
    'Sidetap could not read this as an HTTP/1.x request: the first line has to be METHOD http://host/path HTTP/1.1.',
  );
}

export function badAuthority(authority: string): Reply {
  return badRequest(
    `Sidetap cannot tell where to connect: ${JSON.stringify(authority)} is not a host with a port between 1 and 65535.`,
  );
}

export function unknownScheme(scheme: string): Reply {
  return {
    status: 501,
    reason: 'Not Implemented',
    text: `Sidetap forwards http:// and https:// requests; ${JSON.stringify(scheme)} is neither.`,
  };
}

export function headTooLarge(limit: number): Reply {
  return {
    status: 431,
    reason: 'Request Header Fields Too Large',
    text: `The head of this request is larger than ${limit} bytes, or too many large ones are under way: more than Sidetap forwards.`,
  };
}

export function headTimeout(seconds: number): Reply {
  return {
    status: 408,
    reason: 'Request Timeout',
    text: `The head of this request was not complete after ${seconds} seconds.`,
  };
}
