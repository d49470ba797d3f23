import { limits } from '../../../proxy-core/limits.ts';

/** To be loaded before the engine: changes limits to those of the variable, because no test waits for a minute. */
Object.assign(limits, JSON.parse(process.env['SIDETAP_TEST_LIMITS'] ?? '{}'));
