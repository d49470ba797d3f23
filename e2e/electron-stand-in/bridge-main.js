/* oxlint-disable unicorn/consistent-function-scoping -- all of it stays inside one function: the page must see none of it */
/**
 * Runs in the page's own world at document start, and puts there what the preload script exposes. The two worlds share the document and
 * no object, so they talk in events whose detail is text; an event is delivered before `dispatchEvent` returns, in either world.
 */
(() => {
  const replies = new Map();
  const settles = new Map();
  let lastCall = 0;

  const toBase64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  const encode = (value) =>
    JSON.stringify(value, (_key, part) => {
      if (typeof part === 'function') throw new TypeError('the stand-in passes no functions between worlds');
      return part instanceof Uint8Array ? { __bytes: toBase64(part) } : part;
    });
  const emit = (type, detail) => document.dispatchEvent(new CustomEvent(`electron-stand-in:${type}`, { detail: encode(detail) }));
  const on = (type, listener) =>
    document.addEventListener(`electron-stand-in:${type}`, (event) => listener(JSON.parse(event.detail)));

  const outcome = ({ error, value }) => {
    if (error !== undefined) throw new Error(error);
    return value;
  };
  const callable =
    (id) =>
    (...args) => {
      lastCall += 1;
      const call = lastCall;
      emit('call', { call, id, args });
      const reply = replies.get(call);
      replies.delete(call);
      if (!reply.later) return outcome(reply);
      return new Promise((resolve) => {
        settles.set(call, resolve);
      }).then(outcome);
    };
  const build = (shape) => {
    if (shape.kind === 'function') return callable(shape.id);
    if (shape.kind === 'value') return shape.value;
    return Object.freeze(Object.fromEntries(shape.entries.map(([name, entry]) => [name, build(entry)])));
  };

  on('reply', (reply) => replies.set(reply.call, reply));
  on('settle', (settled) => {
    settles.get(settled.call)?.(settled);
    settles.delete(settled.call);
  });
  on('expose', ({ key, shape }) => {
    if (!Object.hasOwn(globalThis, key)) Object.defineProperty(globalThis, key, { value: build(shape), enumerable: true });
  });
  emit('hello', {});
})();
