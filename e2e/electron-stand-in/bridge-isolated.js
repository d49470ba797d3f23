/* oxlint-disable unicorn/consistent-function-scoping -- all of it stays inside one function */
/**
 * Runs in a world of its own at document start: what Electron gives to a sandboxed preload script, which is put in place of the mark
 * below. `__standInOut` is a binding that only this world has.
 */
(() => {
  const functions = [];
  const exposed = [];
  const invocations = new Map();
  const listeners = new Map();
  let lastInvocation = 0;

  const toBase64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const encode = (value) =>
    JSON.stringify(value, (_key, part) => (part instanceof Uint8Array ? { __bytes: toBase64(part) } : part));
  const decode = (text) => JSON.parse(text, (_key, part) => (typeof part?.__bytes === 'string' ? fromBase64(part.__bytes) : part));
  const out = (message) => globalThis.__standInOut(encode(message));

  const ipcRenderer = {
    invoke(channel, ...args) {
      lastInvocation += 1;
      const id = lastInvocation;
      return new Promise((resolve, reject) => {
        invocations.set(id, { resolve, reject, channel });
        out({ type: 'invoke', id, channel, args });
      });
    },
    send(channel, ...args) {
      out({ type: 'send', channel, args });
    },
    on(channel, listener) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
  };

  globalThis.__standInIn = (text) => {
    const message = decode(text);
    if (message.type === 'event') {
      for (const listener of listeners.get(message.channel) ?? []) listener({ sender: ipcRenderer }, ...message.args);
      return;
    }
    const { resolve, reject, channel } = invocations.get(message.id);
    invocations.delete(message.id);
    if (message.error === undefined) resolve(message.value);
    else reject(new Error(`Error invoking remote method '${channel}': ${message.error}`));
  };

  const emit = (type, detail) => document.dispatchEvent(new CustomEvent(`electron-stand-in:${type}`, { detail: encode(detail) }));
  const shapeOf = (value) => {
    if (typeof value === 'function') return { kind: 'function', id: functions.push(value) - 1 };
    if (value === null || typeof value !== 'object') return { kind: 'value', value };
    return { kind: 'object', entries: Object.entries(value).map(([name, entry]) => [name, shapeOf(entry)]) };
  };

  document.addEventListener('electron-stand-in:call', (event) => {
    const { call, id, args } = decode(event.detail);
    const failure = (error) => ({ call, error: error instanceof Error ? error.message : String(error) });
    let result;
    try {
      result = functions[id](...args);
    } catch (error) {
      emit('reply', failure(error));
      return;
    }
    if (typeof result?.then !== 'function') {
      emit('reply', { call, value: result });
      return;
    }
    emit('reply', { call, later: true });
    result.then(
      (value) => emit('settle', { call, value }),
      (error) => emit('settle', failure(error)),
    );
  });
  document.addEventListener('electron-stand-in:hello', () => {
    for (const entry of exposed) emit('expose', entry);
  });

  const contextBridge = {
    exposeInMainWorld(key, api) {
      exposed.push({ key, shape: shapeOf(api) });
      emit('expose', exposed.at(-1));
    },
  };
  // A file that a script made is nowhere, and no other one comes here.
  const webUtils = { getPathForFile: () => '' };
  const electron = { contextBridge, ipcRenderer, webUtils };
  const requireInPreload = (name) => {
    if (name === 'electron' || name === 'electron/renderer') return electron;
    throw new Error(`module not found: ${name}`);
  };
  // oxlint-disable-next-line no-unused-vars -- used by the preload script that is put here
  const preload = (require, module, exports, process) => {
    /*PRELOAD*/
  };
  const module = { exports: {} };
  preload(requireInPreload, module, module.exports, { platform: '/*PLATFORM*/', versions: {}, argv: [], env: {} });
})();
