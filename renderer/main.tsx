import './design/tokens.css';
import './design/base.css';
import './design/primitives.css';
import './design/overlays.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { runConnection } from './api/engine.ts';
import { App } from './app/App.tsx';
import { startDetail } from './detail/store.ts';
import { startList } from './list/actions.ts';

startList();
startDetail();
void runConnection();

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
