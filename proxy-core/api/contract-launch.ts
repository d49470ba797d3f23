import { oc } from '@orpc/contract';
import { z } from 'zod';
import { launchedSchema, launchOptionsSchema } from '../rrpair/launched.ts';

/** Terminals and browsers under capture. A part of the contract; which are open stands in the status. */
export const launchContract = {
  open: oc
    .route({
      method: 'POST',
      path: '/launched/open',
      description: 'Opens a terminal or a browser under capture, which is switched on when it is off',
    })
    .input(launchOptionsSchema)
    .output(launchedSchema),
  close: oc
    .route({ method: 'POST', path: '/launched/close', description: 'Closes it and what was started in it' })
    .input(z.object({ id: z.number().int().positive() }))
    .output(z.object({ closed: z.boolean() })),
};
