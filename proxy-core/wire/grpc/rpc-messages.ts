import type { ProtoField } from '../../rrpair/protos.ts';

/**
 * What servers say of an error beside its code (github.com/googleapis/googleapis: google/rpc/status.proto, error_details.proto; AIP-193). Each message is a text of fields:
 * `1 name type`, with `[]` behind a type of which there are many, and a map by the type of its values in angles.
 */
const texts: Readonly<Record<string, string>> = {
  Status: '1 code int32, 2 message string, 3 details .google.protobuf.Any[]',
  ErrorInfo: '1 reason string, 2 domain string, 3 metadata <string>',
  RetryInfo: '1 retry_delay .google.protobuf.Duration',
  DebugInfo: '1 stack_entries string[], 2 detail string',
  QuotaFailure: '1 violations .google.rpc.QuotaFailure.Violation[]',
  'QuotaFailure.Violation': `1 subject string, 2 description string, 3 api_service string, 4 quota_metric string, 5 quota_id string,
    6 quota_dimensions <string>, 7 quota_value int64, 8 future_quota_value int64`,
  PreconditionFailure: '1 violations .google.rpc.PreconditionFailure.Violation[]',
  'PreconditionFailure.Violation': '1 type string, 2 subject string, 3 description string',
  BadRequest: '1 field_violations .google.rpc.BadRequest.FieldViolation[]',
  'BadRequest.FieldViolation':
    '1 field string, 2 description string, 3 reason string, 4 localized_message .google.rpc.LocalizedMessage',
  RequestInfo: '1 request_id string, 2 serving_data string',
  ResourceInfo: '1 resource_type string, 2 resource_name string, 3 owner string, 4 description string',
  Help: '1 links .google.rpc.Help.Link[]',
  'Help.Link': '1 description string, 2 url string',
  LocalizedMessage: '1 locale string, 2 message string',
};

export const STATUS = 'google.rpc.Status';

export const rpcMessages: Record<string, ProtoField[]> = Object.fromEntries(
  Object.entries(texts).map(([name, text]) => [`google.rpc.${name}`, text.split(/,\s*/).map(fieldOf)]),
);

function fieldOf(text: string): ProtoField {
  const [number, name = '', type = ''] = text.split(' ');
  const plain = { number: Number(number), name, type: type.replace(/^<|>$|\[\]$/g, '') };
  if (type.startsWith('<')) return { ...plain, key: 'string' };
  return type.endsWith('[]') ? { ...plain, many: true } : plain;
}
