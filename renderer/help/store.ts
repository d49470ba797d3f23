import { create } from 'zustand';

export type HelpTopic = 'route' | 'containers' | 'trust' | 'doctor' | 'keys';

export const useHelp = create<{ topic: HelpTopic | null }>(() => ({ topic: null }));

export function showHelp(topic: HelpTopic): void {
  useHelp.setState({ topic });
}

export function closeHelp(): void {
  useHelp.setState({ topic: null });
}
