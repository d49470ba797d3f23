import { expect, type Locator, type Page } from '@playwright/test';

/** What a person does in the window, by the names that a screen reader says. */

export function rows(window: Page): Locator {
  return window.getByRole('grid', { name: 'Request list' }).locator('[role="row"][data-index]');
}

export function row(window: Page, text: string | RegExp): Locator {
  return rows(window).filter({ hasText: text });
}

/** One cell of the row that shows `text`. */
export function cell(window: Page, text: string | RegExp, column: string): Locator {
  return row(window, text).locator(`[data-column="${column}"]`);
}

/** The messages at the edge of the window. */
export function messages(window: Page): Locator {
  return window.getByRole('region', { name: 'Messages' });
}

/** Opens the details of the row that shows `text`, and returns them. */
export async function openDetail(window: Page, text: string | RegExp): Promise<Locator> {
  await row(window, text).first().click();
  const detail = window.getByRole('region', { name: 'Details' });
  await expect(detail.getByRole('tab', { name: 'Overview' })).toBeVisible();
  return detail;
}

/** Types a filter as a person would. */
export async function typeFilter(window: Page, filter: string): Promise<void> {
  const input = window.getByRole('combobox', { name: 'Filter' });
  await input.fill(filter);
  await input.press('Enter');
}

/** What must not happen while hostile content is shown; ask at the end. */
export interface Watch {
  dialogs: string[];
  /** Addresses that the window asked for, its own engine's aside. */
  foreignRequests: string[];
  complaints: string[];
}

export function watch(window: Page): Watch {
  const seen: Watch = { dialogs: [], foreignRequests: [], complaints: [] };
  const { origin } = new URL(window.url());
  window.on('dialog', (dialog) => {
    seen.dialogs.push(dialog.message());
    dialog.dismiss().catch(() => {
      // The page that opened it is gone.
    });
  });
  window.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !/^(?:blob|data):/.test(url)) seen.foreignRequests.push(url);
  });
  window.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') seen.complaints.push(message.text());
  });
  window.on('pageerror', (error) => seen.complaints.push(String(error)));
  return seen;
}
