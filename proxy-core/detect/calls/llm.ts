import { modelCall, modelShapeTitles } from '../../wire/llm/shape.ts';
import type { HttpFacts } from '../facts.ts';
import { type Beginning, type Call, labelled, noError } from './call.ts';

/** Calls of language models: what they are called by is the model. */
export function llmCall({ path }: HttpFacts, { text }: Beginning): Call | null {
  const call = modelCall(path, text);
  if (call === null) return null;
  const where = 'path, and the model in the request';
  const technology = modelShapeTitles[call.shape];
  return { technology, kind: 'protocol', where, value: path, label: labelled(call.model), errorOf: noError };
}
