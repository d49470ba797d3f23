import { expect, test } from 'vitest';
import { imagesText } from './agent-images.ts';

test.each([
  [0, [], 'There was no image of the agent.'],
  [1, [], 'The agent’s image was removed.'],
  [2, [], '2 images of the agent were removed.'],
  [0, ['localhost/sidetap-agent:1'], 'localhost/sidetap-agent:1 stays, because a container uses it.'],
  [1, ['a:1', 'a:2'], 'The agent’s image was removed. a:1, a:2 stay, because containers use them.'],
])('%i removed, %j in use', (removed, inUse, text) => {
  expect(imagesText({ removed, inUse })).toBe(text);
});
