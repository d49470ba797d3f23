import type { HttpFacts, MessageFacts } from '../facts.ts';
import { type Beginning, type Call, labelled } from './call.ts';
import { answerText } from './members.ts';

/** SOAP: the action by the field of 1.1, by the parameter of 1.2, or by the element that the body holds. */
export function soapCall({ request }: HttpFacts, { text }: Beginning): Call | null {
  const field = request.headers.get('soapaction');
  const contentType = request.headers.get('content-type') ?? '';
  const isSoap = field !== undefined || request.mediaType === 'application/soap+xml';
  const envelope = /<(?:[\w.-]+:)?Envelope[\s>]/.test(text) && text.includes('schemas.xmlsoap.org/soap/envelope');
  if (!isSoap && !envelope) return null;
  const action = field ?? /;\s*action\s*=\s*"?([^";]+)/i.exec(contentType)?.[1] ?? '';
  const element = /<(?:[\w.-]+:)?Body[^>]*>\s*<(?:[\w.-]+:)?([\w.-]{1,100})/.exec(text)?.[1] ?? '';
  // The last part of its URI, or of its URN.
  const name = /([^/#:"]+)["/#:]*$/.exec(action.trim())?.[1] ?? '';
  const where =
    field === undefined ? (isSoap ? 'request header content-type' : 'request body is an envelope') : 'request header soapaction';
  return {
    technology: 'SOAP',
    kind: 'protocol',
    where,
    value: action.replaceAll('"', ''),
    label: labelled(name || element),
    errorOf,
  };
}

/** A fault comes with a status of its own, unless somebody between changed it. */
function errorOf(response: MessageFacts): string | null {
  const text = answerText(response);
  if (!/<(?:[\w.-]+:)?Fault[\s>]/.test(text)) return null;
  return /<(?:[\w.-]+:)?(?:faultcode|Value)[^>]*>\s*(?:[\w.-]+:)?([\w.-]{1,60})/.exec(text)?.[1] ?? '';
}
