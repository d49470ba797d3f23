import { Popover } from '@base-ui/react/popover';
import { useLayoutEffect, useRef, useState } from 'react';
import { useEngine } from '../api/engine.ts';
import { Button } from '../design/Button.tsx';
import { useSettings } from '../preferences/store.ts';
import { placeOf, sideOf, type TourStep, tourSteps } from './steps.ts';
import { endTour, useTour } from './store.ts';
import './tour.css';

/** Three places of the window, shown once to who opens it for the first time. It stands in nobody's way: all else can be used meanwhile. */
export function Tour() {
  const asked = useTour((state) => state.step);
  const over = useTour((state) => state.over);
  const first = useSettings((state) => state.view?.settings.tour.done === false);
  const connected = useEngine((state) => state.status !== null);
  const index = asked ?? (first && !over && connected ? 0 : null);
  const step = index === null ? undefined : tourSteps[index];
  return index === null || step === undefined ? null : <Step key={index} step={step} index={index} />;
}

/** A frame around the place, above whatever is drawn there. */
function Ring({ step }: { step: TourStep }) {
  const [at, setAt] = useState<DOMRect | null>(null);
  useLayoutEffect(() => {
    const measure = (): void => setAt(placeOf(step)?.getBoundingClientRect() ?? null);
    measure();
    const observer = new ResizeObserver(measure);
    const place = placeOf(step);
    for (const element of [document.body, place]) if (element !== null) observer.observe(element);
    return () => observer.disconnect();
  }, [step]);
  if (at === null) return null;
  return <div aria-hidden className="tour-ring" style={{ left: at.left, top: at.top, width: at.width, height: at.height }} />;
}

function Step({ step, index }: { step: TourStep; index: number }) {
  const next = useRef<HTMLButtonElement>(null);
  const last = index === tourSteps.length - 1;
  return (
    <Popover.Root
      open
      modal={false}
      onOpenChange={(open, { reason }) => {
        // Who clicks or tabs elsewhere tries out what they read.
        if (!open && reason === 'escape-key') void endTour();
      }}
    >
      <Popover.Portal>
        <Ring step={step} />
        <Popover.Positioner
          anchor={() => placeOf(step)}
          side={sideOf(step)}
          align="start"
          sideOffset={10}
          collisionPadding={12}
          className="tour-positioner"
        >
          <Popover.Popup className="tour" initialFocus={next} finalFocus={false}>
            <Popover.Title className="tour-title">{step.title}</Popover.Title>
            <Popover.Description className="tour-text">{step.text}</Popover.Description>
            <div className="tour-foot">
              <span className="muted">
                {index + 1} of {tourSteps.length}
              </span>
              {!last && (
                <Button tone="quiet" onClick={() => void endTour()}>
                  Skip
                </Button>
              )}
              <Button ref={next} tone="primary" onClick={() => (last ? void endTour() : useTour.setState({ step: index + 1 }))}>
                {last ? 'Done' : 'Next'}
              </Button>
            </div>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
