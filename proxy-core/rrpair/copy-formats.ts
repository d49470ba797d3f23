/** The forms, beside curl, in which a request leaves Sidetap as something to run or to send. */
export const codeFormats = ['fetch', 'python', 'go', 'java', 'csharp', 'php', 'httpie', 'wget', 'raw'] as const;
export type CodeFormat = (typeof codeFormats)[number];

/** One entry of a “Copy as” menu. `export.curl` serves those with a shell, `export.code` the others. */
export type CopyFormat =
  | { id: string; label: string; operation: 'curl'; shell: 'bash' | 'powershell' | 'cmd'; fileName: string }
  | { id: string; label: string; operation: 'code'; format: CodeFormat; fileName: string };

/** The “Copy as” menu, in its order. `fileName` is what the text is called when it is saved; the language follows from its ending. */
export const copyFormats: readonly CopyFormat[] = [
  { id: 'curl-bash', label: 'cURL (bash)', operation: 'curl', shell: 'bash', fileName: 'request.sh' },
  { id: 'curl-powershell', label: 'cURL (PowerShell)', operation: 'curl', shell: 'powershell', fileName: 'request.ps1' },
  { id: 'curl-cmd', label: 'cURL (cmd)', operation: 'curl', shell: 'cmd', fileName: 'request.cmd' },
  { id: 'fetch', label: 'JavaScript (fetch)', operation: 'code', format: 'fetch', fileName: 'request.mjs' },
  { id: 'python', label: 'Python (requests)', operation: 'code', format: 'python', fileName: 'request.py' },
  { id: 'go', label: 'Go (net/http)', operation: 'code', format: 'go', fileName: 'main.go' },
  { id: 'java', label: 'Java (java.net.http)', operation: 'code', format: 'java', fileName: 'Request.java' },
  { id: 'csharp', label: 'C# (HttpClient)', operation: 'code', format: 'csharp', fileName: 'Request.cs' },
  { id: 'php', label: 'PHP (curl)', operation: 'code', format: 'php', fileName: 'request.php' },
  { id: 'httpie', label: 'HTTPie', operation: 'code', format: 'httpie', fileName: 'request.sh' },
  { id: 'wget', label: 'wget', operation: 'code', format: 'wget', fileName: 'request.sh' },
  { id: 'raw', label: 'Raw HTTP', operation: 'code', format: 'raw', fileName: 'request.http' },
];
