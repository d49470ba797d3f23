import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright';

/**
 * What is measured inside of the window. The functions are sent to the page as text, so that none of them may use anything from here; they are
 * written as texts because the DOM is not known to this side.
 */

/** Before the page's own scripts: notes when the first row with content was painted, and every long task. */
export const watchScript = `(() => {
  const seen = { firstRow: 0, tasks: [], gap: 0 };
  window.__bench = seen;
  const look = () => {
    if (document.querySelector('#pairs [data-index]') !== null) {
      // In the next frame it has been painted.
      requestAnimationFrame(() => { seen.firstRow = performance.now(); });
    } else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.tasks.push({ at: entry.startTime, millis: entry.duration });
  }).observe({ type: 'longtask', buffered: true });
})()`;

export async function firstPaint(page: Page): Promise<{ contentful: number; firstRow: number }> {
  // The page's content security policy lets nothing be evaluated from inside, so that it is looked at again and again.
  while ((await page.evaluate<number>('window.__bench.firstRow')) === 0) await delay(20);
  return page.evaluate<{ contentful: number; firstRow: number }>(`({
    contentful: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    firstRow: window.__bench.firstRow,
  })`);
}

/** Scrolls to a share of the whole height. Answers how long, ms, and how many frames it took until no row in sight was blank. */
export function scrollTo(page: Page, share: number): Promise<{ millis: number; frames: number }> {
  return page.evaluate<{ millis: number; frames: number }>(`new Promise((resolve, reject) => {
    const grid = document.querySelector('#pairs');
    const started = performance.now();
    let frames = 0;
    grid.scrollTop = (grid.scrollHeight - grid.clientHeight) * ${share};
    const look = () => {
      frames += 1;
      const { top, bottom } = grid.getBoundingClientRect();
      const rows = [...grid.querySelectorAll('.virtual-area [role=row]')].filter((row) => {
        const box = row.getBoundingClientRect();
        return box.bottom > top + 30 && box.top < bottom;
      });
      // The first frame may still show the rows from before the event.
      const filled = frames > 1 && rows.length > 5 && rows.every((row) => row.dataset.index !== undefined);
      if (filled) resolve({ millis: performance.now() - started, frames });
      else if (performance.now() - started > 10_000) reject(new Error('rows stayed blank'));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  })`);
}

/** Does something that asks a new question, and answers how long it took until the answer was there, ms. */
async function untilAnswered(page: Page, act: string): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve, reject) => {
    let asked = false;
    const started = performance.now();
    const observer = new MutationObserver(() => {
      const busy = document.querySelector('#pairs')?.getAttribute('aria-busy');
      if (busy === 'true') asked = true;
      if (!asked || busy !== 'false') return;
      observer.disconnect();
      resolve(performance.now() - started);
    });
    observer.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['aria-busy'] });
    setTimeout(() => reject(new Error('no answer')), 30_000);
    ${act}
  })`);
}

export function filterBy(page: Page, filter: string): Promise<number> {
  return untilAnswered(
    page,
    `const input = document.querySelector('#filter');
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, ${JSON.stringify(filter)});
    input.dispatchEvent(new Event('input', { bubbles: true }));
    // The field takes the new text first.
    requestAnimationFrame(() => input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true })));`,
  );
}

export function sortBy(page: Page, column: string): Promise<number> {
  return untilAnswered(page, `document.querySelector('#pairs [role=columnheader][data-column=${column}] button').click();`);
}

/** The longest task of the main thread since the last call, ms; 0 when none was longer than 50. */
export function longestTask(page: Page): Promise<number> {
  return page.evaluate<number>(`window.__bench.tasks.splice(0).reduce((most, { millis }) => Math.max(most, millis), 0)`);
}
