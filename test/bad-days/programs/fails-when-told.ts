/** To be loaded before the engine: something goes wrong outside of any call when SIGUSR2 comes. */
process.on('SIGUSR2', () => {
  throw new Error('told to fail');
});
