/** Interfaces that language models are had by, whoever serves them. */
export type ModelShape = 'openai' | 'anthropic' | 'gemini' | 'ollama';

export const modelShapeTitles: Readonly<Record<ModelShape, string>> = {
  openai: 'OpenAI API',
  anthropic: 'Anthropic API',
  gemini: 'Gemini API',
  ollama: 'Ollama API',
};

const openAi = /\/(?:chat\/completions|completions|responses|embeddings)$/;
/** Azure names what it deployed in the path. */
const deployment = /\/openai\/deployments\/([\w.-]{1,100})\//;
const anthropic = /\/v1\/messages(?:\/count_tokens)?$/;
const gemini = /\/models\/([\w.:-]+):(?:streamGenerateContent|generateContent|embedContent)$/;
const ollama = /\/api\/(?:chat|generate|embed)$/;

function shapeOf(path: string): ModelShape | null {
  return openAi.test(path) ? 'openai' : anthropic.test(path) ? 'anthropic' : ollama.test(path) ? 'ollama' : null;
}

/** The path is one of those: whether it is such a call, the body tells. */
export function mayCallModel(path: string): boolean {
  return shapeOf(path) !== null || gemini.test(path);
}

export interface ModelCall {
  shape: ModelShape;
  /** As the request names it. */
  model: string;
}

/**
 * The call of a model that a request makes, by its path (without a query) and the beginning of its JSON; null when it is none. The path alone is anybody's: the body must name a model,
 * and have what is said to it.
 */
export function modelCall(path: string, beginning: string): ModelCall | null {
  const byPath = gemini.exec(path)?.[1];
  if (byPath !== undefined) return { shape: 'gemini', model: byPath };
  const shape = shapeOf(path);
  if (shape === null) return null;
  const model = deployment.exec(path)?.[1] ?? /"model"\s*:\s*"([^"\\]{1,100})"/.exec(beginning)?.[1];
  // A long conversation may stand before the model's name, and a name before what is said: one of them has to be there.
  const speaks = /"(?:messages|input|prompt|contents|system)"\s*:/.test(beginning);
  return model === undefined || !speaks ? null : { shape, model };
}
