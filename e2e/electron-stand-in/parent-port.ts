import { EventEmitter } from 'node:events';

/** `process.parentPort` of a utility process, over the channel of `child_process.fork`. */
class ParentPort extends EventEmitter {
  postMessage(message: object): void {
    process.send?.(message);
  }
}

const port = new ParentPort();
process.on('message', (data) => {
  port.emit('message', { data, ports: [] });
});
// A utility process never outlives its app.
process.on('disconnect', () => process.exit(0));
Object.defineProperty(process, 'parentPort', { value: port });
