import { superviseDocker } from './supervisor.ts';

/** vitest and Playwright call it before their first test, and what it answers after their last. */
export default superviseDocker;
