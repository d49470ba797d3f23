import { expect, test } from '../support/fixtures.ts';
import { openDesktop } from '../support/surfaces.ts';

test('the window opens where it was left', async ({ home }) => {
  const place = { x: 140, y: 120, width: 1_001, height: 702 };
  const first = await openDesktop({ home });
  await first.app.evaluate(({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0]?.setBounds(bounds), place);
  await first.close();
  const second = await openDesktop({ home });
  const bounds = await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());
  await second.close();
  expect(bounds).toEqual(place);
});
