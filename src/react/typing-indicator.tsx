import { names } from "./names.ts";
import { useTexts } from "./provider.tsx";
import { useTyping } from "./use-typing.ts";

export interface TypingIndicatorProps {
  readonly channel: string;
  /** What a user is called; the id unless it is said. */
  readonly nameOf?: ((user: string) => string) | undefined;
  readonly className?: string | undefined;
}

/** Who is typing in a room. It keeps its place when nobody is, so that nothing around it moves. */
export function TypingIndicator({ channel, nameOf = (user) => user, className }: TypingIndicatorProps) {
  const { typing } = useTyping(channel);
  const texts = useTexts();
  return (
    <div className={names("carillon", "carillon-typing", className)} role="status">
      {typing.length > 0 && (
        <>
          <span className="carillon-typing-dots" aria-hidden="true">
            <span />
            <span />
            <span />
          </span>
          {texts.typing(typing.map(nameOf))}
        </>
      )}
    </div>
  );
}
