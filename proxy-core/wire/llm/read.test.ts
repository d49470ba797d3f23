import { describe, expect, test } from 'vitest';
import type { ReadingSection } from '../../rrpair/reading.ts';
import { readModelCall, type StoredModelCall } from './read.ts';
import { type ModelShape, modelCall } from './shape.ts';

function answered(
  shape: ModelShape,
  response: string,
  responseType: string,
  more: Partial<StoredModelCall> = {},
): Record<string, string> {
  const reading = readModelCall({
    call: { shape, model: 'm' },
    request: Buffer.from('{}'),
    response: Buffer.from(response),
    responseType,
    open: false,
    ...more,
  });
  return plain(reading.response.sections, reading.response.problem);
}

/** Sections by their titles, and fields by their names. */
function plain(sections: readonly ReadingSection[], problem: string): Record<string, string> {
  const found: Record<string, string> = problem === '' ? {} : { problem };
  for (const section of sections) {
    if (section.kind === 'fields') for (const [name, value] of section.fields) found[name] = value;
    else if (section.kind === 'text') found[section.title] = section.text;
    else if (section.kind === 'value') found[section.title] = Buffer.from(section.base64, 'base64').toString();
  }
  return found;
}

const whole = (value: unknown): [string, string] => [JSON.stringify(value), 'application/json'];
const events = (...pieces: readonly unknown[]): [string, string] => [
  pieces.map((piece) => `data: ${typeof piece === 'string' ? piece : JSON.stringify(piece)}\n\n`).join(''),
  'text/event-stream',
];

const delta = (content: unknown, finish: string | null = null): unknown => ({
  model: 'gpt-x',
  choices: [{ index: 0, delta: content, finish_reason: finish }],
});

const part = (text: string): unknown => ({ content: { parts: [{ text }] }, index: 0 });

describe('a streamed answer says the same as a whole one', () => {
  test('chat completions of OpenAI', () => {
    const usage = {
      prompt_tokens: 1_200,
      completion_tokens: 20,
      prompt_tokens_details: { cached_tokens: 1_024 },
      completion_tokens_details: { reasoning_tokens: 8 },
    };
    const tool = { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } };
    const expected = {
      Model: 'gpt-x',
      'Ended because': 'tool_calls',
      'Tokens in': '1,200',
      'Tokens out': '20',
      'Of them from the cache': '1,024',
      'Of them reasoning': '8',
      Text: 'Let me look.',
      'Tool weather': '{"city":"Oslo"}',
    };
    const choice = {
      index: 0,
      finish_reason: 'tool_calls',
      message: { role: 'assistant', content: 'Let me look.', tool_calls: [tool] },
    };
    expect(answered('openai', ...whole({ model: 'gpt-x', choices: [choice], usage }))).toEqual(expected);
    const stream = events(
      delta({ role: 'assistant', content: '' }),
      delta({ content: 'Let me ' }),
      delta({ content: 'look.' }),
      delta({ tool_calls: [{ index: 0, id: 'c1', function: { name: 'weather', arguments: '' } }] }),
      delta({ tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] }),
      delta({ tool_calls: [{ index: 0, function: { arguments: '"Oslo"}' } }] }),
      delta({}, 'tool_calls'),
      { model: 'gpt-x', choices: [], usage },
      '[DONE]',
    );
    expect(answered('openai', ...stream)).toEqual(expected);
    expect(answered('openai', stream[0].slice(0, 200), stream[1], { open: true })).toMatchObject({
      problem: 'The answer is still coming.',
    });
  });

  test('responses of OpenAI', () => {
    const response = {
      object: 'response',
      status: 'completed',
      model: 'gpt-x',
      output: [
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }] },
        { type: 'message', content: [{ type: 'output_text', text: 'Hello' }] },
        { type: 'function_call', name: 'weather', arguments: '{}' },
      ],
      usage: { input_tokens: 5, output_tokens: 7, output_tokens_details: { reasoning_tokens: 3 } },
    };
    const expected = {
      Model: 'gpt-x',
      'Ended because': 'completed',
      'Tokens in': '5',
      'Tokens out': '7',
      'Of them reasoning': '3',
      Thinking: 'Hm.',
      Text: 'Hello',
      'Tool weather': '{}',
    };
    expect(answered('openai', ...whole(response))).toEqual(expected);
    const stream = events(
      { type: 'response.created', response: { model: 'gpt-x' } },
      { type: 'response.reasoning_summary_text.delta', output_index: 0, delta: 'Hm.' },
      { type: 'response.output_text.delta', output_index: 1, delta: 'Hel' },
      { type: 'response.output_text.delta', output_index: 1, delta: 'lo' },
      { type: 'response.output_item.added', output_index: 2, item: { type: 'function_call', name: 'weather', arguments: '' } },
      { type: 'response.function_call_arguments.delta', output_index: 2, delta: '{}' },
      { type: 'response.completed', response },
    );
    expect(answered('openai', ...stream)).toEqual(expected);
  });

  test('messages of Anthropic', () => {
    const usage = { input_tokens: 30, output_tokens: 12, cache_read_input_tokens: 10, cache_creation_input_tokens: 0 };
    const expected = {
      Model: 'claude-x',
      'Ended because': 'tool_use',
      'Tokens in': '30',
      'Tokens out': '12',
      'Of them from the cache': '10',
      Thinking: 'Which city?',
      Text: 'I will look.',
      'Tool weather': '{\n  "city": "Oslo"\n}',
    };
    const message = {
      type: 'message',
      model: 'claude-x',
      stop_reason: 'tool_use',
      content: [
        { type: 'thinking', thinking: 'Which city?' },
        { type: 'text', text: 'I will look.' },
        { type: 'tool_use', name: 'weather', input: { city: 'Oslo' } },
      ],
      usage,
    };
    expect(answered('anthropic', ...whole(message))).toEqual(expected);
    const stream = events(
      { type: 'message_start', message: { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } } },
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Which city?' } },
      { type: 'ping' },
      { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'I will ' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'look.' } },
      { type: 'content_block_start', index: 2, content_block: { type: 'tool_use', name: 'weather', input: {} } },
      { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{\n  "city": ' } },
      { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '"Oslo"\n}' } },
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 12 } },
      { type: 'message_stop' },
    );
    expect(answered('anthropic', ...stream)).toEqual(expected);
  });

  test('Gemini and Ollama', () => {
    const usageMetadata = { promptTokenCount: 3, candidatesTokenCount: 4 };
    const gemini = { Model: 'g', 'Tokens in': '3', 'Tokens out': '4', Text: 'Hello' };
    expect(
      answered(
        'gemini',
        ...whole([
          { modelVersion: 'g', candidates: [part('Hel')] },
          { candidates: [part('lo')], usageMetadata },
        ]),
      ),
    ).toEqual(gemini);
    expect(
      answered('gemini', ...events({ modelVersion: 'g', candidates: [part('Hel')] }, { candidates: [part('lo')], usageMetadata })),
    ).toEqual(gemini);
    const lines = [
      { model: 'l', message: { role: 'assistant', content: 'Hel' }, done: false },
      { model: 'l', message: { role: 'assistant', content: 'lo' }, done: false },
      { model: 'l', done: true, done_reason: 'stop', prompt_eval_count: 3, eval_count: 4 },
    ];
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    expect(answered('ollama', text, 'application/x-ndjson')).toEqual({
      Model: 'l',
      'Ended because': 'stop',
      'Tokens in': '3',
      'Tokens out': '4',
      Text: 'Hello',
    });
  });
});

test('embeddings, errors, and answers that are none', () => {
  expect(answered('openai', ...whole({ object: 'list', model: 'e', data: [{}, {}], usage: { prompt_tokens: 9 } }))).toEqual({
    Model: 'e',
    'Tokens in': '9',
    Vectors: '2',
  });
  expect(answered('openai', ...whole({ error: { type: 'rate_limit', message: 'Slow down.' } }))).toEqual({
    Error: 'rate_limit: Slow down.',
  });
  expect(answered('anthropic', ...events({ type: 'error', error: { type: 'overloaded_error', message: 'Busy' } }))).toMatchObject({
    Error: 'overloaded_error: Busy',
  });
  expect(answered('openai', '<html>', 'text/html')['problem']).toContain('Response shows it');
});

test('what is said is shown with who said it, tools and settings', () => {
  const { request } = readModelCall({
    call: { shape: 'anthropic', model: 'claude-x' },
    request: Buffer.from(
      JSON.stringify({
        model: 'claude-x',
        max_tokens: 100,
        stream: true,
        system: [{ type: 'text', text: 'Be brief.' }],
        tools: [{ name: 'weather', input_schema: {} }],
        messages: [
          { role: 'user', content: 'How is Oslo?' },
          { role: 'assistant', content: [{ type: 'tool_use', name: 'weather', input: { city: 'Oslo' } }] },
          {
            role: 'user',
            content: [
              { type: 'tool_result', content: [{ type: 'text', text: 'rain' }] },
              { type: 'image', source: {} },
            ],
          },
        ],
      }),
    ),
    response: Buffer.alloc(0),
    responseType: '',
    open: true,
  });
  expect(request.sections[0]).toMatchObject({
    fields: [
      ['Interface', 'Anthropic API'],
      ['Model', 'claude-x'],
      ['Streamed', 'true'],
      ['Most tokens', '100'],
      ['Tools', 'weather'],
    ],
  });
  expect(request.sections.slice(1).map((section) => (section.kind === 'text' ? [section.title, section.text] : []))).toEqual([
    ['System', 'Be brief.'],
    ['User', 'How is Oslo?'],
    ['Assistant', 'weather({\n  "city": "Oslo"\n})'],
    ['User', 'rain\n[image]'],
  ]);
});

test('captured JSON may be anything', () => {
  const odd = [
    null,
    1,
    'x',
    [[]],
    { choices: 'x' },
    { choices: [null] },
    { usage: 5, content: {} },
    { type: 'message', content: [7] },
    { data: 3 },
    { error: [] },
  ];
  for (const value of odd) {
    const [body, type] = whole(value);
    expect(() => answered('openai', body, type, { request: Buffer.from(body) }), body).not.toThrow();
  }
  const deep = Buffer.from(`{"messages":${'['.repeat(200_000)}${']'.repeat(200_000)}}`);
  expect(() => answered('openai', '{}', 'application/json', { request: deep })).not.toThrow();
});

test('the call is told by path and body', () => {
  expect(modelCall('/v1/chat/completions', '{"model":"a","messages":[]}')).toEqual({ shape: 'openai', model: 'a' });
  expect(modelCall('/openai/deployments/x/chat/completions', '{"messages":[]}')).toEqual({ shape: 'openai', model: 'x' });
  expect(modelCall('/v1/messages', '{"text":"hi"}')).toBeNull();
});
