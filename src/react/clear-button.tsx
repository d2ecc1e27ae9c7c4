import { useId, useRef, useState } from "react";
import { IconButton } from "./icon-button.tsx";
import { useTexts } from "./provider.tsx";

/** Deletes everything, after it has asked. */
export function ClearButton({ isEmpty, onClear }: { isEmpty: boolean; onClear: () => void }) {
  const texts = useTexts();
  const [isAsking, setAsking] = useState(false);
  const questionId = useId();
  const button = useRef<HTMLButtonElement>(null);
  const back = () => {
    setAsking(false);
    button.current?.focus();
  };
  return (
    <>
      <IconButton
        icon="trash"
        label={texts.clearAll}
        buttonRef={button}
        aria-disabled={isEmpty}
        onClick={() => !isEmpty && setAsking(true)}
      />
      {isAsking && (
        <div
          className="carillon-confirm"
          role="alertdialog"
          aria-labelledby={questionId}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            // The question is answered with no; what holds the panel stays open.
            event.preventDefault();
            back();
          }}
        >
          <p id={questionId} className="carillon-confirm-question">
            {texts.confirmClear}
          </p>
          {/* biome-ignore lint/a11y/noAutofocus: the question has just been asked for */}
          <button type="button" className="carillon-button" autoFocus onClick={back}>
            {texts.cancel}
          </button>
          <button
            type="button"
            className="carillon-button"
            data-tone="red"
            onClick={() => {
              back();
              onClear();
            }}
          >
            {texts.clearAll}
          </button>
        </div>
      )}
    </>
  );
}
