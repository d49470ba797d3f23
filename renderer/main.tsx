import './design/tokens.css';
import './design/base.css';
import './design/primitives.css';
import './design/overlays.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { runConnection } from './api/engine.ts';
import { App } from './app/App.tsx';
import { startActs } from './app/acts.ts';
import { startContainers } from './containers/follow.ts';
import { startCompare } from './detail/compare/store.ts';
import { startDetail } from './detail/store.ts';
import { startList } from './list/actions.ts';
import { startSettings } from './preferences/settings.ts';

startList();
startDetail();
startCompare();
startContainers();
startSettings();
startActs();
void runConnection();

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
