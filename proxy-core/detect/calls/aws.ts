import type { HttpFacts } from '../facts.ts';
import { awsServices } from '../rules/vendors.ts';
import { type Beginning, type Call, labelled, noError } from './call.ts';

/**
 * Calls of AWS, whatever host they go to: the service by the scope of the signature (SigV4) or by the target, the action by `X-Amz-Target` (JSON protocols), by `Action` (query
 * protocol), or by method and path (S3, Lambda).
 */
export function awsCall(facts: HttpFacts, { text }: Beginning): Call | null {
  const { request } = facts;
  const target = request.headers.get('x-amz-target');
  const scope = /^AWS4-HMAC-SHA256 .*?Credential=[^/,]+\/\d{8}\/[\w-]+\/([\w-]{1,40})\/aws4_request/.exec(
    request.headers.get('authorization') ?? '',
  )?.[1];
  if (target !== undefined) {
    const dot = target.lastIndexOf('.');
    const service = serviceName(scope) ?? byTarget(target.slice(0, Math.max(0, dot)));
    const what = /"(?:TableName|StreamName|SecretId|QueueUrl|TopicArn|FunctionName)"\s*:\s*"([^"\\]{1,200})"/.exec(text)?.[1] ?? '';
    return made(service ?? 'AWS', 'request header x-amz-target', target, labelled(target.slice(dot + 1), lastPart(what)));
  }
  if (scope === undefined) return null;
  const service = serviceName(scope) ?? 'AWS';
  const place = 'the scope of the signature in request header authorization';
  const form = request.mediaType === 'application/x-www-form-urlencoded' ? text : facts.request.head.target;
  const action = /(?:^|[?&])Action=(\w{1,100})/.exec(form)?.[1];
  if (action !== undefined) return made(service, place, scope, labelled(action));
  if (scope === 's3') return made(service, place, scope, s3Action(request.head.method, facts.path, request.head.target));
  const invoked = scope === 'lambda' ? /\/functions\/([^/]+)\/invocations$/.exec(facts.path)?.[1] : undefined;
  return made(service, place, scope, invoked === undefined ? '' : labelled('Invoke', lastPart(decoded(invoked))));
}

function made(technology: string, where: string, value: string, label: string): Call {
  return { technology, kind: 'vendor', where, value, label, errorOf: noError };
}

function serviceName(scope: string | undefined): string | undefined {
  return scope === undefined || !Object.hasOwn(awsServices, scope) ? undefined : awsServices[scope];
}

/** `DynamoDB_20120810`, `AmazonSQS`, `secretsmanager`: the service as its own target names it. */
function byTarget(prefix: string): string | undefined {
  const name = prefix
    .replace(/_\d+$/, '')
    .replace(/^(?:Amazon|AWS)/, '')
    .toLowerCase();
  return serviceName(targetNames[name] ?? name);
}

const targetNames: Readonly<Record<string, string>> = {
  dynamodb: 'dynamodb',
  trentservice: 'kms',
  awsevents: 'events',
  events: 'events',
};

/** Of an ARN, a URL or a path what names the thing. */
function lastPart(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf(':')) + 1);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // what is no encoding stays as it is
  }
}

/** Amazon S3 API Reference, "Actions": method, whether there is a key, and a parameter tell the action. */
function s3Action(method: string, path: string, target: string): string {
  const query = target.indexOf('?') < 0 ? '' : target.slice(target.indexOf('?') + 1);
  const has = (name: string): boolean => new RegExp(`(?:^|&)${name}(?:=|&|$)`).test(query);
  if (has('uploads')) return method === 'POST' ? 'CreateMultipartUpload' : 'ListMultipartUploads';
  if (has('uploadId')) return multipart[method] ?? '';
  if (has('list-type')) return 'ListObjectsV2';
  if (has('delete')) return 'DeleteObjects';
  // In path style the bucket is the first segment; with the bucket in the host a key may be all there is, so that only a deeper path is sure.
  if (path === '/' || path === '') return method === 'GET' ? 'ListBuckets or ListObjects' : '';
  return objects[method] ?? '';
}

const multipart: Readonly<Record<string, string>> = {
  PUT: 'UploadPart',
  POST: 'CompleteMultipartUpload',
  DELETE: 'AbortMultipartUpload',
  GET: 'ListParts',
};
const objects: Readonly<Record<string, string>> = {
  GET: 'GetObject',
  PUT: 'PutObject',
  HEAD: 'HeadObject',
  DELETE: 'DeleteObject',
};
