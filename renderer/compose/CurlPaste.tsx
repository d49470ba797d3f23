import { useState } from 'react';
import { Button } from '../design/Button.tsx';
import { pasteCurl } from './store.ts';

/** Reads a curl command into the fields. It is not run. */
export function CurlPaste({ onDone }: { onDone: () => void }) {
  const [command, setCommand] = useState('');
  const take = async (): Promise<void> => {
    if (await pasteCurl(command)) onDone();
  };
  return (
    <div className="compose-part">
      <textarea
        aria-label="curl command"
        className="input mono compose-text"
        placeholder="curl 'http://localhost:3000/path' -H 'Accept: application/json'"
        spellCheck={false}
        autoFocus
        rows={4}
        value={command}
        onChange={(event) => setCommand(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          // In the form around it this would send what is not read yet.
          event.preventDefault();
          event.stopPropagation();
          if (command.trim() !== '') void take();
        }}
      />
      <div className="compose-part-head">
        <span className="muted">For bash, cmd or PowerShell. It is read, not run.</span>
        <Button disabled={command.trim() === ''} onClick={() => void take()}>
          Take over
        </Button>
      </div>
    </div>
  );
}
