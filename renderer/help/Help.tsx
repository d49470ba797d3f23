import { useState } from 'react';
import { Dialog } from '../design/Dialog.tsx';
import { ContainersHelp } from './ContainersHelp.tsx';
import { Doctor } from './Doctor.tsx';
import { KeysHelp } from './KeysHelp.tsx';
import { RouteHelp } from './RouteHelp.tsx';
import { closeHelp, type HelpTopic, useHelp } from './store.ts';
import { TrustHelp } from './TrustHelp.tsx';
import './help.css';

const WORDS: Readonly<Record<HelpTopic, { title: string; description?: string }>> = {
  route: { title: 'Route traffic here' },
  containers: {
    title: 'Containers',
    description: 'Flip a container’s switch, and the next request into and out of it is in the list.',
  },
  trust: {
    title: 'Trust the certificate',
    description:
      'To show what HTTPS calls say, Sidetap signs them with its own certificate. Clients that do not trust it still work; their calls just stay unread.',
  },
  doctor: { title: 'Why do I see nothing?', description: 'Every step on the way of a request is checked.' },
  keys: { title: 'Keys' },
};

export function Help() {
  const topic = useHelp((state) => state.topic);
  // What was shown stays until the dialog is gone.
  const [shown, setShown] = useState<HelpTopic>('route');
  if (topic !== null && topic !== shown) setShown(topic);
  return (
    <Dialog open={topic !== null} onClose={closeHelp} wide={shown === 'trust' || shown === 'keys'} {...WORDS[shown]}>
      {shown === 'route' && <RouteHelp />}
      {shown === 'containers' && <ContainersHelp />}
      {shown === 'trust' && <TrustHelp />}
      {shown === 'doctor' && <Doctor />}
      {shown === 'keys' && <KeysHelp />}
    </Dialog>
  );
}
