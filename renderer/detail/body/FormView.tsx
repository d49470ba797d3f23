import { HeaderTable } from '../HeaderTable.tsx';

/** Form fields, percent-encoding removed. */
export function FormView({ text }: { text: string }) {
  const fields = [...new URLSearchParams(text)];
  return (
    <div className="form-view">
      <HeaderTable fields={fields} label="Form fields" />
    </div>
  );
}
