/** What can be opened under capture, apart from its schemas: commands must start fast. */
export const launchKinds = ['terminal', 'chromium', 'firefox'] as const;
export type LaunchKind = (typeof launchKinds)[number];

/** What each is called in a sentence. */
export const launchNames: Readonly<Record<LaunchKind, string>> = {
  terminal: 'Terminal',
  chromium: 'Chromium',
  firefox: 'Firefox',
};
