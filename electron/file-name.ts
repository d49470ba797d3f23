import { limits } from './limits.ts';

/** A name of one file on any system: no folders, no characters that Windows forbids, none that hide what it is. */
export function safeFileName(name: string): string {
  const plain = name
    .replaceAll(/[\p{Cc}\p{Cf}<>:"/\\|?*]/gu, '_')
    .slice(0, limits.fileNameChars)
    .replace(/[. ]+$/, '')
    .replace(/^\.+/, '_');
  // Devices of Windows, with any ending.
  const isDevice = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?$/i.test(plain);
  if (plain === '') return 'sidetap-file';
  return isDevice ? `sidetap-${plain}` : plain;
}
