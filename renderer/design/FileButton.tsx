import { useRef } from 'react';
import { Button, type ButtonProps } from './Button.tsx';

interface FileButtonProps extends Pick<ButtonProps, 'icon' | 'tone' | 'children'> {
  /** The accessible name of the browser's own field for files. */
  label: string;
  multiple?: boolean;
  /** Extensions and media types that the browser's dialog offers. */
  accept?: string;
  /** The chosen files, at least one, where the browser asks for them. */
  onFiles: (files: File[]) => void;
  /** Their paths, where the desktop asks. Without it the browser's dialog is shown there, too. */
  onPaths?: (paths: string[]) => void;
}

/** A button that lets files be chosen: in the system's dialog where the caller takes paths and the desktop gives them, otherwise in the browser's. */
export function FileButton({ label, multiple = false, accept, onFiles, onPaths, ...button }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  const desktop = onPaths === undefined ? undefined : window.sidetapDesktop;
  const choose = async (): Promise<void> => {
    if (desktop === undefined) {
      input.current?.click();
      return;
    }
    const paths = await desktop.chooseFiles();
    if (paths.length > 0) onPaths?.(paths);
  };
  return (
    <>
      <Button {...button} onClick={() => void choose()} />
      {desktop === undefined && (
        <input
          ref={input}
          type="file"
          hidden
          multiple={multiple}
          accept={accept}
          aria-label={label}
          onChange={({ target }) => {
            const files = [...(target.files ?? [])];
            // The same file may be chosen again, after it was changed.
            target.value = '';
            if (files.length > 0) onFiles(files);
          }}
        />
      )}
    </>
  );
}
