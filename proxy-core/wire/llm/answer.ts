/** What captured JSON may be; looked at before it is used. */
type Json = unknown;

/** A tool that the model asks for. */
export interface ToolCall {
  name: string;
  /** JSON as the model wrote it, which may be none. */
  input: string;
}

/**
 * Puts together what a model answered, of whole answers and of the pieces of a stream alike: each shape has members of its own, so that they can be told apart
 * by what is there. Pieces are those of OpenAI's chat completions, completions and responses, of Anthropic's messages, of Gemini's and of Ollama's.
 */
export class ModelAnswer {
  model = '';
  thinking = '';
  refusal = '';
  stop = '';
  error = '';
  /** How it is counted: name for people, and number. */
  readonly tokens = new Map<string, number>();
  readonly facts: [name: string, value: string][] = [];
  readonly #texts = new Map<string, string>();
  readonly #tools = new Map<string, ToolCall>();
  #vectors = 0;

  /** The text of each of the answers: most often one. */
  get texts(): string[] {
    return [...this.#texts.values()].filter((text) => text !== '');
  }

  get tools(): ToolCall[] {
    return [...this.#tools.values()];
  }

  get vectors(): number {
    return this.#vectors;
  }

  /** Takes a whole answer or a piece of one. */
  take(piece: Json): void {
    for (const one of listOf(piece)) this.#take(memberMap(one));
  }

  #take(piece: Members): void {
    this.model ||= textOf(piece['model']) || textOf(piece['modelVersion']);
    this.#error(piece['error']);
    this.#usage(memberMap(piece['usage']));
    this.#geminiUsage(memberMap(piece['usageMetadata']));
    this.#count('Tokens in', piece['prompt_eval_count']);
    this.#count('Tokens out', piece['eval_count']);
    for (const choice of listOf(piece['choices'])) this.#choice(memberMap(choice));
    for (const candidate of listOf(piece['candidates'])) this.#candidate(memberMap(candidate));
    if (Array.isArray(piece['data'])) this.#vectors += piece['data'].length;
    this.#anthropic(piece);
    this.#responses(piece);
    this.#ollama(piece);
  }

  #error(error: Json): void {
    if (error === undefined || error === null) return;
    const { type, code, message } = memberMap(error);
    this.error ||= [textOf(type) || textOf(code), textOf(message) || textOf(error)].filter((word) => word !== '').join(': ');
  }

  #usage(usage: Members): void {
    this.#count('Tokens in', usage['prompt_tokens'] ?? usage['input_tokens']);
    this.#count('Tokens out', usage['completion_tokens'] ?? usage['output_tokens']);
    const inDetail = memberMap(usage['prompt_tokens_details'] ?? usage['input_tokens_details']);
    const outDetail = memberMap(usage['completion_tokens_details'] ?? usage['output_tokens_details']);
    this.#count('Of them from the cache', inDetail['cached_tokens'] ?? usage['cache_read_input_tokens']);
    this.#count('Written to the cache', usage['cache_creation_input_tokens']);
    this.#count('Of them reasoning', outDetail['reasoning_tokens']);
  }

  #geminiUsage(usage: Members): void {
    this.#count('Tokens in', usage['promptTokenCount']);
    this.#count('Tokens out', usage['candidatesTokenCount']);
    this.#count('Of them from the cache', usage['cachedContentTokenCount']);
    this.#count('Of them reasoning', usage['thoughtsTokenCount']);
  }

  /** Later counts are the larger ones: streams count on as they go. */
  #count(name: string, value: Json): void {
    if (typeof value !== 'number' || !Number.isFinite(value)) return;
    const before = this.tokens.get(name);
    if (before === undefined ? value > 0 || name.startsWith('Tokens') : value > before) this.tokens.set(name, value);
  }

  /** A choice of OpenAI: a message, the difference to it, or bare text. */
  #choice(choice: Members): void {
    const index = numberOf(choice['index']);
    const message = memberMap(choice['message'] ?? choice['delta']);
    this.stop = textOf(choice['finish_reason']) || this.stop;
    this.#say(`choice ${String(index)}`, textOf(message['content']) || textOf(choice['text']));
    this.thinking += textOf(message['reasoning_content']) || textOf(message['reasoning']);
    this.refusal += textOf(message['refusal']);
    for (const [place, tool] of listOf(message['tool_calls']).entries()) {
      const { index: at = place, function: called } = memberMap(tool);
      const { name, arguments: input } = memberMap(called);
      this.#tool(`choice ${String(index)} ${String(numberOf(at))}`, textOf(name), textOf(input));
    }
  }

  /** A candidate of Gemini. */
  #candidate(candidate: Members): void {
    const index = numberOf(candidate['index']);
    this.stop = textOf(candidate['finishReason']) || this.stop;
    for (const part of listOf(memberMap(candidate['content'])['parts'])) {
      const { text, thought, functionCall } = memberMap(part);
      if (thought === true) this.thinking += textOf(text);
      else this.#say(`candidate ${String(index)}`, textOf(text));
      const { name, args } = memberMap(functionCall);
      if (textOf(name) !== '') this.#tool(`candidate ${String(this.#tools.size)}`, textOf(name), jsonOf(args));
    }
  }

  /** A message of Anthropic, or an event about it. */
  #anthropic(piece: Members): void {
    const index = numberOf(piece['index']);
    switch (piece['type']) {
      case 'message':
        for (const [place, block] of listOf(piece['content']).entries()) this.#block(place, memberMap(block));
        this.stop = textOf(piece['stop_reason']) || this.stop;
        return;
      case 'message_start':
        this.#take(memberMap(piece['message']));
        return;
      case 'content_block_start':
        this.#block(index, memberMap(piece['content_block']));
        return;
      case 'content_block_delta': {
        const delta = memberMap(piece['delta']);
        this.#say(`block ${String(index)}`, textOf(delta['text']));
        this.thinking += textOf(delta['thinking']);
        if (textOf(delta['partial_json']) !== '') this.#tool(`block ${String(index)}`, '', textOf(delta['partial_json']));
        return;
      }
      case 'message_delta':
        this.stop = textOf(memberMap(piece['delta'])['stop_reason']) || this.stop;
        return;
      default:
    }
  }

  #block(index: number, block: Members): void {
    const { type, text, thinking, name, input } = block;
    this.#say(`block ${String(index)}`, textOf(text));
    this.thinking += textOf(thinking);
    if (type !== 'tool_use' && type !== 'server_tool_use') return;
    // At the beginning of a stream the input is an empty object, and comes in pieces.
    const whole = Object.keys(memberMap(input)).length > 0 ? jsonOf(input) : '';
    this.#tool(`block ${String(index)}`, textOf(name), whole);
  }

  /** A response of OpenAI's responses, or an event about it. */
  #responses(piece: Members): void {
    const type = textOf(piece['type']);
    const item = `item ${String(numberOf(piece['output_index']))}`;
    if (type === 'response.output_text.delta') this.#say(item, textOf(piece['delta']));
    else if (type === 'response.reasoning_summary_text.delta') this.thinking += textOf(piece['delta']);
    else if (type === 'response.function_call_arguments.delta') this.#tool(item, '', textOf(piece['delta']));
    else if (type === 'response.output_item.added') this.#item(item, memberMap(piece['item']), false);
    else if (type === 'response.completed' || type === 'response.incomplete' || type === 'response.failed') {
      const whole = memberMap(piece['response']);
      this.model ||= textOf(whole['model']);
      this.stop = textOf(whole['status']) || this.stop;
      this.#error(whole['error']);
      this.#usage(memberMap(whole['usage']));
    } else if (type === 'error') this.error ||= textOf(piece['message']);
    if (piece['object'] !== 'response') return;
    this.stop = textOf(piece['status']) || this.stop;
    for (const [place, one] of listOf(piece['output']).entries()) this.#item(`item ${String(place)}`, memberMap(one), true);
  }

  #item(place: string, item: Members, whole: boolean): void {
    if (item['type'] === 'function_call') this.#tool(place, textOf(item['name']), whole ? textOf(item['arguments']) : '');
    if (!whole) return;
    for (const part of listOf(item['content'])) this.#say(place, textOf(memberMap(part)['text']));
    for (const part of listOf(item['summary'])) this.thinking += textOf(memberMap(part)['text']);
  }

  #ollama(piece: Members): void {
    if (typeof piece['done'] !== 'boolean') return;
    const message = memberMap(piece['message']);
    this.#say('ollama', textOf(message['content']) || textOf(piece['response']));
    this.thinking += textOf(message['thinking']) || textOf(piece['thinking']);
    this.stop = textOf(piece['done_reason']) || this.stop;
    for (const tool of listOf(message['tool_calls'])) {
      const { name, arguments: input } = memberMap(memberMap(tool)['function']);
      this.#tool(`ollama ${String(this.#tools.size)}`, textOf(name), jsonOf(input));
    }
  }

  #say(place: string, text: string): void {
    if (text !== '') this.#texts.set(place, (this.#texts.get(place) ?? '') + text);
  }

  #tool(place: string, name: string, input: string): void {
    const before = this.#tools.get(place) ?? { name: '', input: '' };
    this.#tools.set(place, { name: before.name || name, input: before.input + input });
  }
}

export type Members = Readonly<Record<string, Json>>;

/** The members of an object; none of anything else. */
export function memberMap(value: Json): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

/** The elements of an array; a value by itself is the only one. */
export function listOf(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

export function textOf(value: Json): string {
  return typeof value === 'string' ? value : '';
}

function numberOf(value: Json): number {
  return typeof value === 'number' ? value : 0;
}

export function jsonOf(value: Json): string {
  return value === undefined ? '' : JSON.stringify(value, null, 2);
}
