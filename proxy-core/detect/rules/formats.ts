/** Formats by media type: exact names first, then RFC 6839 structured suffixes, then top-level types. */
export const mediaTypeFormats: Readonly<Record<string, string>> = {
  'application/json': 'JSON',
  'text/json': 'JSON',
  'application/x-ndjson': 'JSON lines',
  'application/jsonl': 'JSON lines',
  'application/xml': 'XML',
  'text/xml': 'XML',
  'text/html': 'HTML',
  'application/xhtml+xml': 'HTML',
  'text/css': 'CSS',
  'text/javascript': 'JavaScript',
  'application/javascript': 'JavaScript',
  'text/csv': 'CSV',
  'text/plain': 'Text',
  'text/event-stream': 'Server-sent events',
  'application/x-www-form-urlencoded': 'Form',
  'multipart/form-data': 'Multipart',
  'application/pdf': 'PDF',
  'application/x-protobuf': 'Protobuf',
  'application/protobuf': 'Protobuf',
  'application/vnd.google.protobuf': 'Protobuf',
  'application/msgpack': 'MessagePack',
  'application/x-msgpack': 'MessagePack',
  'application/cbor': 'CBOR',
  'application/graphql': 'GraphQL',
  'application/soap+xml': 'SOAP',
  'application/octet-stream': 'Binary',
  'application/zip': 'ZIP',
  'application/gzip': 'gzip file',
  'application/wasm': 'WebAssembly',
  'application/openmetrics-text': 'Metrics',
};

export const suffixFormats: Readonly<Record<string, string>> = {
  '+json': 'JSON',
  '+xml': 'XML',
  '+protobuf': 'Protobuf',
  '+cbor': 'CBOR',
};

export const topLevelFormats: Readonly<Record<string, string>> = {
  'image/': 'Image',
  'video/': 'Video',
  'audio/': 'Audio',
  'font/': 'Font',
  'application/grpc-web': 'gRPC-Web',
  'application/grpc': 'gRPC',
};
