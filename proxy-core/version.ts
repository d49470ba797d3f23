import manifest from '../package.json' with { type: 'json' };

/** Of this Sidetap. */
export const version: string = manifest.version;
