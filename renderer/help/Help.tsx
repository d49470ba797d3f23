import { Dialog } from '../design/Dialog.tsx';
import { Doctor } from './Doctor.tsx';
import { KeysHelp } from './KeysHelp.tsx';
import { RouteHelp } from './RouteHelp.tsx';
import { closeHelp, type HelpTopic, useHelp } from './store.ts';
import { TrustHelp } from './TrustHelp.tsx';
import './help.css';

const WORDS: Readonly<Record<HelpTopic, { title: string; description?: string }>> = {
  route: { title: 'Route traffic here' },
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
  const words = topic === null ? { title: '' } : WORDS[topic];
  return (
    <Dialog open={topic !== null} onClose={closeHelp} wide={topic === 'trust' || topic === 'keys'} {...words}>
      {topic === 'route' && <RouteHelp />}
      {topic === 'trust' && <TrustHelp />}
      {topic === 'doctor' && <Doctor />}
      {topic === 'keys' && <KeysHelp />}
    </Dialog>
  );
}
